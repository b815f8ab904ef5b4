package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.RingStatus;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The ring of an increase that was last seen in the store, by what the status says of it: the one
 * that was published last or, for as long as that was never seen there, the one that it was to be
 * made from.
 *
 * @param nextPartPower null if it has none
 * @param version null if it has none
 * @param devices how many it has; null if that was not noted
 * @param builderId of the builder that belongs to it; null if that has none
 */
record PublishedRing(
    String md5,
    int partPower,
    @Nullable Integer nextPartPower,
    @Nullable Long version,
    @Nullable Integer devices,
    @Nullable String builderId) {

  /** Empty for an increase that has changed nothing. */
  static Optional<PublishedRing> of(@Nullable PartitionPowerIncreaseStatus status) {
    Publication publication = status == null ? null : status.publication();
    RingStatus seen = status == null ? null : status.ring();
    if (publication == null || seen == null) {
      return Optional.empty();
    }
    // No transition changes the devices or the builder's id.
    return Optional.of(
        new PublishedRing(
            seen.md5(),
            seen.partPower(),
            seen.nextPartPower(),
            seen.version(),
            publication.devices(),
            publication.builderId()));
  }

  /** Whether the ring that was published last has been seen in the store. */
  static boolean seen(@Nullable PartitionPowerIncreaseStatus status) {
    return status != null
        && status.publication() != null
        && status.ring() != null
        && status.ring().md5().equals(status.publication().md5());
  }

  /** Whether this ring may be in the store: if the publication's has not been seen there yet. */
  static boolean isOurs(@Nullable PartitionPowerIncreaseStatus status, String md5) {
    Publication publication = status == null ? null : status.publication();
    return publication != null
        && (md5.equals(publication.md5()) || (!seen(status) && md5.equals(publication.fromMd5())));
  }
}
