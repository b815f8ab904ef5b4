package dev.ringlift.agent.task;

import dev.ringlift.api.v1alpha1.ErrorCount;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.relinker.DeviceResult;
import dev.ringlift.relinker.ErrorKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes of a device's progress in a run what its task says of it. */
final class Progress {
  private Progress() {}

  /**
   * Work done before a restart, or in an earlier attempt, stays counted; errors don't: what they
   * kept from being done is tried again.
   *
   * @param earlier what the task said of the device when the run began
   */
  static DeviceProgress of(
      dev.ringlift.relinker.DeviceProgress now, @Nullable DeviceProgress earlier) {
    DeviceState state = state(now);
    List<ErrorCount> errors =
        state == DeviceState.Failed && now.errorsByKind().isEmpty()
            ? List.of(new ErrorCount(kindOf(now.result()), 1))
            : errors(now.errorsByKind());
    DeviceProgress fresh =
        new DeviceProgress(
            now.device(),
            state,
            now.partitionsDone(),
            now.partitionsTotal(),
            now.counters().files(),
            now.counters().linked(),
            now.counters().removed(),
            errors.stream().mapToLong(ErrorCount::count).sum(),
            errors,
            now.worked().toSeconds(),
            message(now));
    return earlier == null ? fresh : added(earlier, fresh);
  }

  private static DeviceProgress added(DeviceProgress earlier, DeviceProgress fresh) {
    // Until the partitions have been listed, those of before say more than none.
    DeviceProgress listed = fresh.partitionsTotal() > 0 ? fresh : earlier;
    return new DeviceProgress(
        fresh.name(),
        fresh.state(),
        listed.partitionsDone(),
        listed.partitionsTotal(),
        earlier.files() + fresh.files(),
        earlier.linked() + fresh.linked(),
        earlier.removed() + fresh.removed(),
        fresh.errors(),
        fresh.errorsByKind(),
        worked(earlier, fresh),
        fresh.message());
  }

  /** Unknown where somebody has worked before who did not measure it. */
  private static @Nullable Long worked(DeviceProgress earlier, DeviceProgress fresh) {
    Long before = earlier.workedSeconds();
    Long since = fresh.workedSeconds();
    if (before == null) {
      return earlier.partitionsDone() == 0 ? since : null;
    }
    return since == null ? before : before + since;
  }

  private static List<ErrorCount> errors(Map<ErrorKind, Long> byKind) {
    return byKind.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> new ErrorCount(kind(entry.getKey()), entry.getValue()))
        .toList();
  }

  private static ErrorCount.Kind kind(ErrorKind kind) {
    return switch (kind) {
      case IO -> ErrorCount.Kind.Io;
      case FULL -> ErrorCount.Kind.Full;
      case READ_ONLY -> ErrorCount.Kind.ReadOnly;
      case PERMISSION -> ErrorCount.Kind.Permission;
      case COLLISION -> ErrorCount.Kind.Collision;
      case LEFTOVER -> ErrorCount.Kind.Leftover;
      case LINKS -> ErrorCount.Kind.Links;
      case STRANGE -> ErrorCount.Kind.Strange;
      case OTHER -> ErrorCount.Kind.Other;
    };
  }

  /** Of a device that failed as a whole, before there was an error to count. */
  private static ErrorCount.Kind kindOf(Optional<DeviceResult> result) {
    return switch (result.orElseThrow()) {
      case DeviceResult.Unmounted unmounted -> ErrorCount.Kind.Unavailable;
      case DeviceResult.Locked locked -> ErrorCount.Kind.Unavailable;
      case DeviceResult.Unlistable unlistable -> ErrorCount.Kind.Io;
      case DeviceResult.Stale stale -> ErrorCount.Kind.Leftover;
      case DeviceResult.Failed failed -> ErrorCount.Kind.Other;
      case DeviceResult.Succeeded done -> ErrorCount.Kind.Other;
      case DeviceResult.Stopped stopped -> ErrorCount.Kind.Other;
    };
  }

  private static DeviceState state(dev.ringlift.relinker.DeviceProgress now) {
    return switch (now.state()) {
      case PENDING -> DeviceState.Pending;
      case WAITING_FOR_LOCK, RUNNING, PAUSED -> DeviceState.Running;
      case ENDED ->
          switch (now.result().orElse(new DeviceResult.Stopped(""))) {
            case DeviceResult.Succeeded done ->
                now.counters().errors() == 0 ? DeviceState.Succeeded : DeviceState.Failed;
            case DeviceResult.Stopped stopped -> DeviceState.Pending;
            case DeviceResult.Failed failed -> DeviceState.Failed;
            case DeviceResult.Unmounted unmounted -> DeviceState.Failed;
            case DeviceResult.Unlistable unlistable -> DeviceState.Failed;
            case DeviceResult.Locked locked -> DeviceState.Failed;
            case DeviceResult.Stale stale -> DeviceState.Failed;
          };
    };
  }

  private static @Nullable String message(dev.ringlift.relinker.DeviceProgress now) {
    return switch (now.state()) {
      case PENDING, RUNNING, PAUSED -> null;
      case WAITING_FOR_LOCK -> "Waits for the device's lock, which another process holds.";
      case ENDED ->
          now.result()
              .filter(result -> !result.succeeded())
              .map(DeviceResult::message)
              .orElse(now.counters().errors() == 0 ? null : now.counters().errors() + " errors.");
    };
  }
}
