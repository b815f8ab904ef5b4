package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.RingStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.Fail;
import dev.ringlift.operator.plan.Decision.Halt;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.operator.plan.Decision.Wait;
import dev.ringlift.operator.plan.Observation.Rival;
import dev.ringlift.operator.plan.Plan.Facts;
import dev.ringlift.operator.plan.StepPlanner.StepIdentity;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingDevice;
import dev.ringlift.ring.RingFileName;
import dev.ringlift.ring.Transition;
import java.time.Duration;
import java.time.Instant;
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
 *   power P, next P+1     the ring everywhere; then Relink tasks; then, all done, Increase
 *   power P+1, next P+1   the ring everywhere; then Cleanup tasks; then, all done, Finish
 * </pre>
 *
 * <p>The status is used for two things only: as the intent that was written before a ring was (so
 * that a ring of another hand is recognised), and for since when the ring has been everywhere.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>No step begins, and no further ring is published, before every node and every consumer has
 *       proved the ring in the store and the settle time has passed since; nor while a device of
 *       the ring belongs to no node, for then there may be a node that nobody asks. (A task that is
 *       added to a step under way is safe: its agent works only while it sees the task's ring
 *       itself.)
 *   <li>Increase is published only when every device of the ring, and every other device with the
 *       policy's data, has a Succeeded result of Relink for this increase, cycle and ring; Finish
 *       likewise with Cleanup. A device of no node, or of a node that is lost, has no result.
 *   <li>Nothing is published on a ring that is neither the one in the status' publication nor,
 *       before that was written, the one that it was made from; see {@link RingGuard}.
 *   <li>The first change of the ring is made only when every check of the preflight holds, and no
 *       other increase of the same ring is before this one.
 *   <li>Nothing is decided on ring and builder that do not belong together.
 *   <li>A further cycle begins only when every object server that can be asked has had a full
 *       replication pass since the last one; see {@link ReplicationTurn}.
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

  /** What all decisions of one run look at. */
  private record Scene(
      Observation seen,
      StoredRing.Pair pair,
      DeviceMap devices,
      Barrier barrier,
      Facts facts,
      Instant now) {

    Ring ring() {
      return pair.ring();
    }

    int target() {
      return seen.increase().spec().targetPartPower();
    }

    Plan plan(Phase phase, Decision decision) {
      return new Plan(phase, decision, facts);
    }

    Scene with(Facts newFacts) {
      return new Scene(seen, pair, devices, barrier, newFacts, now);
    }

    /** The doubling that the ring is in, or that comes next; null at the target. */
    @Nullable Cycle cycle() {
      return facts.cycle();
    }
  }

  /** The increase must not have ended: see {@link Phase#terminal()}. */
  public Plan plan(Observation seen, Instant now) {
    return switch (seen.store()) {
      case StoredRing.Unusable unusable -> planWithoutRing(seen, unusable);
      case StoredRing.Busy busy -> waitForJob(seen, busy);
      case StoredRing.Pair pair -> planWithRing(scene(seen, pair, now));
    };
  }

  private Plan planWithoutRing(Observation seen, StoredRing.Unusable unusable) {
    if (seen.increase().publication() == null) {
      return waitForRival(seen, Facts.NONE)
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
    boolean begun = !Cycles.hasNotBegun(scene.seen().increase().status(), scene.ring());
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
    Integer next = scene.ring().nextPartPower();
    if (next == null) {
      return planBetweenCycles(scene);
    }
    return next > scene.ring().partPower()
        ? planStep(scene, Step.Relink, Transition.INCREASE)
        : planStep(scene, Step.Cleanup, Transition.FINISH);
  }

  private Plan planBeginning(Scene scene) {
    Ring ring = scene.ring();
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
    Optional<Plan> held = holdAtBarrier(ending, Phase.Finishing, settings.settle());
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
    return ReplicationTurn.missing(scene.seen(), scene.pair().ringMd5(), settings.settle())
        .map(
            message ->
                ending.plan(
                    Phase.Finishing,
                    new Wait(Reason.AwaitingReplication, message, settings.recheck())))
        .orElseGet(() -> planPrepare(scene));
  }

  private Plan planPrepare(Scene plain) {
    List<PreflightCheck> checks = preflight(plain);
    Scene scene = plain.with(plain.facts().with(checks));
    List<String> failures = Preflight.failures(checks);
    if (!failures.isEmpty()) {
      return scene.plan(
          Phase.Preflight,
          new Stall(
              Reason.PreflightFailed,
              "Nothing is changed before this is right: " + Sentences.first(failures),
              settings.recheck()));
    }
    return publish(scene, Phase.Preparing, Transition.PREPARE);
  }

  private List<PreflightCheck> preflight(Scene scene) {
    return Preflight.check(
        scene.seen(), scene.pair(), scene.devices(), scene.barrier(), scene.now());
  }

  private Plan planStep(Scene plain, Step step, Transition next) {
    boolean relink = step == Step.Relink;
    StepWork work =
        new StepPlanner(identity(plain, step), plain.seen(), plain.devices(), settings, plain.now())
            .plan();
    Duration settle = relink ? settings.settleAfterPrepare() : settings.settle();
    if (!work.begun()) {
      Optional<Plan> held =
          holdAtBarrier(plain, relink ? Phase.Preparing : Phase.Increasing, settle);
      if (held.isPresent()) {
        return held.get();
      }
    }
    Scene scene = plain.with(plain.facts().with(work));
    Phase phase = relink ? Phase.Relinking : Phase.CleaningUp;
    Reason reason = relink ? Reason.Relinking : Reason.CleaningUp;
    if (!work.changes().isEmpty()) {
      return scene.plan(
          phase,
          new ChangeTasks(
              reason,
              StepMessages.running(scene.cycle(), step, work),
              work.changes(),
              again(scene, work)));
    }
    if (!work.complete()) {
      return scene.plan(phase, notComplete(scene, step, work, reason));
    }
    return holdAtBarrier(scene, phase, settings.settle())
        .orElseGet(() -> publish(scene, relink ? Phase.Increasing : Phase.Finishing, next));
  }

  private Decision notComplete(Scene scene, Step step, StepWork work, Reason reason) {
    String message = StepMessages.running(scene.cycle(), step, work);
    boolean moving =
        work.nodes().stream().anyMatch(node -> node.state() != StepWork.NodeState.Done);
    if (moving) {
      return new Wait(reason, message, again(scene, work));
    }
    return work.problems().stream()
        .findFirst()
        .<Decision>map(
            first -> new Stall(Reason.valueOf(first.reason()), message, settings.recheck()))
        .orElseGet(() -> new Wait(reason, message, settings.recheck()));
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
            StatusAggregator.distributedSince(
                scene.seen().increase().status(), scene.pair().ringMd5()),
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

  private static StepIdentity identity(Scene scene, Step step) {
    Ring ring = scene.ring();
    Cycle cycle = Objects.requireNonNull(scene.cycle(), "a step belongs to a cycle");
    return new StepIdentity(
        step,
        cycle.number(),
        ring.partPower(),
        Objects.requireNonNull(ring.nextPartPower(), "a step needs a next power"),
        scene.pair().ringMd5(),
        Objects.requireNonNullElse(ring.version(), 0L),
        RingGuard.round(scene.seen().increase().publication()));
  }

  private static Phase lastPhase(Observation seen) {
    PartitionPowerIncreaseStatus status = seen.increase().status();
    return status == null || status.phase() == null ? Phase.Pending : status.phase();
  }

  private static WantedRing wantedRing(Observation seen, StoredRing.Pair pair) {
    PartitionPowerIncreaseStatus status = seen.increase().status();
    return new WantedRing(
        RingFileName.ring(seen.increase().spec().policyIndex()),
        pair.ringMd5(),
        !Cycles.hasNotBegun(status, pair.ring()),
        RingTimes.since(status, pair.ringMd5()));
  }

  private Scene scene(Observation seen, StoredRing.Pair pair, Instant now) {
    List<RingDevice> ringDevices = RingDevices.of(pair.ring());
    DeviceMap devices = DeviceMap.of(ringDevices, seen.nodes());
    Barrier barrier =
        Barrier.of(seen.nodes(), devices, wantedRing(seen, pair), seen.audience(), settings, now);
    Ring ring = pair.ring();
    int from = Cycles.fromPartPower(seen, ring);
    RingStatus ringStatus =
        new RingStatus(
            ring.partPower(),
            ring.nextPartPower(),
            ring.version(),
            pair.ringMd5(),
            barrier.total(),
            barrier.current());
    Facts facts =
        new Facts(
            from,
            Cycles.current(ring, from, seen.increase().spec().targetPartPower()),
            ringStatus,
            barrier,
            null,
            null,
            ByHand.of(pair, seen.increase().publication(), seen.increase().spec().policyIndex()),
            List.of());
    return new Scene(seen, pair, devices, barrier, facts, now);
  }
}
