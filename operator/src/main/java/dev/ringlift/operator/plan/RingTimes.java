package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.RingStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Since when a ring has been in the store, and how it spread, as the status keeps it: an operator
 * that has just been started knows it too.
 *
 * <p>What was not looked at without a break begins anew: while another ring may have been there,
 * processes may have been started with that one.
 */
final class RingTimes {
  private RingTimes() {}

  /** Since when the given ring has been in the store, if the status says so. */
  static @Nullable Instant since(@Nullable PartitionPowerIncreaseStatus status, String ringMd5) {
    if (!isKnown(status, ringMd5) || status == null || status.ring() == null) {
      return null;
    }
    Instant since = Times.parse(status.ring().since(), Instant.MAX);
    return since.equals(Instant.MAX) ? null : since;
  }

  /**
   * The ring as it was found now, with the times that the status had for it, and those of now.
   *
   * @param found without times
   * @param publication the last one of the increase
   * @param everywhere whether all have proved it
   */
  static @Nullable RingStatus carryOn(
      @Nullable PartitionPowerIncreaseStatus old,
      @Nullable RingStatus found,
      @Nullable Publication publication,
      boolean everywhere,
      Instant now) {
    if (found == null) {
      return old == null ? null : old.ring();
    }
    RingStatus before = old != null && isKnown(old, found.md5()) ? old.ring() : null;
    String since = before == null ? null : before.since();
    String first = before == null ? null : before.firstProofTime();
    String last = before == null ? null : before.lastProofTime();
    Integer spread = before == null ? null : before.spreadSeconds();
    if (since == null) {
      since = Times.format(now);
    }
    boolean published = publication != null && publication.md5().equals(found.md5());
    if (published && first == null && found.consumersCurrent() > 0) {
      first = Times.format(now);
    }
    if (published && last == null && everywhere) {
      last = Times.format(now);
      Instant begun = Times.parse(first, now);
      spread = (int) Math.max(0, Duration.between(begun, Times.parse(last, now)).toSeconds());
    }
    return new RingStatus(
        found.partPower(),
        found.nextPartPower(),
        found.version(),
        found.md5(),
        found.consumersTotal(),
        found.consumersCurrent(),
        since,
        first,
        last,
        spread);
  }

  private static boolean isKnown(@Nullable PartitionPowerIncreaseStatus status, String ringMd5) {
    Condition looked = Conditions.find(status, ConditionType.RingDistributed);
    return status != null
        && status.ring() != null
        && status.ring().md5().equals(ringMd5)
        && looked != null
        && !"Unknown".equals(looked.getStatus());
  }
}
