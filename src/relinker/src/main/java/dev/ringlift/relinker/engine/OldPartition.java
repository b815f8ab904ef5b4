package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.layout.Name;
import dev.ringlift.relinker.layout.Places;
import dev.ringlift.relinker.layout.SuffixHash;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.PosixException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The partition that hash dirs are moved out of, while it is worked on; what is moved into are
 * {@link TargetPartition}s. Relinking changes nothing of it; cleanup takes its suffix hashes away
 * <em>before</em> the first old file goes, and at the end removes it, or puts right hashes in their
 * place.
 */
final class OldPartition {
  private final Job job;
  private final Tools tools;
  private final PartitionHashes hashes;
  private final PartitionRemover remover;
  private final long number;
  private final int fd;
  private final BitSet changed = new BitSet();
  private final BitSet removed = new BitSet();
  private final BitSet litter = new BitSet();
  private boolean somethingLeft;
  private HashesFiles.@Nullable Snapshot snapshot;
  private boolean hashesStay;

  /**
   * @param fd its descriptor, which stays the caller's
   */
  OldPartition(
      Job job, Tools tools, PartitionHashes hashes, PartitionRemover remover, long number, int fd) {
    this.job = job;
    this.tools = tools;
    this.hashes = hashes;
    this.remover = remover;
    this.number = number;
    this.fd = fd;
  }

  /** Hash dirs are about to be moved out of the suffix. */
  void changed(Name suffix) {
    changed.set(Places.suffixNumber(suffix.bytes()));
  }

  /** The suffix dir is gone. */
  void removed(Name suffix) {
    changed(suffix);
    removed.set(Places.suffixNumber(suffix.bytes()));
  }

  /** In the suffix dir is something that is no hash dir. */
  void littered(Name suffix) {
    litter.set(Places.suffixNumber(suffix.bytes()));
  }

  /** Not all of it is gone, so that it need not be tried to remove it. */
  void keepsSomething() {
    somethingLeft = true;
  }

  /**
   * Before the first old file goes: nobody who goes on after a crash, Swift's relinker neither,
   * sees that it was there. Whether that could be done; that it could not is an error once.
   */
  boolean takeHashes() {
    if (snapshot != null || hashesStay || !job.cleanup() || job.dryRun()) {
      return !hashesStay;
    }
    try {
      snapshot = hashes.takeIfAny(fd);
    } catch (PosixException e) {
      hashesStay = true;
      error(e, "The suffix hashes could not be taken away");
    }
    return !hashesStay;
  }

  /**
   * After cleanup has walked it. What stays here after an increase was linked from a lower
   * partition (all but partition 0), which cleanup comes to later, and then hashes it: so no hashes
   * are made now. Not so where something is no hash dir: hashing moves that to quarantine, and then
   * the partition may be empty after all.
   *
   * @param stopped whether it was walked in part only
   */
  void finish(boolean stopped) {
    if (!somethingLeft && !stopped && remover.remove(number, fd)) {
      return;
    }
    try {
      if (litter.isEmpty() && number > 0 && job.afterIncrease()) {
        if (tools.posix.stat(fd, tools.hashesPickle) == -Errno.ENOENT) {
          // Without hashes, a suffix that is gone needs no invalidation either.
          changed.andNot(removed);
        }
        if (!changed.isEmpty()) {
          hashes.invalidate(fd, changed);
        }
        return;
      }
      Map<Integer, Optional<SuffixHash>> unknown = new HashMap<>();
      changed.or(litter);
      changed.stream().forEach(each -> unknown.put(each, Optional.empty()));
      if (snapshot == null || snapshot == HashesFiles.Snapshot.NONE) {
        snapshot = hashes.snapshot(fd);
      }
      boolean nothing = hashes.update(fd, snapshot, unknown).isEmpty();
      if (nothing && !stopped) {
        remover.remove(number, fd);
      }
    } catch (PosixException e) {
      if (e.errno() != Errno.ENOENT) {
        error(e, "The suffix hashes of the old partition could not be brought up to date");
      }
    }
  }

  private void error(PosixException e, String message) {
    job.meter().error(job.path(number), e.errno(), message + " (" + e.what() + ")");
  }
}
