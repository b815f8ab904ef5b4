package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.RingStatus;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether an increase that somebody has deleted may go.
 *
 * <p>One that has begun and not ended is all that keeps its ring from staying half-way for good:
 * Swift repairs no replicas while a ring has a next partition power. Such a one stays, and goes on,
 * until it has ended or its user takes over what is left to do; then it goes by itself.
 */
public sealed interface Deletion {

  /**
   * It goes.
   *
   * @param farewell what is left behind, if anything is
   */
  record Allowed(Optional<Announcement> farewell) implements Deletion {}

  /**
   * It stays, and works on.
   *
   * @param advice why, and what to do
   */
  record Refused(Announcement advice) implements Deletion {}

  /**
   * Decides.
   *
   * @param forced value of the annotation {@value ApiConstants#ANNOTATION_FORCE_DELETE}; null if it
   *     is not there
   * @param namespaceEnds whether its namespace is being deleted: nothing could be mended there
   */
  static Deletion of(
      String name,
      @Nullable PartitionPowerIncreaseStatus status,
      @Nullable String forced,
      boolean namespaceEnds) {
    if (status == null || !isInFlight(status)) {
      return new Allowed(Optional.empty());
    }
    if (namespaceEnds || name.equals(forced)) {
      String why = namespaceEnds ? "Its namespace is deleted" : "It is deleted by force";
      return new Allowed(
          Optional.of(
              Announcement.warning(
                  EventReason.DeletionForced.name(),
                  "%s in phase %s. %s".formatted(why, status.phase(), whatIsLeft(status)))));
    }
    return new Refused(
        Announcement.warning(
            EventReason.DeletionRefused.name(),
            "It can't be deleted in phase %s: its ring would stay half-way. It goes on, and is deleted once it has ended. %sTo delete it now, and finish by hand: kubectl annotate ppi %s %s=%s"
                .formatted(
                    status.phase(),
                    Boolean.TRUE.equals(status.pastPointOfNoReturn())
                        ? ""
                        : "To end it sooner, set spec.cancel. ",
                    name,
                    ApiConstants.ANNOTATION_FORCE_DELETE,
                    name)));
  }

  /** Whether a ring of this increase was, or was about to be, published, and more is to follow. */
  static boolean isInFlight(PartitionPowerIncreaseStatus status) {
    return status.publication() != null && !(status.phase() != null && status.phase().terminal());
  }

  private static String whatIsLeft(PartitionPowerIncreaseStatus status) {
    String tasks = " Its RelinkTasks go with it, and agents stop; so do its backups of the ring.";
    RingStatus ring = status.ring();
    Integer next = ring == null ? null : ring.nextPartPower();
    if (ring == null || next == null) {
      return "When last seen, its ring had no next partition power." + tasks;
    }
    String left =
        "When last seen, its ring had partition power %d and next %d, and Swift repairs no replicas until that is gone."
            .formatted(ring.partPower(), next);
    String advice =
        Objects.equals(ring.partPower(), next)
            ? " By hand: run swift-object-relinker cleanup on every node, then swift-ring-builder finish_increase_partition_power, and distribute the ring."
            : " By hand: swift-ring-builder cancel_increase_partition_power, distribute the ring, run swift-object-relinker cleanup on every node, then finish_increase_partition_power, and distribute that.";
    return left + advice + tasks;
  }
}
