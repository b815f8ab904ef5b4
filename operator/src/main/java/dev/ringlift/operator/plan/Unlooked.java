package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.operator.plan.Plan.Facts;
import dev.ringlift.ring.Ring;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is said of an increase whose ring is not looked at: another hand's is in its place, or none
 * that can be read, or a Job works on it, or the turn is another increase's.
 *
 * <p>Invariants: whatever keeps the increase from its ring, both clocks of {@link Deadline} are
 * watched, for they don't stop. What was wrong before stays as it was last said: that nobody looks
 * mends nothing.
 */
final class Unlooked {
  private Unlooked() {}

  static Facts facts(Observation seen, Instant now) {
    PartitionPowerIncreaseStatus status = seen.increase().status();
    List<Problem> problems = new ArrayList<>(Deadline.risks(seen, devices(seen), true, now));
    if (status != null && status.problems() != null) {
      status.problems().stream()
          .filter(known -> !Deadline.isRisk(known) && isReason(known.reason()))
          .forEach(problems::add);
    }
    return new Facts(
        null,
        status == null ? null : status.cycle(),
        null,
        null,
        null,
        null,
        List.of(),
        Rest.of(seen.increase().spec(), now).orElse(null),
        List.copyOf(problems),
        List.of(),
        null);
  }

  /** Those of the increase's own ring, as far as it is still known. */
  private static DeviceMap devices(Observation seen) {
    Ring ring = seen.published() == null ? ring(seen.store()) : seen.published();
    return DeviceMap.of(ring == null ? List.of() : RingDevices.of(ring), seen.nodes());
  }

  private static @Nullable Ring ring(StoredRing store) {
    return store instanceof StoredRing.Pair pair ? pair.ring() : null;
  }

  /** A status may have been written by another version. */
  private static boolean isReason(String name) {
    for (Reason reason : Reason.values()) {
      if (reason.name().equals(name)) {
        return true;
      }
    }
    return false;
  }
}
