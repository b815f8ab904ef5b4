package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.Consumer.Proof;
import dev.ringlift.api.v1alpha1.Consumer.Role;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.operator.plan.Audience.Group;
import dev.ringlift.operator.plan.Audience.Member;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Between two cycles replication gets its turn: from Prepare to Finish nobody has copied anything,
 * and the next cycle would go on with what lacks. Every object server that can be asked must tell
 * of a full pass that began after the Finish ring was everywhere and its processes had time to load
 * it: one that began before has passed over the partitions of this policy.
 *
 * <p>Object servers tell in their own time. One whose clock is ahead by more than the settle time
 * could be believed too early; preflight warns of clocks that differ.
 */
final class ReplicationTurn {
  private ReplicationTurn() {}

  /**
   * Why the next cycle has to wait, as a sentence; empty if it need not, or nobody can tell.
   *
   * @param settle how long after a ring processes may still have the former one
   */
  static Optional<String> missing(Observation seen, String ringMd5, Duration settle) {
    Instant everywhere = everywhere(seen.increase().status(), ringMd5);
    List<String> missing = new ArrayList<>();
    for (Group group : seen.audience().groups()) {
      Consumer consumer = group.consumer();
      if (consumer.role() != Role.Object || consumer.proof() != Proof.Recon) {
        continue;
      }
      for (Member member : group.members()) {
        Instant begun = member.answer() == null ? null : member.answer().replicated();
        if (everywhere == null || begun == null || begun.isBefore(everywhere.plus(settle))) {
          missing.add(
              "%s, %s: %s."
                  .formatted(
                      ConsumerProofs.name(consumer),
                      member.name(),
                      begun == null
                          ? "tells of no pass"
                          : "its last pass began at " + Times.format(begun)));
        }
      }
    }
    if (missing.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "Before the next cycle, every object server has to have done a full replication pass that began after %s. %s If their replicators tell nothing to recon, see to it yourself that they have had their turn, and give the consumer the role Other."
            .formatted(
                everywhere == null
                    ? "the Finish ring was everywhere"
                    : Times.format(everywhere.plus(settle)),
                Sentences.first(missing)));
  }

  private static @Nullable Instant everywhere(
      @Nullable PartitionPowerIncreaseStatus status, String ringMd5) {
    if (status == null || status.ring() == null || !status.ring().md5().equals(ringMd5)) {
      return null;
    }
    Instant last = Times.parse(status.ring().lastProofTime(), Instant.MAX);
    return last.equals(Instant.MAX) ? null : last;
  }
}
