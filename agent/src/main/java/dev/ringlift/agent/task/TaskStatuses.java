package dev.ringlift.agent.task;

import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceError;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Makes the status of a task. */
final class TaskStatuses {
  /** As many as the schema allows. */
  static final int MOST_ERRORS = 20;

  private TaskStatuses() {}

  /** Whether what the status says was reached in the spec's round. */
  static boolean isOfThisRound(RelinkTask task) {
    RelinkTaskStatus status = task.getStatus();
    return status != null && status.round() == task.getSpec().round();
  }

  /**
   * Devices with what was done so far in this round; of an earlier one only the names. Those that
   * the task excludes are forgotten.
   */
  static List<DeviceProgress> soFar(RelinkTask task) {
    RelinkTaskStatus status = task.getStatus();
    if (status == null) {
      return List.of();
    }
    boolean counts = isOfThisRound(task);
    return status.devices().stream()
        .filter(device -> !task.getSpec().excluded().contains(device.name()))
        .map(device -> counts ? device : untouched(device.name()))
        .toList();
  }

  private static DeviceProgress untouched(String device) {
    return new DeviceProgress(device, DeviceState.Pending, 0, 0, 0, 0, 0, 0, null);
  }

  /** What a task is in that waits. */
  static State heldState(RelinkTask task) {
    return task.getSpec().paused() ? State.Paused : State.Pending;
  }

  /** The status of a task that waits: what was done so far stays. */
  static RelinkTaskStatus held(RelinkTask task, String message) {
    RelinkTaskStatus before = task.getStatus();
    return of(
        task,
        heldState(task),
        message,
        soFar(task),
        before == null || !isOfThisRound(task) ? List.of() : before.firstErrors(),
        0,
        before == null ? null : before.startTime(),
        null);
  }

  /** The status as it is, for a spec that has changed beside it. */
  static RelinkTaskStatus acknowledged(RelinkTask task, RelinkTaskStatus before) {
    return new RelinkTaskStatus(
        before.state(),
        before.message(),
        before.attempt(),
        before.round(),
        task.getMetadata().getGeneration(),
        before.partitions(),
        before.files(),
        before.linked(),
        before.removed(),
        before.errors(),
        before.filesPerSecond(),
        before.devices(),
        before.firstErrors(),
        before.startTime(),
        before.completionTime());
  }

  /** A status with the sums over its devices. */
  static RelinkTaskStatus of(
      RelinkTask task,
      State state,
      @Nullable String message,
      List<DeviceProgress> devices,
      List<DeviceError> errors,
      long filesPerSecond,
      @Nullable String startTime,
      @Nullable String completionTime) {
    return new RelinkTaskStatus(
        state,
        message,
        task.getSpec().attempt(),
        task.getSpec().round(),
        task.getMetadata().getGeneration(),
        sum(devices, DeviceProgress::partitionsDone)
            + "/"
            + sum(devices, DeviceProgress::partitionsTotal),
        sum(devices, DeviceProgress::files),
        sum(devices, DeviceProgress::linked),
        sum(devices, DeviceProgress::removed),
        sum(devices, DeviceProgress::errors),
        filesPerSecond,
        devices,
        errors.subList(0, Math.min(MOST_ERRORS, errors.size())),
        startTime,
        completionTime);
  }

  /**
   * How a task stands whose devices all have ended: done only when each of them is, without a
   * single error. Devices that were stopped wait for their next turn.
   */
  static State outcome(List<DeviceProgress> devices) {
    if (devices.stream().anyMatch(device -> device.state() == DeviceState.Pending)) {
      return State.Pending;
    }
    return devices.stream()
            .allMatch(device -> device.state() == DeviceState.Succeeded && device.errors() == 0)
        ? State.Succeeded
        : State.Failed;
  }

  /** One sentence about the devices that failed. */
  static @Nullable String failures(List<DeviceProgress> devices) {
    List<String> sentences = new ArrayList<>();
    for (DeviceProgress device : devices) {
      if (device.state() == DeviceState.Failed) {
        sentences.add(device.name() + ": " + device.message());
      }
    }
    if (sentences.isEmpty()) {
      return null;
    }
    return sentences.size() <= 3
        ? String.join(" ", sentences)
        : "%s And %d more devices."
            .formatted(String.join(" ", sentences.subList(0, 3)), sentences.size() - 3);
  }

  private static long sum(List<DeviceProgress> devices, ToLongFunction<DeviceProgress> figure) {
    return devices.stream().mapToLong(figure).sum();
  }
}
