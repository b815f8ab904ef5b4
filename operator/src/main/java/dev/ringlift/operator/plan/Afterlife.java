package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How long an increase is kept that has ended. */
public final class Afterlife {
  private Afterlife() {}

  /** How long it is still to be kept, not negative; empty: until somebody deletes it. */
  public static Optional<Duration> left(
      PartitionPowerIncreaseSpec spec, @Nullable PartitionPowerIncreaseStatus status, Instant now) {
    if (spec.ttlAfterFinished() == null || status == null || status.completionTime() == null) {
      return Optional.empty();
    }
    Instant until =
        Times.parse(status.completionTime(), now).plus(Times.duration(spec.ttlAfterFinished()));
    Duration left = Duration.between(now, until);
    return Optional.of(left.isNegative() ? Duration.ZERO : left);
  }
}
