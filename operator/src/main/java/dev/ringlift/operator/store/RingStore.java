package dev.ringlift.operator.store;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.operator.plan.StoredRing;
import dev.ringlift.operator.plan.StoredRing.Revision;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The place that holds one policy's ring and, unless the user keeps it elsewhere, its builder; and
 * that every node gets the ring from.
 *
 * <p>All reads are of what is there now, never from a cache. Ring and builder change in one write
 * where they stand in one place. Where they don't, the builder is written first: a crash between
 * the two leaves the former ring with a builder that is ahead of it, and writing the ring alone
 * completes that.
 */
public interface RingStore {

  /** What is there now; what can't be used is a result, not an exception. */
  StoredRing read();

  /**
   * Keeps a copy of ring and builder, as found, where it goes when the increase goes. Making it
   * twice makes one.
   *
   * @param revision of the content that is meant
   * @param before the change that is about to be made; null if none is
   * @throws StoreChangedException if the store no longer holds that; then nothing was kept
   */
  void backUp(Revision revision, @Nullable Publication before) throws StoreChangedException;

  /** The ring of this md5, if a copy of it was kept that can be read. */
  Optional<Ring> backup(String ringMd5);

  /**
   * Asks the API server for everything that {@link #write} would, as a dry run: nothing is changed.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException as the write would
   * @throws StoreChangedException as the write would
   */
  void rehearse(Revision revision, Ring ring, @Nullable RingBuilder builder)
      throws StoreChangedException;

  /**
   * Replaces ring and builder, and nothing else that anybody relies on.
   *
   * @param revision of the content that the two were made from
   * @param builder null to leave the store's as it is, or if it holds none
   * @return what else had to give way, as a sentence for users; mostly nothing had to
   * @throws StoreChangedException if the store no longer holds that, or another program is about to
   *     change it; then nothing was written, or the builder alone
   */
  Optional<String> write(Revision revision, Ring ring, @Nullable RingBuilder builder)
      throws StoreChangedException;
}
