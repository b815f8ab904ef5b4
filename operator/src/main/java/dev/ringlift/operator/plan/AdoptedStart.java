package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingFileStatus;
import dev.ringlift.operator.plan.Observation.Node;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Since when a ring that is taken over has been as it is: the two clocks of {@link Deadline} ran
 * before anybody looked. An increased ring's builder tells it. Of a prepared or a cancelled one
 * nothing does; then it is known only since when at the latest, by the agents, which tell since
 * when they have seen this very file.
 *
 * @param at the latest moment that it can have been
 * @param known whether it was then, and not earlier
 */
record AdoptedStart(Instant at, boolean known) {

  static AdoptedStart of(StoredRing.Pair pair, List<Node> nodes, Instant now) {
    Instant latest = now;
    for (Node node : nodes) {
      if (node.inventory() == null) {
        continue;
      }
      for (RingFileStatus file : node.inventory().rings()) {
        Instant since = Times.parse(file.since(), now);
        if (file.md5().equals(pair.ringMd5()) && since.isBefore(latest)) {
          latest = since;
        }
      }
    }
    Ring ring = pair.ring();
    RingBuilder builder = pair.builder();
    Optional<Instant> increased =
        builder == null || !isIncreasedOrCancelled(ring.partPower(), ring.nextPartPower())
            ? Optional.empty()
            : builder.increasedAt();
    if (increased.isEmpty() || increased.get().isAfter(now)) {
      return new AdoptedStart(latest, false);
    }
    return new AdoptedStart(increased.get().isBefore(latest) ? increased.get() : latest, true);
  }

  /** As a sentence. */
  String describe() {
    return known
        ? "It was increased at %s.".formatted(Times.format(at))
        : "Since when it is so is not known, but at the latest since %s: until then, too, nobody may have repaired replicas."
            .formatted(Times.format(at));
  }

  /**
   * What may have gone wrong already, for as long as the ring that was taken over is in the store
   * and has to be cleaned up; empty where its start is known.
   */
  static Optional<Problem> risk(Observation seen, StoredRing.Pair pair, Instant now) {
    PartitionPowerIncreaseStatus status = seen.increase().status();
    Publication publication = seen.increase().publication();
    if (status == null
        || publication == null
        || !publication.transition().equals(Adoption.ADOPTED)
        || !publication.md5().equals(pair.ringMd5())
        || !isIncreasedOrCancelled(pair.ring().partPower(), pair.ring().nextPartPower())
        || of(pair, seen.nodes(), now).known()) {
      return Optional.empty();
    }
    return Optional.of(
        new Problem(
            null,
            null,
            Reason.DeadlineAtRisk.name(),
            "It is not known when the ring that was taken over was increased or cancelled, only that it was by %s: the time in which cleanup has to end (reclaimAge, %s) may be over already, and then objects that were deleted meanwhile may come back. Raise reclaim_age on the object servers, and let cleanup go on."
                .formatted(status.startTime(), seen.increase().spec().reclaimAge())));
  }

  private static boolean isIncreasedOrCancelled(int power, @Nullable Integer next) {
    return Objects.equals(next, power);
  }
}
