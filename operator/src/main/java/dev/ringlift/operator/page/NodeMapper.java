package dev.ringlift.operator.page;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.DeviceStatus;
import dev.ringlift.operator.page.NodeGrid.Device;
import dev.ringlift.operator.page.NodeGrid.Node;
import dev.ringlift.operator.page.NodeGrid.State;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One node of the grid, from its task, its StorageNode and the problems that name it. */
final class NodeMapper {
  private final String name;
  private final boolean working;
  private final @Nullable RelinkTask task;
  private final @Nullable RelinkTaskStatus progress;
  private final @Nullable StorageNodeStatus inventory;
  private final List<Problem> problems;

  /**
   * A mapper of this node.
   *
   * @param working whether there is a step that nodes do
   * @param task its task of that step, if it has one yet
   */
  NodeMapper(
      String name,
      boolean working,
      @Nullable RelinkTask task,
      @Nullable StorageNodeStatus inventory,
      List<Problem> problems) {
    this.name = name;
    this.working = working;
    this.task = task;
    this.progress = task == null ? null : task.getStatus();
    this.inventory = inventory;
    this.problems = problems;
  }

  /**
   * The node.
   *
   * @param ringMd5 of the ring in the store; null where it does not matter who has it
   * @param lost whether its agent has not been heard of for too long
   */
  Node map(String ringFile, @Nullable String ringMd5, boolean lost) {
    List<Device> devices = devices();
    return new Node(
        Clip.name(name),
        lost ? State.Lost : state(),
        ringMd5 != null && !sees(ringFile, ringMd5),
        devices.stream().mapToLong(Device::done).sum(),
        devices.stream().mapToLong(Device::total).sum(),
        progress == null ? 0 : progress.filesPerSecond(),
        progress == null ? 0 : progress.errors(),
        trouble(devices, lost),
        devices.size(),
        devices);
  }

  private State state() {
    if (progress == null) {
      return task != null || working ? State.Waiting : State.Idle;
    }
    return switch (progress.state()) {
      case Pending -> State.Waiting;
      case Running -> State.Running;
      case Paused -> State.Paused;
      case Succeeded -> State.Done;
      case Failed -> State.Failed;
    };
  }

  private boolean sees(String file, String md5) {
    return inventory != null
        && inventory.rings().stream()
            .anyMatch(ring -> ring.file().equals(file) && ring.md5().equals(md5));
  }

  private List<Device> devices() {
    Map<String, DeviceStatus> found = new HashMap<>();
    if (inventory != null) {
      inventory.devices().forEach(device -> found.put(device.name(), device));
    }
    Map<String, DeviceProgress> worked = new HashMap<>();
    if (progress != null) {
      progress.devices().forEach(device -> worked.put(device.name(), device));
    }
    TreeSet<String> names = new TreeSet<>(found.keySet());
    names.addAll(worked.keySet());
    if (task != null) {
      names.addAll(task.getSpec().devices());
    }
    return names.stream()
        .map(device -> device(device, found.get(device), worked.get(device)))
        .toList();
  }

  private Device device(
      String device, @Nullable DeviceStatus found, @Nullable DeviceProgress worked) {
    String missing = inventory == null ? null : missing(found);
    String told =
        problems.stream()
            .filter(problem -> device.equals(problem.device()))
            .map(Problem::message)
            .findFirst()
            .orElse(null);
    String failed =
        worked == null || worked.state() != RelinkTaskStatus.DeviceState.Failed
            ? null
            : Objects.requireNonNullElse(worked.message(), "It ended with errors.");
    return new Device(
        Clip.name(device),
        missing != null ? State.Lost : state(worked),
        worked == null ? 0 : worked.partitionsDone(),
        worked == null ? 0 : worked.partitionsTotal(),
        worked == null ? 0 : worked.errors(),
        Clip.message(first(failed, missing, told)));
  }

  private static @Nullable String missing(@Nullable DeviceStatus found) {
    if (found == null) {
      return "It is not there.";
    }
    return found.problem() != null
        ? found.problem()
        : found.mounted() ? null : "It is not mounted.";
  }

  private State state(@Nullable DeviceProgress worked) {
    if (worked == null) {
      return working ? State.Waiting : State.Idle;
    }
    return switch (worked.state()) {
      case Pending -> State.Waiting;
      case Running ->
          progress != null && progress.state() == RelinkTaskStatus.State.Paused
              ? State.Paused
              : State.Running;
      case Succeeded -> State.Done;
      case Failed -> State.Failed;
    };
  }

  private @Nullable String trouble(List<Device> devices, boolean lost) {
    String failed =
        progress == null || progress.state() != RelinkTaskStatus.State.Failed
            ? null
            : Objects.requireNonNullElse(progress.message(), "Its task failed.");
    String told = problems.stream().map(Problem::message).findFirst().orElse(null);
    String device =
        devices.stream()
            .filter(one -> one.trouble() != null)
            .map(one -> one.name() + ": " + one.trouble())
            .findFirst()
            .orElse(null);
    return Clip.message(
        first(lost ? "Its agent has not been heard of." : null, told, failed, device));
  }

  private static @Nullable String first(@Nullable String... texts) {
    for (String text : texts) {
      if (text != null) {
        return text;
      }
    }
    return null;
  }
}
