package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.ErrorKind;
import dev.ringlift.relinker.ObjectPolicy;
import dev.ringlift.relinker.layout.FileSetRules;
import dev.ringlift.relinker.layout.Name;
import dev.ringlift.relinker.layout.Places;
import dev.ringlift.relinker.layout.SuffixDigest;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Listing;
import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * Relinks, or cleans up, one partition at a time; one instance for each worker thread.
 *
 * <ol>
 *   <li>List the partition, and each of its suffix dirs; hash dirs that are at the right place for
 *       the new power are left alone.
 *   <li>Move every other hash dir ({@link HashDirMover}).
 *   <li>Bring the suffix hashes of the partitions that were linked into in order ({@link
 *       TargetPartition}).
 *   <li>Cleanup: remove old suffix dirs that are empty, bring the old partition's suffix hashes in
 *       order, and remove it when nothing is left of it ({@link OldPartition}).
 * </ol>
 *
 * <p>Invariant: {@link Outcome#DONE} is answered only when no error was met on the way and all of
 * it was walked.
 */
final class PartitionMover {
  /** How it ended. */
  enum Outcome {
    DONE,
    /** There is something of that name, but no directory. */
    NO_DIRECTORY,
    /** Errors were counted. */
    FAILED,
    STOPPED
  }

  private final Job job;
  private final Tools tools;
  private final PartitionHashes hashes;
  private final SuffixHasher hasher;
  private final SuffixDigest digest;
  private final HashDirMover mover;
  private final PartitionRemover remover;

  PartitionMover(Job job, Tools tools, Clock clock) {
    this.job = job;
    this.tools = tools;
    if (job.traditional()) {
      tools.trustEndMarks();
    }
    ObjectPolicy policy = job.request().policy();
    FileSetRules rules = new FileSetRules(policy);
    // Files are moved whatever their fragment index, as Swift moves them; only the suffix hash
    // leaves out what the policy has not.
    FileSetRules movingRules = new FileSetRules(new ObjectPolicy(policy.index(), policy.kind(), 0));
    Sweeper sweeper =
        new Sweeper(tools, job.request().reclaim(), job.dryRun(), clock, job.governor()::stopped);
    Quarantine quarantine = new Quarantine(tools, job.device(), job.request().policy().dataDir());
    FileLock locks = new FileLock(tools, job.governor());
    digest = new SuffixDigest(policy.kind());
    hasher =
        new SuffixHasher(tools, policy.kind(), rules, sweeper, quarantine, job.governor()::stopped);
    hashes =
        new PartitionHashes(tools, locks, hasher, clock, () -> job.governor().next(job.meter()));
    mover = new HashDirMover(job, tools, movingRules, sweeper, quarantine);
    remover = new PartitionRemover(job, tools, locks);
  }

  Outcome move(long number) {
    long before = job.meter().errors();
    Posix posix = tools.posix;
    int fd = posix.openDirectory(job.dataDir(), tools.path.set(number).address());
    if (fd == -Errno.ENOENT) {
      return Outcome.DONE;
    }
    if (fd == -Errno.ENOTDIR) {
      return Outcome.NO_DIRECTORY;
    }
    if (fd < 0) {
      job.meter().error(job.path(number), -fd, "The partition could not be opened");
      return Outcome.FAILED;
    }
    boolean whole;
    try {
      whole = new Walk(number, fd).walk();
    } finally {
      posix.close(fd);
    }
    if (job.meter().errors() != before) {
      return Outcome.FAILED;
    }
    return whole ? Outcome.DONE : Outcome.STOPPED;
  }

  /**
   * Links are never followed, and never silently passed over either: what is behind them would be
   * lost to the step.
   */
  private boolean isLink(int directory, long name) {
    return tools.posix.stat(directory, name) == 0 && tools.posix.statType() == Posix.TYPE_LINK;
  }

  /** One partition while it is walked. */
  private final class Walk {
    private final long number;
    private final int fd;
    private final List<TargetPartition> targets = new ArrayList<>(2);
    private final List<TargetSuffix> suffixTargets = new ArrayList<>(2);
    private final OldPartition old;
    private boolean stopped;

    Walk(long number, int fd) {
      this.number = number;
      this.fd = fd;
      this.old = new OldPartition(job, tools, hashes, remover, number, fd);
    }

    /** Whether all of it was walked; errors are counted. */
    boolean walk() {
      Listing listing = tools.suffixes;
      int answer = listing.read(fd);
      if (answer < 0) {
        error(-answer, "The partition could not be listed", number);
        return true;
      }
      try {
        for (int at = listing.first(); at >= 0 && !stopped; at = listing.next(at)) {
          Name name = new Name(listing.name(at));
          if (Places.isSuffix(name.bytes())) {
            walkSuffix(name, listing.nameAddress(at));
          }
        }
        finishTargets();
      } finally {
        targets.forEach(TargetPartition::close);
      }
      if (job.cleanup() && !job.dryRun()) {
        old.finish(stopped);
      }
      // A stop may have left suffixes without a hash too.
      return !stopped && !job.governor().stopped();
    }

    private void walkSuffix(Name name, long address) {
      if (job.governor().stopped()) {
        stopped = true;
        return;
      }
      Posix posix = tools.posix;
      int suffixFd = posix.openDirectory(fd, address);
      if (suffixFd == -Errno.ENOENT || suffixFd == -Errno.ENOTDIR) {
        if (suffixFd == -Errno.ENOTDIR) {
          old.keepsSomething();
        }
        return;
      }
      if (suffixFd < 0) {
        old.keepsSomething();
        error(-suffixFd, "The suffix dir could not be opened", number, name);
        return;
      }
      boolean empty;
      try {
        empty = walkHashes(name, suffixFd);
      } finally {
        posix.close(suffixFd);
      }
      if (!job.cleanup() || job.dryRun()) {
        return;
      }
      if (empty && posix.removeDirectory(fd, address) == 0) {
        old.removed(name);
      } else {
        old.keepsSomething();
      }
    }

    /** Whether nothing seems to be left in the suffix dir. */
    private boolean walkHashes(Name suffix, int suffixFd) {
      Listing listing = tools.hashes;
      int answer = listing.read(suffixFd);
      if (answer < 0) {
        error(-answer, "The suffix dir could not be listed", number, suffix);
        return false;
      }
      suffixTargets.clear();
      boolean empty = true;
      try {
        for (int at = listing.first(); at >= 0 && !stopped; at = listing.next(at)) {
          byte[] hash = listing.name(at);
          boolean proper = Places.isHash(hash);
          if (!proper || listing.surelyNoDirectory(at)) {
            old.littered(suffix);
          }
          empty &= proper && walkHash(suffix, suffixFd, new Name(hash), listing, at);
        }
      } finally {
        for (TargetSuffix each : suffixTargets) {
          each.finish(hasher, digest.begin());
        }
      }
      return empty && !stopped;
    }

    /** Whether the hash dir is gone from here. */
    private boolean walkHash(Name suffix, int suffixFd, Name hash, Listing listing, int at) {
      long target = Places.partition(hash.bytes(), job.request().nextPartPower());
      if (target == number) {
        return false;
      }
      long address = listing.nameAddress(at);
      if (listing.surelyNoDirectory(at)) {
        if (isLink(suffixFd, address)) {
          error(
              Errno.ELOOP,
              "A symbolic link stands where a hash dir should be",
              number,
              suffix,
              hash);
        }
        return false;
      }
      if (job.isStale(number, hash)) {
        job.meter()
            .error(
                job.path(number, suffix, hash),
                ErrorKind.LEFTOVER,
                "The hash dir was left at an old place by an earlier increase; linking it could bring a deleted object back");
        return false;
      }
      if (!job.governor().next(job.meter())) {
        stopped = true;
        return false;
      }
      if (!old.takeHashes()) {
        return false;
      }
      try {
        TargetSuffix targetSuffix = targetSuffix(target, suffix);
        old.changed(suffix);
        return mover.move(number, suffix, suffixFd, hash, address, targetSuffix);
      } catch (PosixException e) {
        error(
            e.errno(),
            "The new partition " + target + " could not be prepared (" + e.what() + ")",
            number,
            suffix,
            hash);
        return false;
      }
    }

    /** One of the two that there are, nearly always, of the suffix that is walked. */
    private TargetSuffix targetSuffix(long target, Name suffix) throws PosixException {
      for (TargetSuffix each : suffixTargets) {
        if (each.partitionNumber() == target) {
          return each;
        }
      }
      TargetSuffix made = new TargetSuffix(tools, target(target), suffix);
      suffixTargets.add(made);
      return made;
    }

    private TargetPartition target(long target) throws PosixException {
      for (TargetPartition each : targets) {
        if (each.number() == target) {
          return each;
        }
      }
      TargetPartition opened = new TargetPartition(job, tools, hashes, target);
      opened.open();
      targets.add(opened);
      return opened;
    }

    private void finishTargets() {
      for (TargetPartition target : targets) {
        try {
          target.finish();
        } catch (PosixException e) {
          error(
              e.errno(),
              "The suffix hashes of the new partition could not be brought up to date ("
                  + e.what()
                  + ")",
              target.number());
        }
      }
    }

    private void error(int errno, String message, Object... path) {
      job.meter().error(job.path(path), errno, message);
    }
  }
}
