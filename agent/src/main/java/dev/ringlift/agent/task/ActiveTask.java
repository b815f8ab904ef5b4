package dev.ringlift.agent.task;

import dev.ringlift.api.v1alpha1.ErrorCount;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceError;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.api.v1alpha1.RelinkerSettings;
import dev.ringlift.relinker.LiveSettings;
import dev.ringlift.relinker.RelinkRequest;
import dev.ringlift.relinker.RelinkRun;
import dev.ringlift.relinker.Scheduling;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A task with the run that is under way for it. Its status is that of the spec as it was when the
 * run began: what was added since is not claimed to be done.
 *
 * <p>For one thread, but for {@link #stop}.
 */
final class ActiveTask {
  private final RelinkTask task;
  private final Work work;
  private final Map<String, DeviceProgress> before;
  private final Map<String, DeviceProgress> absent;
  private final RelinkRequest request;
  private final LiveSettings settings;
  private final String startTime;

  private volatile @Nullable RelinkRun run;
  private @Nullable RelinkTaskStatus written;
  private Instant writtenAt = Instant.EPOCH;
  private Instant ownerSeen;
  private volatile @Nullable String stopReason;

  /**
   * @param task as it was when the run began
   * @param absent devices that must be done and are not there
   * @param request for the devices that are there; may be none
   * @param settings obeyed by the run
   */
  ActiveTask(
      RelinkTask task,
      Set<String> absent,
      String devicesRoot,
      RelinkRequest request,
      LiveSettings settings,
      Instant now) {
    this.task = task;
    this.work = Work.of(task.getSpec());
    this.request = request;
    this.settings = settings;
    this.before = new TreeMap<>();
    this.absent = new TreeMap<>();
    this.ownerSeen = now;
    TaskStatuses.soFar(task).forEach(device -> before.put(device.name(), device));
    RelinkTaskStatus status = task.getStatus();
    String started =
        status == null || status.attempt() != work.attempt() ? null : status.startTime();
    this.startTime = started == null ? now.toString() : started;
    for (String device : absent) {
      this.absent.put(
          device,
          failed(
              device,
              ErrorCount.Kind.Unavailable,
              "There is no device %s in %s on this node.".formatted(device, devicesRoot)));
    }
  }

  private static DeviceProgress failed(String device, ErrorCount.Kind kind, String message) {
    List<ErrorCount> errors = List.of(new ErrorCount(kind, 1));
    return new DeviceProgress(device, DeviceState.Failed, 0, 0, 0, 0, 0, 1, errors, null, message);
  }

  RelinkTask task() {
    return task;
  }

  Work work() {
    return work;
  }

  RelinkRequest request() {
    return request;
  }

  LiveSettings settings() {
    return settings;
  }

  /** The run has begun. */
  void run(RelinkRun begun) {
    run = begun;
    String reason = stopReason;
    if (reason != null) {
      begun.stop(reason);
    }
  }

  /** The run; empty before it has begun, and where no device is left to be walked. */
  Optional<RelinkRun> run() {
    return Optional.ofNullable(run);
  }

  /** Turns the knobs that may be turned while a run is under way. */
  void obey(RelinkTaskSpec wanted) {
    RelinkerSettings knobs = wanted.relinker();
    Integer pressure = knobs.ioPressureLimit();
    settings
        .workersPerDevice(knobs.workersPerDevice())
        .filesPerSecond(knobs.filesPerSecond())
        .ioPressureLimit(pressure == null ? 0 : pressure)
        .clobberHardlinkCollisions(knobs.clobberHardlinkCollisions())
        .scheduling(scheduling(knobs.ioClass()))
        .paused(wanted.paused());
  }

  private static Scheduling scheduling(RelinkerSettings.IoClass ioClass) {
    return switch (ioClass) {
      case None -> Scheduling.NORMAL;
      case BestEffort -> new Scheduling(Scheduling.IoClass.BEST_EFFORT, 7, 0);
      case Idle -> Scheduling.of(Scheduling.IoClass.IDLE);
    };
  }

  /** Asks the run to end; the first reason stays. */
  void stop(String reason) {
    if (stopReason == null) {
      stopReason = reason;
    }
    RelinkRun now = run;
    if (now != null) {
      now.stop(reason);
    }
  }

  /** Whether all threads of the run have ended, waiting for it this long. */
  boolean ended(Duration patience) throws InterruptedException {
    RelinkRun now = run;
    return now == null || now.await(patience).isPresent();
  }

  /** Whether the owner of the task should be looked for again. */
  boolean ownerDue(Instant now, Duration interval) {
    return now.isAfter(ownerSeen.plus(interval));
  }

  void ownerSeen(Instant now) {
    ownerSeen = now;
  }

  /** Whether this status is worth a write now: a change of state at once, else at an interval. */
  boolean due(RelinkTaskStatus status, Instant now, Duration interval) {
    RelinkTaskStatus last = written;
    if (status.equals(last)) {
      return false;
    }
    return last == null
        || !states(last).equals(states(status))
        || !now.isBefore(writtenAt.plus(interval));
  }

  void written(RelinkTaskStatus status, Instant now) {
    written = status;
    writtenAt = now;
  }

  private static List<Object> states(RelinkTaskStatus status) {
    List<Object> states = new ArrayList<>();
    states.add(status.state());
    status.devices().forEach(device -> states.add(device.state()));
    return states;
  }

  /** How far the run is. */
  RelinkTaskStatus status() {
    List<dev.ringlift.relinker.DeviceProgress> now = progress();
    double rate =
        now.stream().mapToDouble(dev.ringlift.relinker.DeviceProgress::hashDirsPerSecond).sum();
    return TaskStatuses.of(
        task,
        settings.paused() ? State.Paused : State.Running,
        stopReason,
        devices(now),
        errors(now),
        Math.round(rate),
        startTime,
        null);
  }

  /**
   * How it has ended; asked once all threads of the run are gone. Devices that were to be walked by
   * a run that never came to be have failed: nobody else would say that they are not done.
   */
  RelinkTaskStatus outcome(Instant now) {
    List<dev.ringlift.relinker.DeviceProgress> last = progress();
    List<DeviceProgress> devices = new ArrayList<>(devices(last));
    if (run == null) {
      devices.removeIf(device -> request.devices().contains(device.name()));
      request
          .devices()
          .forEach(
              name ->
                  devices.add(
                      failed(name, ErrorCount.Kind.Other, "The work on it could not be begun.")));
    }
    List<DeviceError> errors = errors(last);
    State state = TaskStatuses.outcome(devices);
    return switch (state) {
      case Pending, Running, Paused ->
          TaskStatuses.of(
              task, State.Pending, whyStopped(devices), devices, errors, 0, startTime, null);
      case Succeeded ->
          TaskStatuses.of(task, state, null, devices, errors, 0, startTime, now.toString());
      case Failed ->
          TaskStatuses.of(
              task,
              state,
              TaskStatuses.failures(devices),
              devices,
              errors,
              0,
              startTime,
              now.toString());
    };
  }

  private @Nullable String whyStopped(List<DeviceProgress> devices) {
    String reason = stopReason;
    return reason != null
        ? reason
        : devices.stream()
            .filter(device -> device.state() == DeviceState.Pending)
            .map(DeviceProgress::message)
            .filter(message -> message != null)
            .findFirst()
            .orElse(null);
  }

  private List<dev.ringlift.relinker.DeviceProgress> progress() {
    RelinkRun now = run;
    return now == null ? List.of() : now.progress();
  }

  private List<DeviceProgress> devices(List<dev.ringlift.relinker.DeviceProgress> walked) {
    Map<String, DeviceProgress> devices = new TreeMap<>(before);
    devices.putAll(absent);
    walked.forEach(
        device -> devices.put(device.device(), Progress.of(device, before.get(device.device()))));
    return List.copyOf(devices.values());
  }

  private List<DeviceError> errors(List<dev.ringlift.relinker.DeviceProgress> walked) {
    List<DeviceError> errors = new ArrayList<>();
    absent
        .values()
        .forEach(
            device -> errors.add(new DeviceError(device.name(), null, "There is no such device.")));
    for (dev.ringlift.relinker.DeviceProgress device : walked) {
      device
          .problems()
          .forEach(
              problem ->
                  errors.add(new DeviceError(device.device(), problem.path(), problem.message())));
    }
    return errors;
  }
}
