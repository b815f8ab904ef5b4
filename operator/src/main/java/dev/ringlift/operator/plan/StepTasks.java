package dev.ringlift.operator.plan;

import static java.util.stream.Collectors.toMap;

import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.operator.plan.Observation.Node;
import dev.ringlift.operator.plan.Observation.Task;
import dev.ringlift.operator.plan.StepWork.NodeState;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a step as they were seen: what is required of each node, and how far its task is.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>A node is done only by a task of exactly this increase, cycle, step, powers, ring and
 *       round, whose status is about its present spec and names every required device as Succeeded.
 *   <li>What is required is looked at anew each time: a device that came after the task has
 *       succeeded is required too, and the node is no longer done.
 *   <li>What was found once is not forgotten because its disk, or its whole node, is gone: whatever
 *       a task names stays required, but for what the user has excluded by name.
 *   <li>A node is verified in the very round in which it was relinked.
 * </ul>
 */
final class StepTasks {
  private final StepIdentity identity;
  private final String increaseUid;
  private final DeviceMap devices;
  private final String dataDir;
  private final Map<String, Task> tasks;

  /** Of Verify, the tasks whose work it looks at, by node. */
  private final Map<String, Task> relinked;

  StepTasks(StepIdentity identity, Observation seen, DeviceMap devices) {
    this.identity = identity;
    this.increaseUid = seen.increase().uid();
    this.devices = devices;
    this.dataDir = DataDir.of(seen.increase().spec().policyIndex());
    this.tasks = tasksOf(identity, seen);
    this.relinked = identity.verifies() ? tasksOf(identity.ofRelink(), seen) : Map.of();
  }

  private Map<String, Task> tasksOf(StepIdentity step, Observation seen) {
    return seen.tasks().stream()
        .filter(task -> step.isOf(task.spec(), increaseUid))
        .collect(
            toMap(task -> task.spec().nodeName(), Function.identity(), (a, b) -> a, TreeMap::new));
  }

  /** The step's task of a node; null if there is none. */
  @Nullable Task of(Node node) {
    return tasks.get(node.name());
  }

  /** The task whose work is verified on a node; null if there is none, or nothing is verified. */
  @Nullable Task relinkedBy(String node) {
    return relinked.get(node);
  }

  /** By name, what else tells of nodes: the step's tasks, and where one lacks, what it verifies. */
  Map<String, Task> byNode() {
    Map<String, Task> all = new TreeMap<>(relinked);
    all.putAll(tasks);
    return all;
  }

  /** The devices that have to be done on a node. */
  Set<String> required(Node node) {
    Set<String> required = new TreeSet<>(devices.required(node, dataDir));
    addDevices(required, tasks.get(node.name()));
    addDevices(required, relinked.get(node.name()));
    required.removeAll(devices.exclusions().ofNode(node.name()));
    return required;
  }

  /** The same of a node that is gone: what its task names is all that is known. */
  Set<String> required(Task task) {
    Set<String> required = new TreeSet<>(task.spec().devices());
    required.removeAll(devices.exclusions().ofNode(task.spec().nodeName()));
    return required;
  }

  private static void addDevices(Set<String> required, @Nullable Task task) {
    if (task != null) {
      required.addAll(task.spec().devices());
    }
  }

  boolean isOfThisRound(Task task) {
    return identity.isOfThisRound(task.spec())
        && (!identity.verifies() || task.spec().round() == round(task.spec().nodeName(), task));
  }

  /** The round in which a node has to be done. */
  int round(String node, @Nullable Task task) {
    Task leads = identity.verifies() ? relinked.get(node) : task;
    return leads != null && identity.isOfThisRound(leads.spec())
        ? leads.spec().round()
        : Rounds.first(identity.round());
  }

  /** How far a task is; one that only tells of what is to be verified has not begun. */
  NodeState state(Task task, Set<String> required) {
    RelinkTaskStatus status = task.status();
    if (status == null
        || task.spec().step() != identity.step()
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

  /** The required devices of which a status does not say that they have succeeded. */
  static Set<String> missing(RelinkTaskStatus status, Set<String> required) {
    Set<String> missing = new TreeSet<>(required);
    status.devices().stream()
        .filter(device -> device.state() == DeviceState.Succeeded)
        .map(DeviceProgress::name)
        .forEach(missing::remove);
    return missing;
  }
}
