package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.NodeCounts;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.operator.plan.Observation.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One step over all nodes: what is done, what is not, what is wrong, and what tasks lack.
 *
 * @param nodes each node that has devices to be done
 * @param changes the tasks to create or change
 * @param problems what keeps the step from being complete and won't go away by waiting
 * @param begun whether any task was ever made for this ring in this round, for which the barrier
 *     had been passed
 * @param turns who may work now
 * @param givenUp what to do about each node that is not tried again
 */
record StepWork(
    List<NodeWork> nodes,
    List<TaskChange> changes,
    List<Problem> problems,
    boolean begun,
    NodeTurns turns,
    List<String> givenUp) {

  /**
   * One node.
   *
   * @param devices that have to be done
   * @param task null until it is there
   * @param state how far it is
   * @param retryAt when a failed task is to be tried again
   */
  record NodeWork(
      String name,
      Set<String> devices,
      @Nullable Task task,
      NodeState state,
      @Nullable Instant retryAt) {

    /** What the agent says of the present round. */
    @Nullable RelinkTaskStatus status() {
      if (task == null || task.status() == null) {
        return null;
      }
      return task.status().round() < task.spec().round() ? null : task.status();
    }
  }

  /** How far a node is. */
  enum NodeState {
    Waiting,
    Running,
    Done,
    Failed
  }

  StepWork {
    nodes = List.copyOf(nodes);
    changes = List.copyOf(changes);
    problems = List.copyOf(problems);
    givenUp = List.copyOf(givenUp);
  }

  /**
   * Whether every device has a Succeeded result. That of a step without any node is not: a ring
   * without devices is no ring.
   */
  boolean complete() {
    return problems.isEmpty()
        && changes.isEmpty()
        && !nodes.isEmpty()
        && nodes.stream().allMatch(node -> node.state() == NodeState.Done);
  }

  Optional<Instant> nextRetry() {
    return nodes.stream().map(NodeWork::retryAt).filter(Objects::nonNull).min(Instant::compareTo);
  }

  NodeCounts counts() {
    int done = count(NodeState.Done);
    return new NodeCounts(
        nodes.size(),
        count(NodeState.Waiting),
        count(NodeState.Running),
        done,
        count(NodeState.Failed),
        done + "/" + nodes.size());
  }

  private int count(NodeState state) {
    return (int) nodes.stream().filter(node -> node.state() == state).count();
  }

  /** The nodes that are not done, by name, the first few. */
  String notDone() {
    List<String> names =
        new ArrayList<>(
            nodes.stream()
                .filter(node -> node.state() != NodeState.Done)
                .map(NodeWork::name)
                .toList());
    int shown = Math.min(5, names.size());
    String list = String.join(", ", names.subList(0, shown));
    return names.size() > shown ? list + " and " + (names.size() - shown) + " more" : list;
  }
}
