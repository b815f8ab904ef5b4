package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.RelinkRequest.Reclaim;
import dev.ringlift.relinker.layout.FileName;
import dev.ringlift.relinker.layout.FileSet;
import dev.ringlift.relinker.layout.Timestamp;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Posix;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Removes from a hash dir what newer files supersede, and, only when told to, what is old enough to
 * be reclaimed. A tombstone is never removed by age otherwise: while a partition power increase is
 * under way nobody replicates, and a replica that has not got the tombstone would bring the object
 * back.
 */
final class Sweeper {
  private final Tools tools;
  private final Optional<Reclaim> reclaim;
  private final boolean dryRun;
  private final Clock clock;
  private final BooleanSupplier stopped;

  /**
   * @param stopped whether to leave the rest, which whoever comes next removes
   */
  Sweeper(
      Tools tools,
      Optional<Reclaim> reclaim,
      boolean dryRun,
      Clock clock,
      BooleanSupplier stopped) {
    this.tools = tools;
    this.reclaim = reclaim;
    this.dryRun = dryRun;
    this.clock = clock;
    this.stopped = stopped;
  }

  /**
   * Removes them and takes them out of the listing: 0, or the negated error number of the first
   * that could not be removed.
   */
  int sweep(int fd, HashDir dir) {
    if (dir.entries().isEmpty()) {
      return 0;
    }
    if (dir.entries().size() == 1 && reclaim.isEmpty()) {
      FileName only = dir.entries().getFirst().parsed();
      // The usual case by far: one file, which nothing supersedes (a stray .durable is the
      // exception).
      if (only == null || only.extension() != FileName.Extension.DURABLE) {
        return 0;
      }
    }
    FileSet files = dir.decide();
    int first = 0;
    for (FileName file : files.obsolete()) {
      first = remember(first, remove(fd, dir, file));
    }
    if (reclaim.isPresent()) {
      for (FileName file : files.reclaimable()) {
        if (isReclaimable(fd, dir, file, reclaim.get())) {
          first = remember(first, remove(fd, dir, file));
        }
      }
    }
    return first;
  }

  private static int remember(int first, int answer) {
    return first == 0 ? answer : first;
  }

  private int remove(int fd, HashDir dir, FileName file) {
    HashDir.Entry entry = dir.find(file.name());
    if (entry == null || stopped.getAsBoolean()) {
      return 0;
    }
    int answer = dryRun ? 0 : tools.posix.unlink(fd, entry.address());
    if (answer == 0 || answer == -Errno.ENOENT) {
      dir.remove(entry);
      return 0;
    }
    return answer;
  }

  /**
   * Old enough; a fragment that is not durable must have been written some time ago too, for its
   * commit may be under way.
   */
  private boolean isReclaimable(int fd, HashDir dir, FileName file, Reclaim settings) {
    Instant now = clock.instant();
    Timestamp time = file.timestamp();
    if (epochSeconds(now) - time.seconds() <= epochSeconds(settings.age())) {
      return false;
    }
    boolean fragment = file.fragment() >= 0;
    if (!fragment || settings.commitWindow().isZero()) {
      return true;
    }
    HashDir.Entry entry = dir.find(file.name());
    Posix posix = tools.posix;
    return entry != null
        && posix.stat(fd, entry.address()) == 0
        && epochSeconds(now) - posix.statModifiedNanos() / 1e9
            > epochSeconds(settings.commitWindow());
  }

  private static double epochSeconds(Instant instant) {
    return instant.getEpochSecond() + instant.getNano() / 1e9;
  }

  private static double epochSeconds(Duration duration) {
    return duration.getSeconds() + duration.getNano() / 1e9;
  }
}
