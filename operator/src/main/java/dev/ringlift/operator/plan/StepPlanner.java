package dev.ringlift.operator.plan;

import static java.util.stream.Collectors.toMap;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
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
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Holds the tasks of one step against what the step needs.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>A node is done only by a task of exactly this increase, cycle, step, powers, ring and
 *       round, whose status is about its present spec and names every required device as Succeeded.
 *   <li>A task of another ring or an earlier round is begun anew, by a higher attempt number, and
 *       whatever its status says counts for nothing.
 *   <li>What is required is looked at anew each time: a device that came after the task has
 *       succeeded is added to it, and the node is no longer done.
 *   <li>Devices are only ever added to a task: what was found once is not forgotten because its
 *       disk, or its whole node, is gone.
 *   <li>A task that is done is not touched; a failed one is tried again by a higher attempt number,
 *       no sooner than its back-off, and as often as {@link Retries} allow.
 *   <li>A node is verified in the very round in which it was relinked. Where that fails, the node
 *       is relinked in a new round instead, and then verified in that.
 * </ul>
 */
final class StepPlanner {

  /**
   * What the tasks of a step have in common.
   *
   * @param ringVersion 0 if the ring has none
   * @param round of the publication: what was done in a lower one does not count
   * @param verify how much is looked at; null for every step but Verify
   */
  record StepIdentity(
      Step step,
      int cycle,
      int partPower,
      int nextPartPower,
      String ringMd5,
      long ringVersion,
      int round,
      @Nullable Verify verify) {

    /** Of the work that this step verifies. */
    StepIdentity ofRelink() {
      return new StepIdentity(
          Step.Relink, cycle, partPower, nextPartPower, ringMd5, ringVersion, round, null);
    }

    boolean isOf(RelinkTaskSpec spec, String increaseUid) {
      return spec.increaseUid().equals(increaseUid)
          && spec.step() == step
          && spec.verify() == verify
          && spec.cycle() == cycle
          && spec.partPower() == partPower
          && spec.nextPartPower() == nextPartPower;
    }

    /** Whether the task is about this very ring, and results of it count. */
    boolean isOfThisRound(RelinkTaskSpec spec) {
      return spec.ringMd5().equals(ringMd5) && Rounds.ofPublication(spec.round()) == round;
    }
  }

  private final StepIdentity identity;
  private final Observation seen;
  private final DeviceMap devices;
  private final Settings settings;
  private final Instant now;
  private final Retries retries;

  /** Of Verify, the tasks whose work it looks at, by node. */
  private final Map<String, Task> relinked;

  StepPlanner(
      StepIdentity identity, Observation seen, DeviceMap devices, Settings settings, Instant now) {
    this.identity = identity;
    this.seen = seen;
    this.devices = devices;
    this.settings = settings;
    this.now = now;
    this.retries = new Retries(seen.increase());
    this.relinked = identity.step() == Step.Verify ? tasksOf(identity.ofRelink()) : new TreeMap<>();
  }

  /**
   * @param rest whether the tasks are to hold still
   */
  StepWork plan(boolean rest) {
    String dataDir = DataDir.of(seen.increase().spec().policyIndex());
    Map<String, Task> tasks = tasksOf(identity);
    NodeTurns turns = turns(dataDir, tasks);
    List<NodeWork> nodes = new ArrayList<>();
    List<TaskChange> changes = new ArrayList<>();
    List<Problem> problems = new ArrayList<>(devices.problems());
    List<String> givenUp = new ArrayList<>();
    for (Node node : seen.nodes()) {
      problems.addAll(devices.unusable(node));
      Task task = tasks.remove(node.name());
      Set<String> required = required(node, dataDir, task);
      if (!required.isEmpty()) {
        Optional<Problem> heldBack = HeldBack.why(node, seen.increase().spec().nodes());
        boolean turn = heldBack.isEmpty() && turns.may(node.name());
        NodeWork work = planNode(node, required, task, rest, turn, changes, problems, givenUp);
        nodes.add(work);
        heldBack.filter(unused -> work.state() != NodeState.Done).ifPresent(problems::add);
      }
    }
    relinked.forEach((name, task) -> addUnlessPresent(tasks, nodes, name, task));
    tasks.values().forEach(task -> nodes.add(ofNodeThatIsGone(task, problems)));
    boolean begun =
        nodes.stream()
            .map(NodeWork::task)
            .anyMatch(task -> task != null && identity.isOfThisRound(task.spec()));
    return new StepWork(nodes, changes, problems, begun, turns, givenUp);
  }

  private Set<String> required(Node node, String dataDir, @Nullable Task task) {
    Set<String> required = new TreeSet<>(devices.required(node, dataDir));
    if (task != null) {
      required.addAll(task.spec().devices());
    }
    Task before = relinked.get(node.name());
    if (before != null) {
      required.addAll(before.spec().devices());
    }
    return required;
  }

  private NodeTurns turns(String dataDir, Map<String, Task> tasks) {
    List<Candidate> candidates = new ArrayList<>();
    for (Node node : seen.nodes()) {
      Task task = tasks.get(node.name());
      Set<String> required = required(node, dataDir, task);
      Standing standing = standing(node, task, required);
      // One that is held back takes room for as long as it is not paused.
      boolean takesPart =
          HeldBack.why(node, seen.increase().spec().nodes()).isEmpty()
              || standing == Standing.AtWork;
      if (!required.isEmpty() && takesPart) {
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
    NodeState state = state(task, required);
    if (state == NodeState.Done) {
      return Standing.Done;
    }
    if (!task.spec().paused() && !task.hasEnded()) {
      return Standing.AtWork;
    }
    if (state != NodeState.Failed || task.status() == null) {
      return Standing.Begun;
    }
    if (retries.isAskedFor(node.name())) {
      return Standing.Retry;
    }
    if (retries.isExhausted(task.spec())) {
      return Standing.Resting;
    }
    return timeAt(node).isBefore(retryAt(task, task.status())) ? Standing.Resting : Standing.Retry;
  }

  private Map<String, Task> tasksOf(StepIdentity step) {
    return seen.tasks().stream()
        .filter(task -> step.isOf(task.spec(), seen.increase().uid()))
        .collect(
            toMap(task -> task.spec().nodeName(), Function.identity(), (a, b) -> a, TreeMap::new));
  }

  /** What was relinked on a node that is gone since, and was never verified. */
  private static void addUnlessPresent(
      Map<String, Task> tasks, List<NodeWork> nodes, String name, Task relinked) {
    if (nodes.stream().noneMatch(node -> node.name().equals(name))) {
      tasks.putIfAbsent(name, relinked);
    }
  }

  /** Nobody else tells of such a node, and what its devices hold. */
  private NodeWork ofNodeThatIsGone(Task task, List<Problem> problems) {
    String name = task.spec().nodeName();
    Set<String> required = new TreeSet<>(task.spec().devices());
    NodeState state =
        task.spec().step() == identity.step() ? state(task, required) : NodeState.Waiting;
    if (state != NodeState.Done) {
      problems.add(
          new Problem(
              name,
              null,
              Reason.NodeLost.name(),
              "Node %s is gone, and its task %s is not %s."
                  .formatted(
                      name,
                      task.name(),
                      task.spec().step() == identity.step() ? "done" : "verified")));
    }
    return new NodeWork(name, required, task, state, null);
  }

  private NodeWork planNode(
      Node node,
      Set<String> required,
      @Nullable Task task,
      boolean rest,
      boolean turn,
      List<TaskChange> changes,
      List<Problem> problems,
      List<String> givenUp) {
    if (task == null && !turn) {
      return new NodeWork(node.name(), required, null, NodeState.Waiting, null);
    }
    if (task == null) {
      changes.add(new TaskChange(taskName(node), desired(node, required, null, 1, rest), null));
      return new NodeWork(node.name(), required, null, NodeState.Waiting, null);
    }
    RelinkTaskStatus status = task.status();
    NodeState state = state(task, required);
    Instant retryAt = null;
    int attempt = task.spec().attempt();
    boolean anew = !isOfThisRound(task);
    if (anew) {
      attempt++;
    } else if (state != NodeState.Done && status != null) {
      problems.addAll(failures(node, required, task, status));
    }
    if (state == NodeState.Failed && status != null) {
      boolean asked = retries.isAskedFor(node.name());
      if (!asked && retries.isExhausted(task.spec())) {
        givenUp.add(retries.advice(task.spec()));
      } else {
        retryAt = retryAt(task, status);
        if (asked || !timeAt(node).isBefore(retryAt)) {
          retryAt = null;
          if (!rest && turn && identity.step() == Step.Verify) {
            relinkAgain(node, changes);
          } else {
            attempt += rest || !turn ? 0 : 1;
          }
        }
      }
    }
    // What has ended does nothing: it is changed when its turn comes, and shows until then why.
    boolean held = !turn && task.hasEnded();
    RelinkTaskSpec desired = desired(node, required, task, attempt, rest || !turn);
    if (state != NodeState.Done && !held && !desired.equals(task.spec())) {
      changes.add(new TaskChange(task.name(), desired, task.resourceVersion()));
    }
    if (held && state == NodeState.Running) {
      state = NodeState.Waiting;
    }
    return new NodeWork(node.name(), required, task, state, retryAt);
  }

  private Instant retryAt(Task task, RelinkTaskStatus status) {
    return Times.parse(status.completionTime(), Instant.EPOCH)
        .plus(settings.backoffAfter(retries.used(task.spec()) + 1));
  }

  /** What the task's state on the devices calls done is not done in a new round. */
  private void relinkAgain(Node node, List<TaskChange> changes) {
    Task task = relinked.get(node.name());
    if (task != null && Rounds.mayRepeat(task.spec().round())) {
      RelinkTaskSpec next =
          task.spec()
              .withRound(task.spec().round() + 1, task.spec().attempt() + 1)
              .withPaused(false);
      changes.add(new TaskChange(task.name(), next, task.resourceVersion()));
    }
  }

  private boolean isOfThisRound(Task task) {
    return identity.isOfThisRound(task.spec())
        && (identity.step() != Step.Verify
            || task.spec().round() == round(task.spec().nodeName(), task));
  }

  /** The round in which a node has to be done. */
  private int round(String node, @Nullable Task task) {
    Task leads = identity.step() == Step.Verify ? relinked.get(node) : task;
    return leads != null && identity.isOfThisRound(leads.spec())
        ? leads.spec().round()
        : Rounds.first(identity.round());
  }

  /**
   * The time that a node's own times are held against: where its clock is ahead, by that clock.
   * Else the retries of such a node would wait for as long as it is ahead.
   */
  private Instant timeAt(Node node) {
    return node.heartbeat() != null && node.heartbeat().renewed().isAfter(now)
        ? node.heartbeat().renewed()
        : now;
  }

  private NodeState state(Task task, Set<String> required) {
    RelinkTaskStatus status = task.status();
    if (status == null
        || status.attempt() < task.spec().attempt()
        || status.round() < task.spec().round()
        || !isOfThisRound(task)) {
      return NodeState.Waiting;
    }
    boolean aboutThisSpec =
        status.observedGeneration() != null
            && status.observedGeneration() >= task.generation()
            && task.spec().devices().containsAll(required);
    return switch (status.state()) {
      case Pending, Paused -> NodeState.Waiting;
      case Running -> NodeState.Running;
      case Failed -> NodeState.Failed;
      case Succeeded -> {
        if (!aboutThisSpec) {
          yield NodeState.Running;
        }
        yield missing(status, required).isEmpty() ? NodeState.Done : NodeState.Failed;
      }
    };
  }

  private static Set<String> missing(RelinkTaskStatus status, Set<String> required) {
    Set<String> missing = new TreeSet<>(required);
    status.devices().stream()
        .filter(device -> device.state() == DeviceState.Succeeded)
        .map(DeviceProgress::name)
        .forEach(missing::remove);
    return missing;
  }

  /** What the last attempt that ended says; it stands until the next has done better. */
  private List<Problem> failures(
      Node node, Set<String> required, Task task, RelinkTaskStatus status) {
    List<Problem> failures = new ArrayList<>();
    for (DeviceProgress device : status.devices()) {
      if (device.state() == DeviceState.Failed) {
        failures.add(
            new Problem(
                node.name(),
                device.name(),
                reason(Reason.DeviceFailed).name(),
                "Device %s of node %s failed%s: %s."
                    .formatted(
                        device.name(),
                        node.name(),
                        identity.step() == Step.Verify ? " verification" : "",
                        sentencePart(device.message(), device.errors() + " errors"))));
      }
    }
    if (failures.isEmpty()) {
      whyFailed(task, required, status)
          .map(
              why ->
                  new Problem(
                      node.name(),
                      null,
                      reason(Reason.TaskFailed).name(),
                      "Node " + node.name() + " " + why + "."))
          .ifPresent(failures::add);
    }
    return failures;
  }

  private Reason reason(Reason otherwise) {
    return identity.step() == Step.Verify ? Reason.VerifyFailed : otherwise;
  }

  private static Optional<String> whyFailed(
      Task task, Set<String> required, RelinkTaskStatus status) {
    Set<String> missing = missing(status, required);
    if (status.state() == State.Failed) {
      return Optional.of("failed: " + sentencePart(status.message(), "its agent gave no reason"));
    }
    if (status.state() == State.Succeeded
        && Objects.equals(status.observedGeneration(), task.generation())
        && !missing.isEmpty()) {
      return Optional.of("reported success, but none for " + String.join(", ", missing));
    }
    return status.attempt() > 1
        ? Optional.of("failed before, and is at attempt " + status.attempt() + " now")
        : Optional.empty();
  }

  private static String sentencePart(@Nullable String message, String otherwise) {
    if (message == null || message.isBlank()) {
      return otherwise;
    }
    String text = message.strip();
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
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
        round(node.name(), task),
        List.copyOf(new TreeSet<>(required)),
        attempt,
        rest,
        seen.increase().spec().relinker(),
        identity.verify());
  }

  private String taskName(Node node) {
    String increase = seen.increase().name();
    return identity.verify() == Verify.Full
        ? TaskNames.ofFullVerify(increase, identity.cycle(), node.name())
        : TaskNames.of(increase, identity.cycle(), identity.step(), node.name());
  }
}
