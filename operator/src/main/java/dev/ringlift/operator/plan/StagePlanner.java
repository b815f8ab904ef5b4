package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.operator.plan.Decision.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Plans what is done while the ring has a next partition power: a step's work, then Verify where
 * the user wants it, then the ring that follows.
 *
 * <p>Invariants: no task of a step is made before {@link Holds#beforeWork} lets pass (one that is
 * added to a step under way is safe: its agent works only while it sees the task's ring itself).
 * The ring is published only when the step's work is complete, Verify's too, and {@link
 * Holds#beforeRing} lets pass. While anything has to be relinked, nothing is verified.
 */
final class StagePlanner {
  private StagePlanner() {}

  static Plan plan(Scene plain, Stage stage) {
    StepWork work = StepPlanner.plan(plain, stage);
    if (!work.begun()) {
      Optional<Plan> held = Holds.beforeWork(plain, stage);
      if (held.isPresent()) {
        return held.get();
      }
    }
    Scene scene = plain.with(plain.facts().with(work));
    List<TaskChange> changes = changes(scene, stage, work);
    String message =
        StepMessages.running(scene.cycle(), stage, work, scene.barrier().lost())
            + Exclusions.message(scene.devices().exclusions())
            + Cancelling.refusal(scene);
    if (!changes.isEmpty()) {
      return scene.plan(stage.working(), change(scene, stage, changes, message, work));
    }
    if (!work.complete()) {
      return scene.plan(stage.working(), notComplete(scene, stage, work, message));
    }
    if (stage == Stage.RELINK && scene.spec().verify() != Verify.None) {
      return plan(plain, Stage.VERIFY);
    }
    return Holds.beforeRing(scene, stage)
        .orElseGet(() -> RingTransition.publish(scene, stage.publishing(), stage.next()));
  }

  /** And first a stop to all verifying that has to wait, or is no longer wanted so. */
  private static List<TaskChange> changes(Scene scene, Stage stage, StepWork work) {
    if (stage != Stage.RELINK && stage != Stage.VERIFY) {
      return work.changes();
    }
    boolean relinking = stage == Stage.RELINK && !work.complete();
    List<TaskChange> changes = new ArrayList<>();
    RingGuard.pauses(scene.seen().tasks()).stream()
        .filter(pause -> pause.spec().step() == Step.Verify)
        .filter(pause -> relinking || pause.spec().verify() != scene.spec().verify())
        .forEach(changes::add);
    changes.addAll(work.changes());
    return changes;
  }

  private static Decision change(
      Scene scene, Stage stage, List<TaskChange> changes, String message, StepWork work) {
    Rest rest = scene.rest();
    return new ChangeTasks(
        rest == null ? stage.reason() : rest.reason(),
        rest == null ? message : rest.message() + " " + message,
        changes,
        again(scene, work));
  }

  private static Decision notComplete(Scene scene, Stage stage, StepWork work, String message) {
    if (scene.rest() != null) {
      return scene.rest().decision(message, again(scene, work));
    }
    if (!work.givenUp().isEmpty()) {
      return new Stall(
          stage == Stage.VERIFY ? Reason.VerifyFailed : Reason.RetriesExhausted,
          message,
          again(scene, work));
    }
    boolean moving =
        work.nodes().stream().anyMatch(node -> node.state() != StepWork.NodeState.Done);
    if (moving) {
      return new Wait(stage.reason(), message, again(scene, work));
    }
    return work.problems().stream()
        .findFirst()
        .<Decision>map(
            first -> new Stall(Reason.valueOf(first.reason()), message, again(scene, work)))
        .orElseGet(() -> new Wait(stage.reason(), message, again(scene, work)));
  }

  /** At the next retry, if that comes before the next look at all that announces nothing. */
  private static Duration again(Scene scene, StepWork work) {
    Duration recheck = scene.settings().recheck();
    return work.nextRetry()
        .map(at -> Duration.between(scene.now(), at))
        .filter(wait -> wait.compareTo(recheck) < 0)
        .map(wait -> wait.isNegative() ? Duration.ZERO : wait)
        .orElse(recheck);
  }
}
