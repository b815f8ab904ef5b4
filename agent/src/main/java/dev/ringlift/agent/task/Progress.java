package dev.ringlift.agent.task;

import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.relinker.DeviceResult;
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
    long errors = now.counters().errors();
    DeviceProgress fresh =
        new DeviceProgress(
            now.device(),
            state(now),
            now.partitionsDone(),
            now.partitionsTotal(),
            now.counters().files(),
            now.counters().linked(),
            now.counters().removed(),
            state(now) == DeviceState.Failed ? Math.max(1, errors) : errors,
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
