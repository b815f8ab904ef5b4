package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.ErrorCount;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Progress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.operator.plan.StepWork.NodeState;
import dev.ringlift.operator.plan.StepWork.NodeWork;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a step is over all nodes. A device counts by the share of its partitions that is done,
 * and all devices count the same: Swift spreads partitions by weight, and how full a partition is
 * nobody knows. 100 % is said only of what is complete.
 */
final class StepProgress {
  private StepProgress() {}

  /**
   * What is said of a step.
   *
   * @param left time in which windows have to be open; null if it is not known, or nobody can know
   */
  static Progress of(StepWork work, @Nullable Duration left, Windows windows, Instant now) {
    long partitionsDone = 0;
    long partitionsTotal = 0;
    long files = 0;
    long linked = 0;
    long removed = 0;
    long errors = 0;
    long filesPerSecond = 0;
    Map<ErrorCount.Kind, Long> errorsByKind = new EnumMap<>(ErrorCount.Kind.class);
    double devicesDone = 0;
    int devices = 0;
    for (NodeWork node : work.nodes()) {
      devices += node.devices().size();
      RelinkTaskStatus status = node.status();
      if (status == null) {
        continue;
      }
      files += status.files();
      linked += status.linked();
      removed += status.removed();
      errors += status.errors();
      filesPerSecond += status.state() == State.Running ? status.filesPerSecond() : 0;
      for (DeviceProgress device : status.devices()) {
        partitionsDone += device.partitionsDone();
        partitionsTotal += device.partitionsTotal();
        count(device, errorsByKind);
        devicesDone += node.devices().contains(device.name()) ? share(device) : 0;
      }
    }
    double share = devices == 0 ? 0 : devicesDone / devices;
    boolean complete =
        !work.nodes().isEmpty()
            && work.nodes().stream().allMatch(node -> node.state() == NodeState.Done);
    int percent = complete ? 100 : (int) Math.min(99, Math.floor(share * 100));
    return new Progress(
        percent,
        percent + "%",
        partitionsDone,
        partitionsTotal,
        files,
        linked,
        removed,
        errors,
        errorsByKind.entrySet().stream()
            .map(entry -> new ErrorCount(entry.getKey(), entry.getValue()))
            .toList(),
        filesPerSecond,
        complete ? null : estimate(left, windows, now));
  }

  /** The same while nothing is at work: without a speed, and without an end in sight. */
  static Progress standingStill(Progress p) {
    return new Progress(
        p.percent(),
        p.summary(),
        p.partitionsDone(),
        p.partitionsTotal(),
        p.files(),
        p.linked(),
        p.removed(),
        p.errors(),
        p.errorsByKind(),
        0,
        null);
  }

  /** What an agent gives no kind, or one that is not known here, is something else. */
  private static void count(DeviceProgress device, Map<ErrorCount.Kind, Long> byKind) {
    long rest = device.errors();
    for (ErrorCount errors : device.errorsByKind()) {
      byKind.merge(errors.kind(), errors.count(), Long::sum);
      rest -= errors.count();
    }
    if (rest > 0) {
      byKind.merge(ErrorCount.Kind.Other, rest, Long::sum);
    }
  }

  /** How much of a device is done, from 0 to 1. */
  static double share(DeviceProgress device) {
    if (device.state() == DeviceState.Succeeded) {
      return 1;
    }
    return device.partitionsTotal() == 0
        ? 0
        : (double) device.partitionsDone() / device.partitionsTotal();
  }

  /** Work is done in the windows alone, and so will the rest be. */
  private static @Nullable String estimate(@Nullable Duration left, Windows windows, Instant now) {
    if (left == null) {
      return null;
    }
    Instant end = windows.endOf(left, now);
    return end.equals(Instant.MAX) ? null : Times.format(end);
  }
}
