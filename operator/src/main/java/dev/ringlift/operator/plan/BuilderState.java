package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingPair;
import dev.ringlift.ring.Transition;
import dev.ringlift.ring.TransitionRefusedException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the builder in a store stands to the ring there. */
sealed interface BuilderState {

  /** The store holds none: the user keeps it elsewhere. */
  record Elsewhere() implements BuilderState {}

  /** It would write this ring. */
  record Agrees(RingBuilder builder) implements BuilderState {}

  /**
   * Of the transition that was last decided on, the builder was written and the ring was not: where
   * they stand in different places, the builder goes first.
   *
   * @param ring that is still to be written
   */
  record Ahead(RingBuilder builder, Transition transition, Ring ring) implements BuilderState {}

  /**
   * It belongs to another ring.
   *
   * @param difference the first one, as a whole sentence
   */
  record Differs(RingBuilder builder, String difference) implements BuilderState {}

  /**
   * That of a store's builder.
   *
   * @param intent what was last written to the status before a store was to be; null if nothing was
   */
  static BuilderState of(StoredRing.Pair pair, @Nullable Publication intent) {
    RingBuilder builder = pair.builder();
    if (builder == null) {
      return new Elsewhere();
    }
    Optional<String> difference = RingPair.difference(pair.ring(), builder);
    if (difference.isEmpty()) {
      return new Agrees(builder);
    }
    return ahead(pair, builder, intent)
        .orElseGet(() -> new Differs(builder, difference.orElseThrow()));
  }

  /** The intent names the ring that is there, and the very ring that this builder would write. */
  private static Optional<BuilderState> ahead(
      StoredRing.Pair pair, RingBuilder builder, @Nullable Publication intent) {
    Optional<Transition> meantTransition =
        intent == null ? Optional.empty() : Transitions.named(intent.transition());
    if (intent == null || meantTransition.isEmpty() || !intent.fromMd5().equals(pair.ringMd5())) {
      return Optional.empty();
    }
    try {
      Transition transition = meantTransition.get();
      Ring ring = pair.ring().after(transition);
      boolean meant =
          RingPair.difference(ring, builder).isEmpty()
              && Md5.hex(ring.toBytes()).equals(intent.md5());
      return meant ? Optional.of(new Ahead(builder, transition, ring)) : Optional.empty();
    } catch (TransitionRefusedException refused) {
      return Optional.empty();
    }
  }
}
