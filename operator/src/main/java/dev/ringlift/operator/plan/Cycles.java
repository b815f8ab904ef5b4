package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.Transition;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which doubling a ring is in, and where in it. */
final class Cycles {
  private Cycles() {}

  /** Where in a cycle a ring is. */
  enum Position {
    /** No next power: between cycles, before the first, or behind the last. */
    Whole,
    /** The next power is one higher. */
    Prepared,
    /** The next power is the power: the cycle's own Increase was published. */
    Increased,
    /** The next power is the power: the cycle was cancelled before its Increase. */
    Cancelled
  }

  /**
   * The power at which the increase began: as noted; else the lowest that a task was made for;
   * else, when there is neither, it begins now. (Of a ring that is increased already and was made
   * by other means, nobody can see whether it was cancelled instead; what is left to do is the
   * same.)
   */
  static int fromPartPower(Observation seen, Ring ring) {
    PartitionPowerIncreaseStatus status = seen.increase().status();
    if (status != null && status.fromPartPower() != null && !hasNotBegun(status, ring)) {
      return status.fromPartPower();
    }
    boolean increased = isIncreasedOrCancelled(ring);
    return seen.tasks().stream()
        .map(Observation.Task::spec)
        .filter(spec -> spec.step() == Step.Relink)
        .mapToInt(spec -> spec.partPower())
        .min()
        .orElse(increased ? ring.partPower() - 1 : ring.partPower());
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

  /**
   * Increased and cancelled rings look the same but for the power: the one has that at which the
   * cycle ends, the other that at which it began. Which cycle it is stands in the status before
   * either is written.
   */
  static Position position(Observation seen, Ring ring) {
    if (ring.nextPartPower() == null) {
      return Position.Whole;
    }
    if (!isIncreasedOrCancelled(ring)) {
      return Position.Prepared;
    }
    Publication publication = seen.increase().publication();
    int cyclesBehind = ring.partPower() - fromPartPower(seen, ring);
    int cycle = publication == null ? 1 : publication.cycle();
    return cyclesBehind < cycle ? Position.Cancelled : Position.Increased;
  }

  private static boolean isIncreasedOrCancelled(Ring ring) {
    return Objects.equals(ring.nextPartPower(), ring.partPower());
  }

  /** The doubling under way or about to begin; null when there is none to come. */
  static @Nullable Cycle current(Observation seen, Ring ring) {
    int to = position(seen, ring) == Position.Increased ? ring.partPower() : ring.partPower() + 1;
    return ending(seen, ring, to);
  }

  /** The doubling that brought a ring without a next power to where it is. */
  static @Nullable Cycle ending(Observation seen, Ring ring) {
    return ending(seen, ring, ring.partPower());
  }

  private static @Nullable Cycle ending(Observation seen, Ring ring, int to) {
    int from = fromPartPower(seen, ring);
    int target = seen.increase().spec().targetPartPower();
    return to > target || to <= from ? null : new Cycle(to - from, target - from, to - 1, to);
  }
}
