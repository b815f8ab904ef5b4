package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.ring.Ring;
import org.jspecify.annotations.Nullable;

/** Which doubling a ring is in. */
final class Cycles {
  private Cycles() {}

  /**
   * The power at which the increase began: as noted; else the lowest that a task was made for;
   * else, when there is neither, it begins now.
   */
  static int fromPartPower(Observation seen, Ring ring) {
    PartitionPowerIncreaseStatus status = seen.increase().status();
    if (status != null && status.publication() != null && status.fromPartPower() != null) {
      return status.fromPartPower();
    }
    return seen.tasks().stream()
        .map(Observation.Task::spec)
        .filter(spec -> spec.step() == Step.Relink)
        .mapToInt(spec -> spec.partPower())
        .min()
        .orElse(ring.partPower());
  }

  /** The doubling under way or about to begin; null when there is none to come. */
  static @Nullable Cycle current(Ring ring, int from, int target) {
    boolean increased = ring.nextPartPower() != null && ring.nextPartPower() == ring.partPower();
    int to = increased ? ring.partPower() : ring.partPower() + 1;
    return ending(to, from, target);
  }

  /** The doubling that brought a ring without a next power to where it is. */
  static @Nullable Cycle ending(Observation seen, Ring ring) {
    int target = seen.increase().spec().targetPartPower();
    return ending(ring.partPower(), fromPartPower(seen, ring), target);
  }

  private static @Nullable Cycle ending(int to, int from, int target) {
    return to > target || to <= from ? null : new Cycle(to - from, target - from, to - 1, to);
  }
}
