package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingPair;
import dev.ringlift.ring.Transition;
import dev.ringlift.ring.TransitionRefusedException;
import java.time.Instant;
import java.util.Optional;

/** Computes the ring and builder that come after a transition, and checks what goes in and out. */
record RingTransition(StoredRing.Pair pair, Transition transition, Instant now) {

  /**
   * @param phase that the increase is in once this is published
   */
  Plan decide(Phase phase, Plan.Facts facts, Cycle cycle, Settings settings) {
    try {
      Optional<String> before = RingPair.difference(pair.ring(), pair.builder());
      if (before.isPresent()) {
        return stall(
            facts,
            phase,
            Reason.RingAndBuilderDiffer,
            before.get() + " Put the builder there that wrote this ring.",
            settings);
      }
      Ring ring = pair.ring().after(transition);
      RingBuilder builder = pair.builder().after(transition, now);
      Optional<String> after = RingPair.difference(ring, builder);
      if (after.isPresent()) {
        return stall(facts, phase, Reason.TransitionRefused, after.get(), settings);
      }
      Publication intent =
          new Publication(
              Transitions.name(transition),
              cycle.number(),
              Md5.hex(ring.toBytes()),
              ring.version(),
              pair.ringMd5(),
              Times.format(now));
      return new Plan(
          phase,
          new Publish(
              Reason.PublishingRing,
              message(ring, cycle),
              transition,
              intent,
              pair.resourceVersion(),
              ring,
              builder),
          facts);
    } catch (TransitionRefusedException refused) {
      return stall(
          facts, phase, Reason.TransitionRefused, String.valueOf(refused.getMessage()), settings);
    }
  }

  private static Plan stall(
      Plan.Facts facts, Phase phase, Reason reason, String message, Settings settings) {
    return new Plan(phase, new Stall(reason, message, settings.recheck()), facts);
  }

  private String message(Ring ring, Cycle cycle) {
    String what =
        switch (transition) {
          case PREPARE -> "next partition power " + ring.nextPartPower();
          case INCREASE -> "partition power " + ring.partPower();
          case CANCEL, FINISH -> "partition power " + ring.partPower() + " and no next one";
        };
    return "Publishes the %s ring of cycle %d of %d: %s."
        .formatted(Transitions.name(transition), cycle.number(), cycle.of(), what);
  }
}
