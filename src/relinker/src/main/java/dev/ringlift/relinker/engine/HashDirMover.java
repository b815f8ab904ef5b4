package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.layout.FileSetRules;
import dev.ringlift.relinker.layout.Name;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.PathBuffer;
import dev.ringlift.relinker.posix.Posix;
import java.util.List;
import java.util.Set;

/**
 * Relinks, or cleans up, one hash dir.
 *
 * <ol>
 *   <li>List the old hash dir, then the new one (unless this run has just made it), and remove what
 *       is obsolete in each.
 *   <li>Over the files of both together, decide what is obsolete. Files of the old dir that are not
 *       (unexpected ones included) are required in the new one.
 *   <li>Hard-link each required file that is not there on the same inode. Another inode under the
 *       same name is an error, except for tombstones (the same DELETE, written twice), and, on
 *       request, is moved to quarantine (relink) or preferred (cleanup).
 *   <li>Cleanup only, and only if nothing required is missing: remove the old files and then the
 *       old hash dir.
 * </ol>
 *
 * <p>Invariants: a file is removed only if a newer one supersedes it, or if the new hash dir holds
 * the same inode under the same name (or a tombstone of the same name); a hash dir is removed only
 * when empty. A crash between any two calls leaves old and new in a state that the same steps bring
 * to the same end.
 */
final class HashDirMover {
  private static final int ATTEMPTS = 3;

  private final Job job;
  private final Tools tools;
  private final FileSetRules rules;
  private final Sweeper sweeper;
  private final Quarantine quarantine;
  private final HashDir oldDir;
  private final HashDir newDir;

  /** The new hash dir: open, or made this moment, or not there. */
  private int newFd = -1;

  private boolean newMade;
  private boolean clobbered;

  HashDirMover(Job job, Tools tools, FileSetRules rules, Sweeper sweeper, Quarantine quarantine) {
    this.job = job;
    this.tools = tools;
    this.rules = rules;
    this.sweeper = sweeper;
    this.quarantine = quarantine;
    this.oldDir = new HashDir(rules, tools.oldFiles);
    this.newDir = new HashDir(rules, tools.newFiles);
  }

  /**
   * Does it; errors are counted, and leave the old files where they are. Returns whether the old
   * hash dir is gone.
   *
   * @param oldSuffix descriptor of the old suffix dir
   * @param address where the hash dir's name is in native memory
   */
  boolean move(
      long oldPartition,
      Name suffixName,
      int oldSuffix,
      Name hash,
      long address,
      TargetSuffix suffix) {
    Posix posix = tools.posix;
    int oldFd = posix.openDirectory(oldSuffix, address);
    if (oldFd == -Errno.ENOENT) {
      return true;
    }
    if (oldFd == -Errno.ENOTDIR) {
      return false;
    }
    job.meter().countHashDir();
    clobbered = false;
    try {
      int answer = oldFd < 0 ? oldFd : move(oldFd, hash, suffix);
      if (answer < 0) {
        suffix.unsure();
        String path = job.path(oldPartition, suffixName, hash);
        job.meter()
            .error(
                path,
                -answer,
                "The hash dir could not be " + (job.cleanup() ? "cleaned up" : "relinked"));
        return false;
      }
    } finally {
      tools.close(newFd);
      newFd = -1;
      tools.close(oldFd);
    }
    return oldDir.entries().isEmpty()
        && !job.dryRun()
        && removed(posix.removeDirectory(oldSuffix, address));
  }

  private static boolean removed(int answer) {
    return answer == 0 || answer == -Errno.ENOENT;
  }

  /** 0, also when errors of single files were counted, or a negated error number. */
  private int move(int oldFd, Name hash, TargetSuffix suffix) {
    boolean byAge = job.request().reclaim().isPresent();
    int answer = oldDir.read(oldFd);
    if (answer == 0 && !byAge) {
      answer = sweeper.sweep(oldFd, oldDir);
    }
    if (answer == 0) {
      answer = openNew(hash, suffix, !byAge);
    }
    if (answer == 0 && newFd >= 0) {
      answer = newDir.read(newFd);
    }
    if (answer == 0 && newFd >= 0) {
      answer = sweeper.sweep(newFd, newDir);
    }
    if (answer == 0 && byAge) {
      // After the new dir, so that what was just too young there is not found too old here, and
      // linked again.
      answer = sweeper.sweep(oldFd, oldDir);
    }
    return answer < 0 ? answer : link(oldFd, hash, suffix);
  }

  /** Finds the new hash dir, or makes it when there is something to link. */
  private int openNew(Name hash, TargetSuffix suffix, boolean mayMake) {
    newDir.clear();
    newFd = -1;
    newMade = false;
    boolean wanted = mayMake && !oldDir.entries().isEmpty() && !job.dryRun() && !job.cleanup();
    int answer = wanted ? suffix.make() : suffix.find();
    if (answer == -Errno.ENOENT) {
      return 0;
    }
    if (answer < 0) {
      return answer;
    }
    if (suffix.isFresh() && wanted) {
      answer = makeNew(hash, suffix);
      if (answer != -Errno.EEXIST) {
        return answer;
      }
    }
    int fd = suffix.openHash(hash.bytes());
    if (fd == -Errno.ENOENT) {
      return 0;
    }
    newFd = fd;
    return Math.min(fd, 0);
  }

  private int makeNew(Name hash, TargetSuffix suffix) {
    int answer = suffix.make();
    if (answer == 0) {
      answer =
          tools.posix.makeDirectory(
              suffix.base(), suffix.hashPath(hash.bytes(), tools.path).address());
    }
    newMade |= answer == 0;
    return answer;
  }

  private int link(int oldFd, Name hash, TargetSuffix suffix) {
    List<HashDir.Entry> now = newDir.with(oldDir.entries());
    // The old dir alone has been swept.
    Set<Name> obsolete = newDir.entries().isEmpty() ? Set.of() : newDir.obsolete(now);
    List<HashDir.Entry> required = without(obsolete, oldDir.entries());
    boolean missing = false;
    int counted = 0;
    for (HashDir.Entry entry : required) {
      job.meter().countFiles(1);
      counted++;
      HashDir.Entry twin = newDir.find(entry.name());
      int answer =
          twin == null ? linkMissing(oldFd, entry, hash, suffix) : compare(oldFd, entry, twin);
      if (answer == -Errno.EEXIST) {
        answer = collide(entry, hash, suffix);
        if (answer > 0) {
          // The new hash dir has been moved away, with all that was in it: once more from the
          // start.
          tools.close(newFd);
          newFd = -1;
          job.meter().countFiles(-counted);
          return again(oldFd, hash, suffix);
        }
      } else if (answer < 0) {
        error(entry, hash, suffix, -answer, "The file could not be linked to its new place");
      }
      missing |= answer < 0;
    }
    if (missing) {
      suffix.unsure();
      return 0;
    }
    if (!obsolete.isEmpty()) {
      now = newDir.with(required);
    }
    boolean foreign = holdsForeignFragment(now);
    if (suffix.rehashes() && !foreign && !obsolete.isEmpty() && newFd >= 0) {
      int answer = removeSuperseded(obsolete);
      if (answer < 0) {
        return answer;
      }
      now = newDir.with(required);
    }
    if (foreign) {
      suffix.unsure();
    } else if (!now.isEmpty()) {
      suffix.holds(hash, rules.decide(HashDir.parsed(now)));
    } else {
      removeEmptyNew(hash, suffix);
    }
    return job.cleanup() ? removeOld(oldFd) : 0;
  }

  private int again(int oldFd, Name hash, TargetSuffix suffix) {
    int answer = tools.posix.openDirectory(oldFd, tools.dot);
    if (answer < 0) {
      return answer;
    }
    int fresh = answer;
    try {
      return move(fresh, hash, suffix);
    } finally {
      tools.close(fresh);
    }
  }

  /**
   * A fragment index that the policy does not have: moved like any other, as Swift does, but not
   * part of the suffix hash.
   */
  private boolean holdsForeignFragment(List<HashDir.Entry> entries) {
    int fragments = job.request().policy().fragments();
    if (fragments > 0) {
      for (HashDir.Entry entry : entries) {
        if (entry.parsed() != null && entry.parsed().fragment() >= fragments) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<HashDir.Entry> without(Set<Name> obsolete, List<HashDir.Entry> entries) {
    if (obsolete.isEmpty()) {
      return entries;
    }
    return entries.stream().filter(entry -> !obsolete.contains(entry.name())).toList();
  }

  /**
   * Hashing the suffix afterwards would remove them too: files of the new dir that what was linked
   * supersedes.
   */
  private int removeSuperseded(Set<Name> obsolete) {
    for (HashDir.Entry entry : List.copyOf(newDir.entries())) {
      if (obsolete.contains(entry.name())) {
        int answer = tools.posix.unlink(newFd, entry.address());
        if (answer < 0 && answer != -Errno.ENOENT) {
          return answer;
        }
        newDir.remove(entry);
      }
    }
    return 0;
  }

  /** 0 when both are one inode, or {@code −EEXIST}. */
  private int compare(int oldFd, HashDir.Entry old, HashDir.Entry twin) {
    if (job.traditional()) {
      return old.inode() == twin.inode() ? 0 : -Errno.EEXIST;
    }
    return sameInode(oldFd, old.address(), newFd, twin.address());
  }

  /**
   * 0 when both names lead to one inode or the old one is gone, else {@code −EEXIST} or another
   * negated error number.
   */
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

  /**
   * Links a file that the new hash dir did not show: 0, {@code −EEXIST} for a collision, or another
   * negated error number.
   */
  private int linkMissing(int oldFd, HashDir.Entry entry, Name hash, TargetSuffix suffix) {
    if (job.dryRun()) {
      if (newFd < 0 && !newMade) {
        newMade = true;
        suffix.countMissing(job.meter());
        job.meter().countDirectory();
      }
      job.meter().countLinked();
      return 0;
    }
    Posix posix = tools.posix;
    int answer = -Errno.ENOENT;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (newFd < 0 && !newMade) {
        answer = makeNew(hash, suffix);
        if (answer == -Errno.EEXIST) {
          // Made by somebody else a moment ago: opened, so that a link in its place leads nowhere.
          answer = suffix.openHash(hash.bytes());
          newFd = answer;
        }
        if (answer == -Errno.ENOENT) {
          continue;
        }
        if (answer < 0) {
          return answer;
        }
      }
      int base = newFd >= 0 ? newFd : suffix.base();
      PathBuffer path =
          newFd >= 0
              ? tools.path.set(entry.name().bytes())
              : suffix.hashPath(hash.bytes(), tools.path).slash(entry.name().bytes());
      answer = posix.link(oldFd, entry.address(), base, path.address());
      if (answer == 0) {
        job.meter().countLinked();
        return 0;
      }
      if (answer == -Errno.EEXIST) {
        return sameInode(oldFd, entry.address(), base, path.address());
      }
      if (answer != -Errno.ENOENT) {
        return answer;
      }
      if (posix.stat(oldFd, entry.address()) == -Errno.ENOENT) {
        // Superseded and removed by an object server meanwhile.
        return 0;
      }
      // An object server has removed the new hash dir while it was empty: make it again.
      tools.close(newFd);
      newFd = -1;
      newMade = false;
    }
    return answer;
  }

  /**
   * Another inode has the name: 0 when that is fine, 1 when the new hash dir was moved away, {@code
   * −EEXIST} for an error.
   */
  private int collide(HashDir.Entry entry, Name hash, TargetSuffix suffix) {
    if (entry.name().toString().endsWith(".ts")) {
      return 0;
    }
    if (!job.clobbers()) {
      error(
          entry,
          hash,
          suffix,
          0,
          "Another file has this name at the new place (a hard-link collision; --clobber-hardlink-collisions settles it)");
      return -Errno.EEXIST;
    }
    if (job.cleanup() || job.dryRun()) {
      return 0;
    }
    if (clobbered) {
      error(
          entry,
          hash,
          suffix,
          0,
          "Another file has this name at the new place again after one was moved to quarantine");
      return -Errno.EEXIST;
    }
    clobbered = true;
    int answer = suffix.quarantineHash(hash.bytes(), quarantine);
    if (answer < 0) {
      error(
          entry, hash, suffix, -answer, "The colliding hash dir could not be moved to quarantine");
      return -Errno.EEXIST;
    }
    return 1;
  }

  private int removeOld(int oldFd) {
    List<HashDir.Entry> entries = oldDir.entries();
    for (int i = 0; i < entries.size(); i++) {
      int answer = job.dryRun() ? 0 : tools.posix.unlink(oldFd, entries.get(i).address());
      if (answer == 0) {
        job.meter().countRemoved();
      } else if (answer != -Errno.ENOENT) {
        entries.subList(0, i).clear();
        return answer;
      }
    }
    entries.clear();
    return 0;
  }

  private void removeEmptyNew(Name hash, TargetSuffix suffix) {
    if (newFd >= 0 && !job.dryRun()) {
      tools.posix.removeDirectory(
          suffix.base(), suffix.hashPath(hash.bytes(), tools.path).address());
    }
  }

  private void error(
      HashDir.Entry entry, Name hash, TargetSuffix suffix, int errno, String message) {
    job.meter()
        .error(
            job.path(suffix.partitionNumber(), suffix.name(), hash, entry.name()), errno, message);
  }
}
