package dev.ringlift.agent.task;

import dev.ringlift.agent.node.RingDirectory;
import dev.ringlift.agent.node.SeenRing;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.relinker.ObjectPolicy;
import dev.ringlift.relinker.Step;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides what to do about a task, from what is there and nothing else. These hold:
 *
 * <ol>
 *   <li>Nothing is begun, and nothing goes on, unless this node itself sees the task's ring, and
 *       its lease holds.
 *   <li>No two tasks work on one device.
 *   <li>A task that has ended stays so until the operator asks for another attempt or round, or
 *       adds devices.
 *   <li>Devices that have succeeded for the task in its present round are not walked again; all
 *       others of the spec, all others that hold data of the policy, and all others that the task
 *       has told of, are; but never one that the task excludes.
 *   <li>Nothing is begun while a task is paused; a run that is under way is not ended by that, it
 *       holds still.
 * </ol>
 */
final class TaskPlanner {
  private TaskPlanner() {}

  /**
   * @param running what the run that is under way for this task works for, or null
   */
  static TaskDecision decide(RelinkTask task, @Nullable Work running, Surroundings surroundings) {
    Work wanted = Work.of(task.getSpec());
    Optional<String> obstacle =
        task.isMarkedForDeletion()
            ? Optional.of("The task is being deleted.")
            : obstacle(
                wanted,
                surroundings.ring(),
                surroundings.ringDirectory(),
                surroundings.inReach(),
                surroundings.lease());
    if (running != null) {
      if (!running.equals(wanted)) {
        return new TaskDecision.Stop("The task was changed.");
      }
      return obstacle.<TaskDecision>map(TaskDecision.Stop::new).orElseGet(TaskDecision.Leave::new);
    }
    if (task.isMarkedForDeletion()) {
      return new TaskDecision.Leave();
    }
    if (ended(task)) {
      return acknowledged(task) ? new TaskDecision.Leave() : new TaskDecision.Acknowledge();
    }
    if (task.getSpec().paused()) {
      return new TaskDecision.Hold("Paused by the operator.");
    }
    if (obstacle.isPresent()) {
      return new TaskDecision.Hold(obstacle.get());
    }
    return switch (surroundings.policy()) {
      case PolicyKinds.Kind.Unknown(String sentence) -> new TaskDecision.Hold(sentence);
      case PolicyKinds.Kind.Known(ObjectPolicy policy) ->
          startOnDevices(task, policy, surroundings);
    };
  }

  private static TaskDecision startOnDevices(
      RelinkTask task, ObjectPolicy policy, Surroundings surroundings) {
    return surroundings
        .devices()
        .map(found -> devices(task, found.holding(policy.index())))
        .map(devices -> startUnlessBusy(policy, devices, surroundings))
        .orElseGet(() -> new TaskDecision.Hold("Waits for the first look at the node's devices."));
  }

  private static TaskDecision startUnlessBusy(
      ObjectPolicy policy, Set<String> devices, Surroundings surroundings) {
    return devices.stream()
        .filter(surroundings.busy()::containsKey)
        .findFirst()
        .<TaskDecision>map(
            device ->
                new TaskDecision.Hold(
                    "Waits for the task %s, which works on %s."
                        .formatted(surroundings.busy().get(device), device)))
        .orElseGet(() -> new TaskDecision.Start(policy, devices));
  }

  /** Why no work may be done for this now, as a sentence. */
  static Optional<String> obstacle(
      Work work, Optional<SeenRing> seen, String ringDirectory, boolean inReach, Duration lease) {
    if (!inReach) {
      return Optional.of(
          "The agent has not reached the API server for longer than its lease lasts (%d s)."
              .formatted(lease.toSeconds()));
    }
    if (work.nextPartPower() != work.partPower() + (work.step() == Step.RELINK ? 1 : 0)) {
      return Optional.of(
          "The task's powers %d and %d fit no %s."
              .formatted(work.partPower(), work.nextPartPower(), work.name()));
    }
    if (seen.isEmpty()) {
      return Optional.of(
          "Waits for the ring: there is no %s in %s."
              .formatted(RingDirectory.fileName(work.policyIndex()), ringDirectory));
    }
    SeenRing ring = seen.get();
    if (ring.error() != null) {
      return Optional.of(
          "Waits for the ring: %s can't be read: %s".formatted(ring.file(), ring.error()));
    }
    if (!ring.md5().equals(work.ringMd5())) {
      return Optional.of(
          "Waits for the ring %s (power %d, next %d): this node sees %s (%s)."
              .formatted(
                  abridged(work.ringMd5()),
                  work.partPower(),
                  work.nextPartPower(),
                  abridged(ring.md5()),
                  ring.powers()));
    }
    if (!Objects.equals(ring.partPower(), work.partPower())
        || !Objects.equals(ring.nextPartPower(), work.nextPartPower())) {
      return Optional.of(
          "The task says power %d, next %d, but its ring %s has %s."
              .formatted(
                  work.partPower(), work.nextPartPower(), abridged(work.ringMd5()), ring.powers()));
    }
    return Optional.empty();
  }

  private static String abridged(String md5) {
    return md5.length() <= 8 ? md5 : md5.substring(0, 8);
  }

  private static boolean ended(RelinkTask task) {
    RelinkTaskSpec spec = task.getSpec();
    RelinkTaskStatus status = task.getStatus();
    return status != null
        && (status.state() == State.Succeeded || status.state() == State.Failed)
        && status.attempt() >= spec.attempt()
        && TaskStatuses.isOfThisRound(task)
        && (acknowledged(task) || names(status).containsAll(spec.devices()));
  }

  private static boolean acknowledged(RelinkTask task) {
    RelinkTaskStatus status = task.getStatus();
    return status != null
        && Objects.equals(status.observedGeneration(), task.getMetadata().getGeneration());
  }

  private static Set<String> devices(RelinkTask task, Set<String> holders) {
    Set<String> devices = new TreeSet<>(task.getSpec().devices());
    devices.addAll(holders);
    for (DeviceProgress device : TaskStatuses.soFar(task)) {
      if (device.state() == DeviceState.Succeeded) {
        devices.remove(device.name());
      } else {
        devices.add(device.name());
      }
    }
    task.getSpec().excluded().forEach(devices::remove);
    return devices;
  }

  private static Set<String> names(RelinkTaskStatus status) {
    return status.devices().stream().map(DeviceProgress::name).collect(Collectors.toSet());
  }
}
