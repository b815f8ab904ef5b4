package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.StorageNodeSpec.LeftOut;
import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import dev.ringlift.ring.Ring;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that bears on an increase, as it was seen at one moment.
 *
 * @param increase the wish, and what was last said of it
 * @param store ring and builder
 * @param nodes every node that exists, has a StorageNode or has an agent's Lease, by name
 * @param tasks the RelinkTasks of this increase
 * @param rivals the other increases of the same ring that have not ended
 * @param published the ring of this increase that was last seen in the store, where a backup holds
 *     it; looked for only when another is there
 * @param audience who loads the ring beside the nodes
 */
public record Observation(
    Increase increase,
    StoredRing store,
    List<Node> nodes,
    List<Task> tasks,
    List<Rival> rivals,
    @Nullable Ring published,
    Audience audience) {

  public Observation {
    nodes = List.copyOf(nodes);
    tasks = List.copyOf(tasks);
    rivals = List.copyOf(rivals);
  }

  /**
   * The first of the other increases whose turn is before this one's: the oldest, but one that has
   * begun comes before all that have not.
   */
  Optional<Rival> rivalBefore() {
    Rival self = new Rival(increase.name(), increase.created(), increase.publication() != null);
    return rivals.stream().min(Rival.TURN).filter(first -> Rival.TURN.compare(first, self) < 0);
  }

  /**
   * A PartitionPowerIncrease.
   *
   * @param annotations those of the user's that are Ringlift's own
   * @param status what was last said of it; a hint and an intent, never the truth
   */
  public record Increase(
      String name,
      String uid,
      long generation,
      Instant created,
      PartitionPowerIncreaseSpec spec,
      Map<String, String> annotations,
      @Nullable PartitionPowerIncreaseStatus status) {

    public Increase {
      annotations = Map.copyOf(annotations);
    }

    /** The annotation that names another hand's ring; null if there is none. */
    @Nullable String acceptRing() {
      return annotations.get(ApiConstants.ANNOTATION_ACCEPT_RING);
    }

    /** The annotation that lets a gate pass; null if there is none. */
    @Nullable String approve() {
      String value = annotations.get(ApiConstants.ANNOTATION_APPROVE);
      return value == null ? null : value.strip();
    }

    /** The annotation that asks for another try on a node, or on all; null if there is none. */
    @Nullable String retry() {
      String value = annotations.get(ApiConstants.ANNOTATION_RETRY);
      return value == null ? null : value.strip();
    }

    /** The phase that was last said. */
    Phase phase() {
      return status == null || status.phase() == null ? Phase.Pending : status.phase();
    }

    PartitionPowerIncreaseStatus.@Nullable Publication publication() {
      return status == null ? null : status.publication();
    }
  }

  /**
   * A node.
   *
   * @param addresses of the Node object, and those that an administrator annotated; empty if there
   *     is no such Node
   * @param labels of the Node object; empty if there is no such Node
   * @param inventory what its agent found; null if there is no StorageNode, or none filled in
   * @param heartbeat of its agent; null if there is no Lease
   * @param leftOut what is remembered of devices that increases left out
   * @param cordoned whether the Node object takes no new pods
   * @param notReadySince since when Kubernetes does not call it ready; null if it does
   */
  public record Node(
      String name,
      Set<String> addresses,
      Map<String, String> labels,
      @Nullable StorageNodeStatus inventory,
      @Nullable Heartbeat heartbeat,
      List<LeftOut> leftOut,
      boolean cordoned,
      @Nullable Instant notReadySince) {

    public Node {
      addresses = Set.copyOf(addresses);
      labels = Map.copyOf(labels);
      leftOut = List.copyOf(leftOut);
    }

    /** A node of which nothing is remembered. */
    public Node(
        String name,
        Set<String> addresses,
        Map<String, String> labels,
        @Nullable StorageNodeStatus inventory,
        @Nullable Heartbeat heartbeat) {
      this(name, addresses, labels, inventory, heartbeat, List.of(), false, null);
    }
  }

  /**
   * An agent's Lease.
   *
   * @param renewed when it was last renewed: by the API server's clock, to the second, where it
   *     says so; else by the agent's
   * @param duration for how long that holds
   * @param skew by how much the agent's clock is ahead of the API server's, or, below zero, behind;
   *     null if the API server does not say when it was renewed
   */
  public record Heartbeat(Instant renewed, Duration duration, @Nullable Duration skew) {
    private static final Duration PRECISION = Duration.ofSeconds(1);

    /** Of a Lease of which only the agent's time is known. */
    public Heartbeat(Instant renewed, Duration duration) {
      this(renewed, duration, null);
    }

    /**
     * A renewal that both tell of.
     *
     * @param said by the agent, who looked at its clock before it asked
     * @param written by the API server, which leaves fractions of a second out
     */
    public static Heartbeat of(Instant said, Instant written, Duration duration) {
      Instant latest = written.plus(PRECISION);
      if (said.isBefore(written)) {
        return new Heartbeat(written, duration, Duration.between(written, said));
      }
      return said.isAfter(latest)
          ? new Heartbeat(latest, duration, Duration.between(latest, said))
          : new Heartbeat(said, duration, Duration.ZERO);
    }

    /** When it runs out. */
    public Instant until() {
      return renewed.plus(duration);
    }

    /** By how much the agent's clock is known to be ahead, or, below zero, behind. */
    Duration skewAt(Instant now) {
      if (skew != null) {
        return skew;
      }
      return renewed.isAfter(now) ? Duration.between(now, renewed) : Duration.ZERO;
    }
  }

  /**
   * A RelinkTask.
   *
   * @param generation of its spec
   * @param resourceVersion that a change must be based on
   * @param status null before its agent has seen it
   */
  public record Task(
      String name,
      long generation,
      String resourceVersion,
      RelinkTaskSpec spec,
      @Nullable RelinkTaskStatus status) {

    /** Whether its agent does nothing more for it, unless it is changed. */
    boolean hasEnded() {
      return status != null
          && (status.state() == RelinkTaskStatus.State.Succeeded
              || status.state() == RelinkTaskStatus.State.Failed)
          && status.attempt() >= spec.attempt()
          && status.round() == spec.round()
          && status.observedGeneration() != null
          && status.observedGeneration() >= generation;
    }

    /** Whether its agent has nothing more to do for it. */
    boolean hasSucceeded() {
      return hasEnded() && status != null && status.state() == RelinkTaskStatus.State.Succeeded;
    }
  }

  /**
   * Another increase of the same ring.
   *
   * @param begun whether it has changed the ring
   */
  public record Rival(String name, Instant created, boolean begun) {
    static final Comparator<Rival> TURN =
        Comparator.comparing(Rival::begun)
            .reversed()
            .thenComparing(Rival::created)
            .thenComparing(Rival::name);
  }
}
