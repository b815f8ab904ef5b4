package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import java.util.Optional;

/** What is to become of the annotation by which a user accepts another hand's ring. */
final class AcceptRing {
  private AcceptRing() {}

  /**
   * Empty if there is none, or it still has to have its effect.
   *
   * @param next the status that was written after this was seen
   */
  static Optional<SpentAnnotation> of(Observation seen, PartitionPowerIncreaseStatus next) {
    String value = seen.increase().acceptRing();
    if (value == null) {
      return Optional.empty();
    }
    String md5 = RingGuard.accepted(seen).orElseThrow();
    return switch (seen.store()) {
      case StoredRing.Unusable unusable ->
          refused(value, "There is no ring to accept. " + unusable.message());
      case StoredRing.Busy busy -> Optional.empty(); // what it leaves behind will tell
      case StoredRing.Pair pair when !md5.equals(pair.ringMd5()) ->
          refused(
              value, "The ring in the store has md5 %s, not %s.".formatted(pair.ringMd5(), md5));
      case StoredRing.Pair pair -> {
        Publication publication = next.publication();
        boolean standsOnIt =
            publication != null
                && publication.md5().equals(md5)
                && RingChange.difference(pair, publication).isEmpty();
        yield standsOnIt
            ? Optional.of(new SpentAnnotation(ApiConstants.ANNOTATION_ACCEPT_RING, value, null))
            : RingGuard.refusal(seen, pair).flatMap(why -> refused(value, why));
      }
    };
  }

  private static Optional<SpentAnnotation> refused(String value, String why) {
    return Optional.of(
        SpentAnnotation.refused(
            ApiConstants.ANNOTATION_ACCEPT_RING, value, EventReason.AcceptRefused, why));
  }
}
