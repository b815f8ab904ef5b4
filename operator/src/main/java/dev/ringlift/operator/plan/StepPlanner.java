package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.operator.plan.NodeTurns.Candidate;
import dev.ringlift.operator.plan.NodeTurns.Standing;
import dev.ringlift.operator.plan.Observation.Node;
import dev.ringlift.operator.plan.Observation.Task;
import dev.ringlift.operator.plan.StepWork.NodeState;
import dev.ringlift.operator.plan.StepWork.NodeWork;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Holds the tasks of one step against what the step needs; what they say is read by {@link
 * StepTasks}.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>A task of another ring or an earlier round is begun anew, by a higher attempt number, and
 *       whatever its status says counts for nothing.
 *   <li>Devices are only ever added to a task, but for those that the user has excluded by name:
 *       its agent leaves these alone, and what failed because of them is tried again at once. A
 *       task of a node all of whose devices are excluded holds still.
 *   <li>A task that is done is not touched; a failed one is tried again by a higher attempt number,
 *       when {@link NextTry} says so. What a user has asked for is noted so at once on every node
 *       that he means, paused where it is not that node's turn: then his asking can be forgotten.
 *   <li>Where a node fails to be verified, it is relinked in a new round instead, and then verified
 *       in that.
 * </ul>
 */
final class StepPlanner {
  private final StepIdentity identity;
  private final Observation seen;
  private final DeviceMap devices;
  private final Settings settings;
  private final Instant now;
  private final Retries retries;
  private final StepTasks tasks;
  private final List<TaskChange> changes = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> givenUp = new ArrayList<>();

  private StepPlanner(StepIdentity identity, Scene scene) {
    this.identity = identity;
    this.seen = scene.seen();
    this.devices = scene.devices();
    this.settings = scene.settings();
    this.now = scene.now();
    this.retries = new Retries(seen.increase());
    this.tasks = new StepTasks(identity, seen, devices);
  }

  /** What a step needs; while the user wants no work, tasks are to hold still. */
  static StepWork plan(Scene scene, Stage stage) {
    return new StepPlanner(StepIdentity.of(scene, stage), scene).plan(scene.rest() != null);
  }

  private StepWork plan(boolean rest) {
    NodeTurns turns = turns();
    List<NodeWork> nodes = new ArrayList<>();
    Map<String, Task> ofNodesThatAreGone = tasks.byNode();
    problems.addAll(devices.problems());
    for (Node node : seen.nodes()) {
      problems.addAll(devices.unusable(node));
      ofNodesThatAreGone.remove(node.name());
      Set<String> required = tasks.required(node);
      if (required.isEmpty()) {
        holdStill(tasks.of(node));
      } else {
        Optional<Problem> heldBack = HeldBack.why(node, seen.increase().spec().nodes());
        boolean turn = heldBack.isEmpty() && turns.may(node.name());
        NodeWork work = planNode(node, required, rest, turn);
        nodes.add(work);
        heldBack.filter(unused -> work.state() != NodeState.Done).ifPresent(problems::add);
      }
    }
    ofNodesThatAreGone.values().stream()
        .filter(task -> !tasks.required(task).isEmpty())
        .forEach(task -> nodes.add(planWithoutNode(task)));
    boolean begun =
        nodes.stream()
            .map(NodeWork::task)
            .anyMatch(task -> task != null && identity.isOfThisRound(task.spec()));
    return new StepWork(nodes, changes, problems, begun, turns, givenUp);
  }

  private NodeTurns turns() {
    List<Candidate> candidates = new ArrayList<>();
    for (Node node : seen.nodes()) {
      Set<String> required = tasks.required(node);
      Standing standing = standing(node, tasks.of(node), required);
      // One that is held back takes room for as long as it is not paused.
      boolean takesPart =
          HeldBack.why(node, seen.increase().spec().nodes()).isEmpty()
              || standing == Standing.AtWork;
      if (takesPart && (!required.isEmpty() || standing == Standing.AtWork)) {
        candidates.add(
            new Candidate(
                node.name(),
                devices.zones().get(node.name()),
                standing,
                Barrier.lost(node, settings, now).isPresent()));
      }
    }
    return NodeTurns.of(seen.increase().spec().nodes(), candidates);
  }

  private Standing standing(Node node, @Nullable Task task, Set<String> required) {
    if (task == null) {
      return Standing.Fresh;
    }
    NodeState state = tasks.state(task, required);
    if (state == NodeState.Done) {
      return Standing.Done;
    }
    if (!task.spec().paused() && !task.hasEnded()) {
      return Standing.AtWork;
    }
    if (state != NodeState.Failed || task.status() == null) {
      return Standing.Begun;
    }
    return isRelieved(node, task) || nextTry(node, task, task.status()) instanceof NextTry.Now
        ? Standing.Retry
        : Standing.Resting;
  }

  private NextTry nextTry(Node node, Task task, RelinkTaskStatus status) {
    return NextTry.of(node, task, status, retries, settings, now);
  }

  /** Should the node come back, it must not begin. */
  private void holdStill(@Nullable Task task) {
    if (task != null && !task.spec().paused() && !task.hasEnded()) {
      changes.add(
          new TaskChange(task.name(), task.spec().withPaused(true), task.resourceVersion()));
    }
  }

  /** Nobody else tells of such a node, and what its devices hold. */
  private NodeWork planWithoutNode(Task task) {
    Set<String> required = tasks.required(task);
    NodeState state = tasks.state(task, required);
    if (state != NodeState.Done) {
      problems.add(StepFailures.ofNodeThatIsGone(task, identity.step()));
    }
    return new NodeWork(task.spec().nodeName(), required, task, state, null);
  }

  private NodeWork planNode(Node node, Set<String> required, boolean rest, boolean turn) {
    Task task = tasks.of(node);
    if (task == null) {
      if (turn) {
        changes.add(new TaskChange(taskName(node), desired(node, required, null, 1, rest), null));
      }
      return new NodeWork(node.name(), required, null, NodeState.Waiting, null);
    }
    RelinkTaskStatus status = task.status();
    NodeState state = tasks.state(task, required);
    Instant retryAt = null;
    int attempt = task.spec().attempt();
    if (!tasks.isOfThisRound(task)) {
      attempt++;
    } else if (state != NodeState.Done && status != null) {
      problems.addAll(StepFailures.of(task, status, required, retries.used(task.spec())));
    }
    boolean asked = state == NodeState.Failed && !rest && retries.isAskedFor(node.name());
    if (state == NodeState.Failed && isRelieved(node, task)) {
      attempt++;
    } else if (state == NodeState.Failed && status != null) {
      switch (nextTry(node, task, status)) {
        case NextTry.Never never -> givenUp.add(never.advice());
        case NextTry.Later later -> retryAt = later.at();
        case NextTry.Now due when !asked && (rest || !turn) -> {}
        case NextTry.Now due when identity.verifies() -> relinkAgain(node, turn);
        case NextTry.Now due -> attempt++;
      }
    }
    // What has ended does nothing: it is changed when its turn comes, and shows until then why.
    boolean held = !turn && task.hasEnded() && (!asked || identity.verifies());
    RelinkTaskSpec desired = desired(node, required, task, attempt, rest || !turn);
    if (state != NodeState.Done && !held && !desired.equals(task.spec())) {
      changes.add(new TaskChange(task.name(), desired, task.resourceVersion()));
    }
    if (held && state == NodeState.Running) {
      state = NodeState.Waiting;
    }
    return new NodeWork(node.name(), required, task, state, retryAt);
  }

  /** Whether devices were excluded since the task was tried: it may have failed because of them. */
  private boolean isRelieved(Node node, Task task) {
    return !task.spec().excluded().containsAll(devices.exclusions().ofNode(node.name()));
  }

  /** What the task's state on the devices calls done is not done in a new round. */
  private void relinkAgain(Node node, boolean turn) {
    Task task = tasks.relinkedBy(node.name());
    if (task != null && Rounds.mayRepeat(task.spec().round())) {
      RelinkTaskSpec next =
          task.spec()
              .withRound(task.spec().round() + 1, task.spec().attempt() + 1)
              .withPaused(!turn);
      changes.add(new TaskChange(task.name(), next, task.resourceVersion()));
    }
  }

  private RelinkTaskSpec desired(
      Node node, Set<String> required, @Nullable Task task, int attempt, boolean rest) {
    return new RelinkTaskSpec(
        seen.increase().uid(),
        identity.cycle(),
        node.name(),
        seen.increase().spec().policyIndex(),
        identity.step(),
        identity.partPower(),
        identity.nextPartPower(),
        identity.ringMd5(),
        identity.ringVersion(),
        tasks.round(node.name(), task),
        List.copyOf(new TreeSet<>(required)),
        attempt,
        rest,
        seen.increase().spec().relinker(),
        identity.verify(),
        List.copyOf(new TreeSet<>(devices.exclusions().ofNode(node.name()))));
  }

  private String taskName(Node node) {
    String increase = seen.increase().name();
    return identity.verify() == Verify.Full
        ? TaskNames.ofFullVerify(increase, identity.cycle(), node.name())
        : TaskNames.of(increase, identity.cycle(), identity.step(), node.name());
  }
}
