package dev.ringlift.operator.plan;

import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;

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
   * A ring and its builder. They may not belong together: see {@link
   * dev.ringlift.ring.RingPair#difference}.
   *
   * @param resourceVersion of the store, which a write must be based on
   * @param ringMd5 of the ring file, 32 hexadecimal digits
   * @param otherBytes size of what the store holds besides these two
   * @param limitBytes how much the store can hold in all
   */
  record Pair(
      String resourceVersion,
      String ringMd5,
      Ring ring,
      RingBuilder builder,
      long otherBytes,
      long limitBytes)
      implements StoredRing {}
}
