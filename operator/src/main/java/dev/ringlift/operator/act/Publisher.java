package dev.ringlift.operator.act;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.operator.plan.Announcement;
import dev.ringlift.operator.plan.Announcements;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.StoredRing;
import dev.ringlift.operator.store.RingStore;
import dev.ringlift.operator.store.StoreChangedException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Replaces a ring and its builder.
 *
 * <ol>
 *   <li>The decision was made on live reads: of the store at revision R, of the increase at
 *       resourceVersion S, and of everything else.
 *   <li>What the store holds at R is backed up, unless that is half of what was published last.
 *   <li>The writes of the last step are rehearsed: what the API server has against them is known
 *       while there is a way back, and before half of them are made.
 *   <li>The intent (the new ring's md5 and that of the ring it was made from; before Increase also
 *       that there is no way back; RingDistributed False) is written to the status over S. Where it
 *       stands there already, of a run that died or was refused, it is written over S as it is: the
 *       increase has to be the one that was decided on, and nothing is said twice.
 *   <li>Ring and builder are written to the store over R: in one write where they stand in one
 *       place; else the builder first, then the ring.
 * </ol>
 *
 * <p>Invariants: whatever ring of ours is in the store, the status has named it before. No write
 * goes over anything that the decision did not see. After a crash, or a refused write, behind any
 * step the store holds either the former ring, and the transition is decided on anew (its ring is
 * the same to the byte, its builder but for the hours that Swift counts); or the former ring and
 * the new builder, which the intent tells, and the transition is decided on anew but for the
 * builder; or the new ring and its builder, and the increase goes on from there.
 */
public final class Publisher {
  /**
   * What became of a publication.
   *
   * @param increase as it then is
   * @param refusal what the API server has against the ring or its backup, in its own words; null
   *     if the ring was written
   */
  public record Outcome(PartitionPowerIncrease increase, @Nullable String refusal) {}

  private final StatusWriter statusWriter;
  private final EventWriter eventWriter;

  public Publisher(StatusWriter statusWriter, EventWriter eventWriter) {
    this.statusWriter = statusWriter;
    this.eventWriter = eventWriter;
  }

  /**
   * Carries out steps 2 to 5.
   *
   * @param increase as read for the decision
   * @param status with the intent
   * @param news what is to be announced once the intent is written
   * @throws StoreChangedException if the store was changed in between: nothing was published
   */
  public Outcome publish(
      PartitionPowerIncrease increase,
      PartitionPowerIncreaseStatus status,
      RingStore store,
      Publish publish,
      List<Announcement> news,
      Instant now)
      throws StoreChangedException {
    PartitionPowerIncrease present = increase;
    try {
      if (!publish.completes()) {
        store.backUp(publish.revision(), publish.intent());
      }
      store.rehearse(publish.revision(), publish.ring(), publish.builder());
      present = announce(increase, status, publish, news, now);
      Optional<String> gaveWay = store.write(publish.revision(), publish.ring(), publish.builder());
      eventWriter.write(present, List.of(Announcements.published(publish)), now);
      eventWriter.write(present, gaveWay.map(Announcements::dropped).stream().toList(), now);
      return new Outcome(present, null);
    } catch (KubernetesClientException e) {
      return new Outcome(present, Refusal.of(e).orElseThrow(() -> e));
    }
  }

  /**
   * Keeps a copy of the ring that was published.
   *
   * @return what the API server has against it; empty if there is one
   * @throws StoreChangedException if the store was changed in between
   */
  public Optional<String> backUp(RingStore store, StoredRing.Revision revision)
      throws StoreChangedException {
    try {
      store.backUp(revision, null);
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(Refusal.of(e).orElseThrow(() -> e));
    }
  }

  private PartitionPowerIncrease announce(
      PartitionPowerIncrease increase,
      PartitionPowerIncreaseStatus status,
      Publish publish,
      List<Announcement> news,
      Instant now) {
    if (publish.isAnnouncedIn(increase.getStatus())) {
      return statusWriter.confirm(increase);
    }
    PartitionPowerIncrease written = statusWriter.write(increase, status);
    eventWriter.write(written, news, now);
    eventWriter.write(written, Announcements.before(publish), now);
    return written;
  }
}
