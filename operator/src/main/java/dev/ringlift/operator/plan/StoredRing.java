package dev.ringlift.operator.plan;

import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import org.jspecify.annotations.Nullable;

/** What the ring store holds. */
public sealed interface StoredRing {

  /**
   * No ring and builder that could be worked with.
   *
   * @param check the first check of {@link Check} that fails
   * @param message what is wrong and what to do, in whole sentences
   */
  record Unusable(Check check, String message) implements StoredRing {}

  /**
   * Another program is at work on it: whatever is there may be another thing in a moment.
   *
   * @param message which program, and what to do, in whole sentences
   */
  record Busy(String message) implements StoredRing {}

  /**
   * A ring and, where one is kept there, a builder. They may not belong together: see {@link
   * BuilderState}.
   *
   * @param revision of the store, which a write must be based on
   * @param ringMd5 of the ring file, 32 hexadecimal digits
   * @param builder null where the user keeps it elsewhere
   * @param sizes how much a ring and a builder would take there
   * @param export where somebody takes the ring from to bring it to the nodes; null where it
   *     reaches them by itself
   */
  record Pair(
      Revision revision,
      String ringMd5,
      Ring ring,
      @Nullable RingBuilder builder,
      StoreSizes sizes,
      @Nullable Export export)
      implements StoredRing {}

  /**
   * The state of all that a store is made of. Opaque: equal is what has not been changed in
   * between.
   */
  record Revision(String token) {}

  /** The key of a ConfigMap that a ring is to be taken from. */
  record Export(String configMap, String key) {}
}
