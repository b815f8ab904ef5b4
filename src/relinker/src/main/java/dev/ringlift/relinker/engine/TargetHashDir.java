package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.layout.Name;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.PathBuffer;
import dev.ringlift.relinker.posix.Posix;
import java.util.List;
import java.util.Set;

/**
 * The hash dir in a new partition while the old one of the same name is moved there: open, or made
 * this moment (then it is known to be empty, and neither opened nor listed), or not there.
 *
 * <p>Object servers remove hash dirs that they find empty, so a link that finds the directory gone
 * makes it again, a few times.
 */
final class TargetHashDir {
  private static final int ATTEMPTS = 3;

  private final Job job;
  private final Tools tools;
  private final TargetSuffix suffix;
  private final Name hash;
  private final HashDir files;
  private int fd = -1;
  private boolean made;

  /**
   * @param files where its files are listed
   */
  TargetHashDir(Job job, Tools tools, TargetSuffix suffix, Name hash, HashDir files) {
    this.job = job;
    this.tools = tools;
    this.suffix = suffix;
    this.hash = hash;
    this.files = files;
    files.clear();
  }

  /** The files that were in it when it was listed, less those removed since. */
  HashDir files() {
    return files;
  }

  boolean isOpen() {
    return fd >= 0;
  }

  /**
   * Finds it, or makes it where it is wanted and its suffix dir is as new, and lists what is there:
   * 0, also when it is not there, or a negated error number.
   */
  int open(boolean wanted) {
    int answer = wanted ? suffix.make() : suffix.find();
    if (answer == -Errno.ENOENT) {
      return 0;
    }
    if (answer < 0) {
      return answer;
    }
    if (suffix.isFresh() && wanted) {
      answer = make();
      if (answer != -Errno.EEXIST) {
        return answer;
      }
    }
    answer = suffix.openHash(hash.bytes());
    if (answer < 0) {
      return answer == -Errno.ENOENT ? 0 : answer;
    }
    fd = answer;
    return files.read(fd);
  }

  /** Removes what is obsolete in it by itself: 0 or a negated error number. */
  int sweep(Sweeper sweeper) {
    return fd < 0 ? 0 : sweeper.sweep(fd, files);
  }

  /**
   * Links a file that it did not show: 0, also when the old file is gone meanwhile; {@code −EEXIST}
   * when another file has the name; or another negated error number.
   */
  int link(int oldFd, HashDir.Entry file) {
    if (job.dryRun()) {
      countMissing();
      job.meter().countLinked();
      return 0;
    }
    int answer = -Errno.ENOENT;
    for (int attempt = 0; attempt < ATTEMPTS && answer == -Errno.ENOENT; attempt++) {
      answer = fd < 0 && !made ? makeOrOpen() : 0;
      if (answer == 0) {
        answer = linkOnce(oldFd, file);
      }
    }
    return answer;
  }

  /** 0 when both names lead to one file, or {@code −EEXIST}, or another negated error number. */
  int compare(int oldFd, HashDir.Entry old, HashDir.Entry twin) {
    if (job.traditional()) {
      return old.inode() == twin.inode() ? 0 : -Errno.EEXIST;
    }
    return sameInode(oldFd, old.address(), fd, twin.address());
  }

  /**
   * Removes those of its files that are among these, unless the run is stopped: 0 or a negated
   * error number.
   */
  int remove(Set<Name> obsolete) {
    for (HashDir.Entry entry : List.copyOf(files.entries())) {
      if (obsolete.contains(entry.name()) && !job.governor().stopped()) {
        int answer = tools.posix.unlink(fd, entry.address());
        if (answer < 0 && answer != -Errno.ENOENT) {
          return answer;
        }
        files.remove(entry);
      }
    }
    return 0;
  }

  /** Removes the directory itself, if it is empty. */
  void removeIfEmpty() {
    if (!job.dryRun()) {
      tools.posix.removeDirectory(
          suffix.base(), suffix.hashPath(hash.bytes(), tools.path).address());
    }
  }

  void close() {
    tools.close(fd);
    fd = -1;
  }

  private void countMissing() {
    if (fd < 0 && !made) {
      made = true;
      suffix.countMissing(job.meter());
      job.meter().countDirectory();
    }
  }

  private int make() {
    int answer = suffix.make();
    if (answer == 0) {
      answer =
          tools.posix.makeDirectory(
              suffix.base(), suffix.hashPath(hash.bytes(), tools.path).address());
    }
    made |= answer == 0;
    return answer;
  }

  private int makeOrOpen() {
    int answer = make();
    if (answer == -Errno.EEXIST) {
      // Made by somebody else a moment ago: opened, so that a link in its place leads nowhere.
      fd = suffix.openHash(hash.bytes());
      return Math.min(fd, 0);
    }
    return answer;
  }

  /** As {@link #link}, and {@code −ENOENT} when the directory was gone, and is forgotten. */
  private int linkOnce(int oldFd, HashDir.Entry file) {
    Posix posix = tools.posix;
    int base = fd >= 0 ? fd : suffix.base();
    PathBuffer path =
        fd >= 0
            ? tools.path.set(file.name().bytes())
            : suffix.hashPath(hash.bytes(), tools.path).slash(file.name().bytes());
    int answer = posix.link(oldFd, file.address(), base, path.address());
    if (answer == 0) {
      job.meter().countLinked();
      return 0;
    }
    if (answer == -Errno.EEXIST) {
      return sameInode(oldFd, file.address(), base, path.address());
    }
    if (answer != -Errno.ENOENT) {
      return answer;
    }
    if (posix.stat(oldFd, file.address()) == -Errno.ENOENT) {
      // Superseded and removed by an object server meanwhile.
      return 0;
    }
    close();
    made = false;
    return -Errno.ENOENT;
  }

  private int sameInode(int oldFd, long oldName, int newDirectory, long newName) {
    Posix posix = tools.posix;
    int answer = posix.stat(oldFd, oldName);
    if (answer < 0) {
      return answer == -Errno.ENOENT ? 0 : answer;
    }
    long inode = posix.statInode();
    long device = posix.statDevice();
    answer = posix.stat(newDirectory, newName);
    if (answer < 0) {
      return answer;
    }
    return posix.statInode() == inode && posix.statDevice() == device ? 0 : -Errno.EEXIST;
  }
}
