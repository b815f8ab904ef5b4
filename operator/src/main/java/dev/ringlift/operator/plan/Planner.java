package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.Fail;
import dev.ringlift.operator.plan.Decision.Halt;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.operator.plan.Decision.Wait;
import dev.ringlift.operator.plan.Observation.Rival;
import dev.ringlift.operator.plan.Plan.Facts;
import dev.ringlift.operator.plan.StepPlanner.StepIdentity;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.Transition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what an increase needs next. Pure: the same observation at the same time gives the same
 * plan. What comes next follows from the ring in the store:
 *
 * <pre>
 *   power P, no next      the ring everywhere; then, at the target, Complete; else preflight, Prepare
 *   power P, next P+1     the ring everywhere; then Relink tasks; then, all done, Verify tasks;
 *                         then, all done, Increase
 *   power P+1, next P+1   the ring everywhere; then Cleanup tasks; then, all done, Finish
 *   power P, next P       cancelled: the same as the line before
 * </pre>
 *
 * <p>The status is used for three things only: as the intent that was written before a ring was (so
 * that a ring of another hand is recognised, and a cancelled one), for since when the ring has been
 * everywhere, and for what was approved.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>No step begins, and no further ring is published, before every node and every consumer has
 *       proved the ring in the store and the settle time has passed since; nor while a device of
 *       the ring belongs to no node, for then there may be a node that nobody asks. But for Cancel,
 *       which needs nothing of what was done before it. (A task that is added to a step under way
 *       is safe: its agent works only while it sees the task's ring itself.)
 *   <li>Increase is published only when every device of the ring, and every other device with the
 *       policy's data, has a Succeeded result of Relink for this increase, cycle and ring, and,
 *       unless the user wants no verification, one of Verify, as full as he wants it, in the very
 *       round of that result; Finish likewise with Cleanup. A device of no node, or of a node that
 *       is lost, has no result. What fails to be verified is relinked in a new round first.
 *   <li>Nothing is published on a ring that is neither the one in the status' publication nor,
 *       before that was written, the one that it was made from; see {@link RingGuard}.
 *   <li>The first change of the ring is made only when every check of the preflight holds, and no
 *       other increase of the same ring is before this one.
 *   <li>Nothing is decided on ring and builder that do not belong together.
 *   <li>A further cycle begins only when every object server that can be asked has had a full
 *       replication pass since the last one; see {@link ReplicationTurn}.
 *   <li>What is behind a Manual gate is not begun before the gate was approved in this cycle; see
 *       {@link Gate}.
 *   <li>While the user wants no work, none begins, all tasks are asked to hold still, and no ring
 *       is published but, outside of a window, one that ends work; see {@link Rest}.
 *   <li>A cancel ends at the power at which the cycle began, and has no effect once the intent to
 *       increase was written; see {@link Cancelling}.
 *   <li>What has ended stays as it is.
 * </ol>
 */
public final class Planner {
  private final Settings settings;
  private final RingGuard guard;

  public Planner(Settings settings) {
    this.settings = settings;
    this.guard = new RingGuard(settings);
  }

  /** The increase must not have ended: see {@link Phase#terminal()}. */
  public Plan plan(Observation seen, Instant now) {
    return switch (seen.store()) {
      case StoredRing.Unusable unusable -> planWithoutRing(seen, unusable);
      case StoredRing.Busy busy -> waitForJob(seen, busy);
      case StoredRing.Pair pair -> planWithRing(Scene.of(seen, pair, settings, now));
    };
  }

  private Plan planWithoutRing(Observation seen, StoredRing.Unusable unusable) {
    if (seen.increase().publication() == null) {
      return seen.increase().spec().cancel()
          ? Cancelling.atOnce(Facts.NONE)
          : waitForRival(seen, Facts.NONE)
              .orElseGet(
                  () ->
                      new Plan(
                          Phase.Preflight,
                          new Stall(Reason.PreflightFailed, unusable.message(), settings.recheck()),
                          Facts.NONE.with(Preflight.unusable(unusable))));
    }
    return new Plan(lastPhase(seen), RingGuard.unusable(seen, unusable, settings), Facts.NONE);
  }

  /** What the Job leaves behind is looked at once it has ended. */
  private Plan waitForJob(Observation seen, StoredRing.Busy busy) {
    return waitForRival(seen, Facts.NONE)
        .orElseGet(
            () ->
                new Plan(
                    lastPhase(seen),
                    new Halt(
                        Reason.RebalanceJobActive,
                        busy.message(),
                        RingGuard.pauses(seen.tasks()),
                        false,
                        settings.recheck()),
                    Facts.NONE));
  }

  private Plan planWithRing(Scene scene) {
    boolean begun = scene.begun();
    if (!begun && scene.spec().cancel() && !scene.isHalfWritten()) {
      return Cancelling.atOnce(scene.facts());
    }
    // The ring that is there may be the other's: the status keeps the last one of this increase.
    Optional<Plan> waiting = waitForRival(scene.seen(), begun ? Facts.NONE : scene.facts());
    if (waiting.isPresent()) {
      return waiting.get();
    }
    if (!begun) {
      return planBeginning(scene);
    }
    Optional<Plan> guarded = guard.check(scene.seen(), scene.pair(), scene.facts(), scene.now());
    if (guarded.isPresent()) {
      return guarded.get();
    }
    return switch (Cycles.position(scene.seen(), scene.ring())) {
      case Whole -> planBetweenCycles(scene);
      case Prepared -> Cancelling.isDue(scene) ? planCancel(scene) : planStep(scene, Stage.RELINK);
      case Increased -> planStep(scene, Stage.CLEAN_UP);
      case Cancelled -> planStep(scene, Stage.TAKE_BACK);
    };
  }

  private Plan planBeginning(Scene scene) {
    Ring ring = scene.ring();
    if (scene.spec().cancel()) {
      return publish(scene, Phase.Cancelling, Transition.PREPARE); // what was half written
    }
    if (ring.partPower() > scene.target()) {
      String message = Preflight.targetMessage(ring, scene.target());
      return scene
          .with(scene.facts().with(preflight(scene)))
          .plan(Phase.Failed, new Fail(Reason.TargetBelowRing, message));
    }
    if (ring.partPower() == scene.target() && ring.nextPartPower() == null) {
      return scene.plan(
          Phase.Complete,
          new Complete(
              Reason.TargetReached,
              "The ring has partition power " + ring.partPower() + " already: nothing to do."));
    }
    return planPrepare(scene);
  }

  private Optional<Plan> waitForRival(Observation seen, Facts facts) {
    return seen.rivalBefore()
        .map(Rival::name)
        .map(
            name ->
                new Plan(
                    Phase.Pending,
                    new Wait(
                        Reason.WaitingForOtherIncrease,
                        "Waits for PartitionPowerIncrease %s, which is before it and raises the same ring."
                            .formatted(name),
                        settings.recheck()),
                    facts));
  }

  private Plan planBetweenCycles(Scene scene) {
    Scene ending = scene.with(scene.facts().with(Cycles.ending(scene.seen(), scene.ring())));
    boolean cancel = scene.spec().cancel();
    Optional<Plan> held =
        holdAtBarrier(ending, cancel ? Phase.Cancelling : Phase.Finishing, settings.settle());
    if (held.isPresent()) {
      return held.get();
    }
    if (scene.ring().partPower() >= scene.target()) {
      return ending.plan(
          Phase.Complete,
          new Complete(
              Reason.TargetReached,
              ByHand.after(
                  "The ring has partition power " + scene.ring().partPower() + " everywhere.",
                  scene.facts().byHand())));
    }
    if (cancel) {
      return scene.isHalfWritten()
          ? publish(scene, Phase.Cancelling, Transition.PREPARE)
          : Cancelling.between(ending);
    }
    return ReplicationTurn.missing(scene.seen(), scene.pair().ringMd5(), settings.settle())
        .map(
            message ->
                ending.plan(
                    Phase.Finishing,
                    new Wait(Reason.AwaitingReplication, message, settings.recheck())))
        .orElseGet(() -> planPrepare(scene));
  }

  /** Before the first ring of a cycle is published, or one that is there is taken over. */
  private Plan planPrepare(Scene plain) {
    List<PreflightCheck> checks = preflight(plain);
    Scene scene = plain.with(plain.facts().with(checks));
    if (scene.spec().dryRun()) {
      return scene.plan(Phase.Complete, Preflight.dryRun(scene, checks));
    }
    List<String> failures = Preflight.failures(checks);
    if (!failures.isEmpty()) {
      return scene.plan(
          Phase.Preflight,
          new Stall(
              Reason.PreflightFailed,
              "Nothing is changed before this is right: " + Sentences.first(failures),
              settings.recheck()));
    }
    if (scene.rest() != null) {
      return scene.plan(
          Phase.Preflight,
          scene.rest().decision("All checks hold; nothing has been changed.", settings.recheck()));
    }
    return Adoption.isNeeded(scene.ring())
        ? Adoption.adopt(scene)
        : publish(scene, Phase.Preparing, Transition.PREPARE);
  }

  private List<PreflightCheck> preflight(Scene scene) {
    return Preflight.check(
        scene.seen(), scene.pair(), scene.devices(), scene.barrier(), scene.now());
  }

  private Plan planCancel(Scene scene) {
    Optional<Plan> stopping = Cancelling.stopRelinking(scene);
    if (stopping.isPresent()) {
      return stopping.get();
    }
    if (scene.rest() != null && scene.rest().holdsEnds()) {
      return scene.plan(
          lastPhase(scene.seen()),
          scene.rest().decision("Then it is cancelled.", settings.recheck()));
    }
    return publish(scene, Phase.Cancelling, Transition.CANCEL);
  }

  private Plan planStep(Scene plain, Stage stage) {
    StepWork work =
        new StepPlanner(
                identity(plain, stage), plain.seen(), plain.devices(), settings, plain.now())
            .plan(plain.rest() != null);
    if (!work.begun()) {
      Optional<Plan> held = holdBeforeWork(plain, stage);
      if (held.isPresent()) {
        return held.get();
      }
    }
    Scene scene = plain.with(plain.facts().with(work));
    List<TaskChange> changes = changes(scene, stage, work);
    String message = StepMessages.running(scene.cycle(), stage, work) + Cancelling.refusal(scene);
    if (!changes.isEmpty()) {
      return scene.plan(
          stage.working(),
          new ChangeTasks(
              scene.rest() == null ? stage.reason() : scene.rest().reason(),
              scene.rest() == null ? message : scene.rest().message() + " " + message,
              changes,
              again(scene, work)));
    }
    if (!work.complete()) {
      return scene.plan(stage.working(), notComplete(scene, stage, work, message));
    }
    if (stage == Stage.RELINK && scene.spec().verify() != Verify.None) {
      return planStep(plain, Stage.VERIFY);
    }
    return holdBeforeRing(scene, stage)
        .orElseGet(() -> publish(scene, stage.publishing(), stage.next()));
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

  /** Present: what to wait for before the first task of a step is made. */
  private Optional<Plan> holdBeforeWork(Scene scene, Stage stage) {
    Duration settle = stage == Stage.RELINK ? settings.settleAfterPrepare() : settings.settle();
    return holdAtBarrier(scene, stage.spreading(), settle)
        .or(() -> holdAtGate(scene, stage.gate(), ""))
        .or(
            () ->
                Optional.ofNullable(scene.rest())
                    .map(
                        rest ->
                            scene.plan(stage.spreading(), rest.decision("", settings.recheck()))));
  }

  /** Present: what to wait for before the ring is published that follows on a step. */
  private Optional<Plan> holdBeforeRing(Scene scene, Stage stage) {
    boolean ends = stage.next() == Transition.FINISH;
    return holdAtBarrier(scene, stage.working(), settings.settle())
        .or(() -> holdAtGate(scene, stage.gateOfNext(), "Every device is relinked. "))
        .or(
            () ->
                Optional.ofNullable(scene.rest())
                    .filter(rest -> !ends || rest.holdsEnds())
                    .map(
                        rest ->
                            scene.plan(
                                stage.working(),
                                rest.decision(
                                    "The step is done on every device.", settings.recheck()))));
  }

  private Optional<Plan> holdAtGate(Scene scene, @Nullable Gate gate, String advice) {
    return gate == null
        ? Optional.empty()
        : gate.hold(scene, advice).map(decision -> scene.plan(Phase.AwaitingApproval, decision));
  }

  private Decision notComplete(Scene scene, Stage stage, StepWork work, String message) {
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
            first -> new Stall(Reason.valueOf(first.reason()), message, settings.recheck()))
        .orElseGet(() -> new Wait(stage.reason(), message, settings.recheck()));
  }

  private Duration again(Scene scene, StepWork work) {
    return work.nextRetry()
        .map(at -> Duration.between(scene.now(), at))
        .filter(wait -> wait.compareTo(settings.recheck()) < 0)
        .map(wait -> wait.isNegative() ? Duration.ZERO : wait)
        .orElse(settings.recheck());
  }

  /** Present: what to wait for before anything may rely on the ring in the store. */
  private Optional<Plan> holdAtBarrier(Scene scene, Phase phase, Duration settle) {
    List<Problem> unmatched = scene.devices().problems();
    if (!unmatched.isEmpty()) {
      return Optional.of(
          scene.plan(
              phase,
              new Stall(
                  Reason.valueOf(unmatched.getFirst().reason()),
                  "Nothing goes on before every device of the ring belongs to a node. "
                      + Sentences.first(unmatched.stream().map(Problem::message).toList()),
                  settings.recheck())));
    }
    Barrier barrier = scene.barrier();
    if (!barrier.passed()) {
      boolean lost = !barrier.lost().isEmpty();
      return Optional.of(
          scene.plan(
              phase,
              new Wait(
                  lost ? Reason.NodeLost : Reason.RingNotDistributed,
                  ByHand.after(
                      "%d of %s have the ring and answer; nothing goes on before all do. %s"
                          .formatted(
                              barrier.current(),
                              barrier.everybody(),
                              Sentences.first(
                                  barrier.missing().stream().map(Problem::message).toList())),
                      scene.facts().byHand()),
                  settings.recheck())));
    }
    Duration left =
        Barrier.settling(
            StatusAggregator.distributedSince(scene.status(), scene.pair().ringMd5()),
            settle,
            scene.now());
    if (left.isZero()) {
      return Optional.empty();
    }
    return Optional.of(
        scene.plan(
            phase,
            new Wait(
                Reason.Settling,
                ByHand.after(
                    "All %s have the ring; for %s after that nothing is done, so that every process and transfer follows."
                        .formatted(barrier.everybody(), Times.inWords(settle)),
                    scene.facts().byHand()),
                left)));
  }

  private Plan publish(Scene scene, Phase phase, Transition transition) {
    Cycle cycle = Objects.requireNonNull(scene.cycle(), "a transition belongs to a cycle");
    Publication last = scene.seen().increase().publication();
    return new RingTransition(scene.pair(), last, transition, scene.now())
        .decide(phase, scene.facts(), cycle, settings);
  }

  private static StepIdentity identity(Scene scene, Stage stage) {
    Ring ring = scene.ring();
    Cycle cycle = Objects.requireNonNull(scene.cycle(), "a step belongs to a cycle");
    return new StepIdentity(
        stage.step(),
        cycle.number(),
        ring.partPower(),
        Objects.requireNonNull(ring.nextPartPower(), "a step needs a next power"),
        scene.pair().ringMd5(),
        Objects.requireNonNullElse(ring.version(), 0L),
        RingGuard.round(scene.seen().increase().publication()),
        stage == Stage.VERIFY ? scene.spec().verify() : null);
  }

  private static Phase lastPhase(Observation seen) {
    PartitionPowerIncreaseStatus status = seen.increase().status();
    return status == null || status.phase() == null ? Phase.Pending : status.phase();
  }
}
