package dev.ringlift.operator.page;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.NodeCounts;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Progress;
import dev.ringlift.api.v1alpha1.Phase;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All increases, as the page shows them. In JSON whatever is null, empty, zero or false is left
 * out. Times are RFC 3339, UTC; texts of others are cut by {@link Clip}.
 *
 * @param increases those under way first, then the latest
 * @param omitted how many older ones are not shown
 */
record Overview(String namespace, List<Increase> increases, int omitted) {

  /**
   * One increase.
   *
   * @param uid tells it from another of the same name
   * @param ringFile such as {@code object-1.ring.gz}
   * @param from the ring's power when it began; 0 while that is not known
   * @param to the power wanted
   * @param step what the nodes do or did last: Relink, Verify or Cleanup
   * @param timeline the phases of the present cycle
   * @param rate files per second and the like since this operator looks
   */
  record Increase(
      String name,
      String uid,
      int policy,
      String ringFile,
      int from,
      int to,
      Phase phase,
      boolean ended,
      boolean dryRun,
      @Nullable String message,
      @Nullable Cycle cycle,
      @Nullable RingView ring,
      @Nullable NodeCounts nodes,
      @Nullable Progress progress,
      @Nullable String step,
      boolean pastPointOfNoReturn,
      @Nullable String replicationSuspendedSince,
      @Nullable String cleanupDeadline,
      @Nullable String startTime,
      @Nullable String completionTime,
      List<Stage> timeline,
      List<ConditionView> conditions,
      List<CheckView> preflight,
      List<ProblemView> problems,
      List<History.Point> rate) {}

  /** The ring in the store, and who has it. */
  record RingView(
      int partPower,
      @Nullable Integer nextPartPower,
      @Nullable Long version,
      String md5,
      int consumersTotal,
      int consumersCurrent,
      @Nullable Integer spreadSeconds) {}

  /**
   * A phase of the present cycle.
   *
   * @param since when it began, if that was seen
   * @param until when it ended, if that was seen
   */
  record Stage(Phase phase, State state, @Nullable String since, @Nullable String until) {

    /** How an increase and one of its phases stand. */
    enum State {
      /** It is over. */
      Done,
      /** It is in it. */
      Current,
      /** It has not come to it. */
      Ahead,
      /** It went past it without being in it. */
      Skipped
    }
  }

  /** A condition, as of Kubernetes. */
  record ConditionView(
      String type,
      String status,
      @Nullable String reason,
      @Nullable String message,
      @Nullable String since) {}

  /** A check of preflight. */
  record CheckView(String check, String result, @Nullable String message) {}

  /** Something that is wrong, and where. */
  record ProblemView(
      @Nullable String node,
      @Nullable String device,
      @Nullable String consumer,
      String reason,
      @Nullable String message) {}
}
