package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Until when cleanup has to have ended: an object that was overwritten during the increase and
 * deleted afterwards has its tombstone at the new place only, and once that is reclaimed, its old
 * file would come back. So: reclaim_age after the Increase or Cancel ring was first written, by
 * clocks that may differ a little.
 */
final class Deadline {
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

  private Deadline() {}

  /** For a ring that is first written now. */
  static String of(PartitionPowerIncreaseSpec spec, Instant now) {
    return Times.format(now.plus(Times.duration(spec.reclaimAge())).minus(CLOCK_SKEW));
  }

  /** From the last quarter of the time on, that it is running out, whatever holds the work up. */
  static List<Problem> risks(
      PartitionPowerIncreaseSpec spec, @Nullable PartitionPowerIncreaseStatus status, Instant now) {
    if (status == null || status.cleanupDeadline() == null) {
      return List.of();
    }
    Instant deadline = Times.parse(status.cleanupDeadline(), Instant.MAX);
    Duration warning = Times.duration(spec.reclaimAge()).dividedBy(4);
    if (Duration.between(now, deadline).compareTo(warning) > 0) {
      return List.of();
    }
    String when =
        now.isBefore(deadline)
            ? "Cleanup has to end by %s, reclaimAge (%s) after the ring was changed, or deleted objects may come back."
            : "Cleanup had to end by %s, reclaimAge (%s) after the ring was changed: deleted objects may come back.";
    return List.of(
        new Problem(
            null,
            null,
            Reason.DeadlineAtRisk.name(),
            when.formatted(status.cleanupDeadline(), spec.reclaimAge())
                + " Let work go on: no pause, no window, no gate, no limit; and raise reclaim_age on the object servers."));
  }
}
