package dev.ringlift.operator.store;

import dev.ringlift.operator.plan.StoredRing;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;

/**
 * The place that holds one policy's ring and its builder, and that every node gets the ring from.
 *
 * <p>All reads are of what is there now, never from a cache. A write is of ring and builder
 * together, so that no reader ever finds one without the other.
 */
public interface RingStore {

  /** What is there now; what can't be used is a result, not an exception. */
  StoredRing read();

  /**
   * Keeps a copy of what is there, as found, where it goes when the increase goes. Making it twice
   * makes one.
   *
   * @param resourceVersion of the content that is meant
   * @throws StoreChangedException if the store no longer holds that; then nothing was kept
   */
  void backUp(String resourceVersion) throws StoreChangedException;

  /**
   * Replaces ring and builder, and nothing else, in one write.
   *
   * @param resourceVersion of the content that the two were made from
   * @throws StoreChangedException if the store no longer holds that; then nothing was written
   */
  void write(String resourceVersion, Ring ring, RingBuilder builder) throws StoreChangedException;
}
