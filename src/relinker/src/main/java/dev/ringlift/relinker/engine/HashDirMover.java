package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.ErrorKind;
import dev.ringlift.relinker.layout.FileSetRules;
import dev.ringlift.relinker.layout.Name;
import dev.ringlift.relinker.posix.Errno;
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
  private final Job job;
  private final Tools tools;
  private final FileSetRules rules;
  private final Sweeper sweeper;
  private final Quarantine quarantine;
  private final HashDir oldDir;
  private final HashDir newDir;

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
    try {
      int answer = oldFd < 0 ? oldFd : move(oldFd, hash, suffix, false);
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
      tools.close(oldFd);
    }
    return oldDir.entries().isEmpty()
        && !job.dryRun()
        && removed(posix.removeDirectory(oldSuffix, address));
  }

  private static boolean removed(int answer) {
    return answer == 0 || answer == -Errno.ENOENT;
  }

  /**
   * 0, also when errors of single files were counted, or a negated error number.
   *
   * @param clobbered whether a colliding hash dir has been moved to quarantine before
   */
  private int move(int oldFd, Name hash, TargetSuffix suffix, boolean clobbered) {
    TargetHashDir target = new TargetHashDir(job, tools, suffix, hash, newDir);
    try {
      int answer = look(oldFd, target);
      if (answer < 0) {
        return answer;
      }
      answer = link(oldFd, hash, suffix, target, clobbered);
      if (answer <= 0) {
        return answer;
      }
    } finally {
      target.close();
    }
    // The new hash dir was moved away, with all that was in it: once more from the start.
    return again(oldFd, hash, suffix);
  }

  /** Lists both hash dirs, and removes what is obsolete in each: 0 or a negated error number. */
  private int look(int oldFd, TargetHashDir target) {
    boolean byAge = job.request().reclaim().isPresent();
    int answer = oldDir.read(oldFd);
    if (answer == 0 && !byAge) {
      answer = sweeper.sweep(oldFd, oldDir);
    }
    if (answer == 0) {
      boolean links = !job.cleanup() && !job.dryRun() && !byAge;
      answer = target.open(links && !oldDir.entries().isEmpty());
    }
    if (answer == 0) {
      answer = target.sweep(sweeper);
    }
    if (answer == 0 && byAge) {
      // After the new dir, so that what was just too young there is not found too old here, and
      // linked again.
      answer = sweeper.sweep(oldFd, oldDir);
    }
    return answer;
  }

  /** 0, 1 when the new hash dir was moved away, or a negated error number. */
  private int link(
      int oldFd, Name hash, TargetSuffix suffix, TargetHashDir target, boolean clobbered) {
    List<HashDir.Entry> now = newDir.with(oldDir.entries());
    // The old dir alone has been swept.
    Set<Name> obsolete = newDir.entries().isEmpty() ? Set.of() : newDir.obsolete(now);
    List<HashDir.Entry> required = without(obsolete, oldDir.entries());
    boolean missing = false;
    int counted = 0;
    for (HashDir.Entry entry : required) {
      if (job.governor().stopped()) {
        // The next run links the rest; a hash dir may hold a hundred thousand files.
        missing = true;
        break;
      }
      job.meter().countFiles(1);
      counted++;
      HashDir.Entry twin = newDir.find(entry.name());
      int answer = twin == null ? target.link(oldFd, entry) : target.compare(oldFd, entry, twin);
      if (answer == -Errno.EEXIST) {
        answer = collide(entry, hash, suffix, clobbered);
        if (answer > 0) {
          job.meter().countFiles(-counted);
          return answer;
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
    if (suffix.rehashes() && !foreign && !obsolete.isEmpty() && target.isOpen()) {
      // Hashing the suffix afterwards would remove them too.
      int answer = target.remove(obsolete);
      if (answer < 0) {
        return answer;
      }
      now = newDir.with(required);
    }
    if (foreign) {
      suffix.unsure();
    } else if (!now.isEmpty()) {
      suffix.holds(hash, rules.decide(HashDir.parsed(now)));
    } else if (target.isOpen()) {
      target.removeIfEmpty();
      suffix.unsure();
    }
    return job.cleanup() ? removeOld(oldFd) : 0;
  }

  /** A directory's descriptor can be listed once; for another look it is opened again. */
  private int again(int oldFd, Name hash, TargetSuffix suffix) {
    int fresh = tools.posix.openDirectory(oldFd, tools.dot);
    if (fresh < 0) {
      return fresh;
    }
    try {
      return move(fresh, hash, suffix, true);
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
   * Another inode has the name: 0 when that is fine, 1 when the new hash dir was moved away, {@code
   * −EEXIST} for an error.
   */
  private int collide(HashDir.Entry entry, Name hash, TargetSuffix suffix, boolean clobbered) {
    if (entry.name().toString().endsWith(".ts")) {
      return 0;
    }
    if (!job.clobbers()) {
      collision(
          entry,
          hash,
          suffix,
          "Another file has this name at the new place (a hard-link collision; --clobber-hardlink-collisions settles it)");
      return -Errno.EEXIST;
    }
    if (job.cleanup() || job.dryRun()) {
      return 0;
    }
    if (clobbered) {
      collision(
          entry,
          hash,
          suffix,
          "Another file has this name at the new place again after one was moved to quarantine");
      return -Errno.EEXIST;
    }
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
      if (job.governor().stopped()) {
        entries.subList(0, i).clear();
        return 0;
      }
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

  private void collision(HashDir.Entry entry, Name hash, TargetSuffix suffix, String message) {
    job.meter()
        .error(
            job.path(suffix.partitionNumber(), suffix.name(), hash, entry.name()),
            ErrorKind.COLLISION,
            message);
  }

  private void error(
      HashDir.Entry entry, Name hash, TargetSuffix suffix, int errno, String message) {
    job.meter()
        .error(
            job.path(suffix.partitionNumber(), suffix.name(), hash, entry.name()), errno, message);
  }
}
