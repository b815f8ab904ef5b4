package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.ObjectPolicy;
import dev.ringlift.relinker.layout.FileSetRules;
import dev.ringlift.relinker.layout.Name;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Posix;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Holds the files of a hash dir against those of the same hash dir at the next power, by the rules
 * that {@link HashDirMover} goes by: what the files of both together make obsolete needs no twin,
 * and a tombstone is as good as its twin of the same name. Reads only.
 */
final class TwinChecker {
  /**
   * What was found in a hash dir.
   *
   * @param files looked at
   * @param wrong name of a file, to what is wrong with it
   * @param errno why the hash dir could not be looked at; 0 if it could
   */
  record Verdict(int files, Map<Name, String> wrong, int errno) {
    static final Verdict NOTHING_THERE = new Verdict(0, Map.of(), 0);

    static Verdict failed(int answer) {
      return new Verdict(0, Map.of(), -answer);
    }

    boolean isWrong() {
      return errno != 0 || !wrong.isEmpty();
    }
  }

  private final Tools tools;
  private final int dataDir;
  private final HashDir oldDir;
  private final HashDir newDir;

  /** The suffix dir at the next power that was opened last, and its partition. */
  private int suffixFd = -1;

  private long suffixPartition = -1;

  TwinChecker(Tools tools, ObjectPolicy policy, int dataDir) {
    this.tools = tools;
    FileSetRules rules = new FileSetRules(new ObjectPolicy(policy.index(), policy.kind(), 0));
    this.dataDir = dataDir;
    this.oldDir = new HashDir(rules, tools.oldFiles);
    this.newDir = new HashDir(rules, tools.newFiles);
  }

  /** Every file of the hash dir, which should have none. */
  Verdict leftOver(int suffix, long address) {
    int answer = read(suffix, address, oldDir);
    if (answer < 0) {
      return answer == -Errno.ENOENT ? Verdict.NOTHING_THERE : Verdict.failed(answer);
    }
    tools.close(answer);
    Map<Name, String> wrong = new TreeMap<>();
    oldDir
        .entries()
        .forEach(entry -> wrong.put(entry.name(), "The file was left at its old place"));
    return new Verdict(oldDir.entries().size(), wrong, 0);
  }

  /**
   * Compares the hash dir with that of the same name at the next power.
   *
   * @param suffix descriptor of the old suffix dir
   * @param address where the hash dir's name is in native memory
   * @param target the partition at the next power
   */
  Verdict compare(int suffix, long address, long target, Name suffixName, Name hash) {
    int oldFd = read(suffix, address, oldDir);
    if (oldFd < 0) {
      return oldFd == -Errno.ENOENT ? Verdict.NOTHING_THERE : Verdict.failed(oldFd);
    }
    int newFd = -1;
    try {
      newDir.clear();
      newFd = openSuffix(target, suffixName);
      if (newFd >= 0) {
        newFd = read(newFd, tools.path.set(hash.bytes()).address(), newDir);
      }
      if (newFd < 0 && newFd != -Errno.ENOENT) {
        return Verdict.failed(newFd);
      }
      return compare(oldFd, newFd);
    } finally {
      tools.close(newFd);
      tools.close(oldFd);
    }
  }

  private Verdict compare(int oldFd, int newFd) {
    Set<Name> obsolete = newDir.obsolete(newDir.with(oldDir.entries()));
    Map<Name, String> wrong = new TreeMap<>();
    for (HashDir.Entry entry : oldDir.entries()) {
      if (obsolete.contains(entry.name())) {
        continue;
      }
      HashDir.Entry twin = newDir.find(entry.name());
      if (twin == null) {
        wrong.put(entry.name(), "The file has no link at its new place");
      } else if (!entry.name().toString().endsWith(".ts")
          && !isOneFile(oldFd, entry, newFd, twin)) {
        wrong.put(entry.name(), "Another file has this name at the new place");
      }
    }
    return new Verdict(oldDir.entries().size(), wrong, 0);
  }

  /** By stat, for not every file system lists the numbers that stat gives. */
  private boolean isOneFile(int oldFd, HashDir.Entry old, int newFd, HashDir.Entry twin) {
    Posix posix = tools.posix;
    if (posix.stat(oldFd, old.address()) < 0) {
      return true;
    }
    long inode = posix.statInode();
    long device = posix.statDevice();
    return posix.stat(newFd, twin.address()) == 0
        && posix.statInode() == inode
        && posix.statDevice() == device;
  }

  /** Opens and lists a hash dir: its descriptor, or a negated error number. */
  private int read(int suffix, long address, HashDir dir) {
    int fd = tools.posix.openDirectory(suffix, address);
    if (fd < 0) {
      return fd;
    }
    int answer = dir.read(fd);
    if (answer < 0) {
      tools.close(fd);
      return answer;
    }
    return fd;
  }

  private int openSuffix(long target, Name suffix) {
    if (suffixFd >= 0 && suffixPartition == target) {
      return suffixFd;
    }
    closeSuffix();
    int partition = tools.posix.openDirectory(dataDir, tools.path.set(target).address());
    if (partition < 0) {
      return partition;
    }
    suffixFd = tools.posix.openDirectory(partition, tools.path.set(suffix.bytes()).address());
    suffixPartition = target;
    tools.close(partition);
    return suffixFd;
  }

  /** Forgets the suffix dir at the next power: before another suffix, and to see it anew. */
  void closeSuffix() {
    tools.close(suffixFd);
    suffixFd = -1;
  }
}
