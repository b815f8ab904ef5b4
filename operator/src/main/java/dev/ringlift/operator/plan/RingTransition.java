package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingPair;
import dev.ringlift.ring.Transition;
import dev.ringlift.ring.TransitionRefusedException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Computes the ring and builder that come after a transition, and checks what goes in and out.
 *
 * @param last what was last written to the status before a store was to be; null if nothing was
 */
record RingTransition(
    StoredRing.Pair pair, @Nullable Publication last, Transition transition, Instant now) {

  /**
   * Decides on the transition of the ring in the store.
   *
   * @param phase that the increase is in once this is published
   */
  static Plan publish(Scene scene, Phase phase, Transition transition) {
    Cycle cycle = Objects.requireNonNull(scene.cycle(), "a transition belongs to a cycle");
    Publication last = scene.seen().increase().publication();
    return new RingTransition(scene.pair(), last, transition, scene.now())
        .decide(phase, scene.facts(), cycle, scene.settings());
  }

  private Plan decide(Phase phase, Plan.Facts facts, Cycle cycle, Settings settings) {
    try {
      return switch (BuilderState.of(pair, last)) {
        case BuilderState.Elsewhere elsewhere ->
            publish(phase, facts, cycle, pair.ring().after(transition), null, false);
        case BuilderState.Agrees(RingBuilder builder) -> {
          Ring ring = pair.ring().after(transition);
          RingBuilder next = builder.after(transition, now);
          Optional<String> difference = RingPair.difference(ring, next);
          yield difference.isPresent()
              ? stall(facts, phase, Reason.TransitionRefused, difference.get(), settings)
              : publish(phase, facts, cycle, ring, next, false);
        }
        case BuilderState.Ahead ahead when ahead.transition() == transition ->
            publish(phase, facts, cycle, ahead.ring(), null, true);
        case BuilderState.Ahead ahead ->
            stall(
                facts,
                phase,
                Reason.RingAndBuilderDiffer,
                "The builder has had %s and the ring has not, but now it is time for %s. Put the builder there that wrote this ring."
                    .formatted(Transitions.name(ahead.transition()), Transitions.name(transition)),
                settings);
        case BuilderState.Differs differs ->
            stall(
                facts,
                phase,
                Reason.RingAndBuilderDiffer,
                differs.difference() + " Put the builder there that wrote this ring.",
                settings);
      };
    } catch (TransitionRefusedException refused) {
      return stall(
          facts, phase, Reason.TransitionRefused, String.valueOf(refused.getMessage()), settings);
    }
  }

  private Plan publish(
      Phase phase,
      Plan.Facts facts,
      Cycle cycle,
      Ring ring,
      @Nullable RingBuilder builder,
      boolean completes) {
    Publication intent =
        new Publication(
            Transitions.name(transition),
            cycle.number(),
            Md5.hex(ring.toBytes()),
            ring.version(),
            pair.ringMd5(),
            Times.format(now),
            ring.partPower(),
            ring.nextPartPower(),
            RingDevices.of(ring).size(),
            pair.builder() == null ? null : pair.builder().id(),
            last == null ? null : last.round(),
            null);
    return new Plan(
        phase,
        new Publish(
            Reason.PublishingRing,
            message(ring, cycle),
            transition,
            intent,
            pair.revision(),
            ring,
            builder,
            completes),
        facts);
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
