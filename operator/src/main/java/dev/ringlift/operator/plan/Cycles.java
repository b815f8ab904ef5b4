package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.Transition;
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
    if (status != null && status.fromPartPower() != null && !hasNotBegun(status, ring)) {
      return status.fromPartPower();
    }
    return seen.tasks().stream()
        .map(Observation.Task::spec)
        .filter(spec -> spec.step() == Step.Relink)
        .mapToInt(spec -> spec.partPower())
        .min()
        .orElse(ring.partPower());
  }

  /**
   * Nothing was published yet. Or the very first ring was decided on, was never seen in the store,
   * and what is there now has no next power: no task was made for it, so it is as if it had not
   * been, whoever may have changed the ring since.
   */
  static boolean hasNotBegun(@Nullable PartitionPowerIncreaseStatus status, Ring ring) {
    Publication publication = status == null ? null : status.publication();
    return publication == null
        || (publication.cycle() == 1
            && publication.transition().equals(Transitions.name(Transition.PREPARE))
            && !PublishedRing.seen(status)
            && ring.nextPartPower() == null);
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
