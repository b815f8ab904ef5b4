package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.operator.plan.Decision.Wait;
import dev.ringlift.ring.Transition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is waited for before a step's first task is made, and before a ring is published. Each
 * answers with the plan to wait by; empty lets pass.
 *
 * <p>Invariants, in the order in which they are held: no device has work to be done that was left
 * out in an earlier cycle and was not wiped; every device of the ring belongs to a node; the
 * consumers are what the preflight would let pass; every node and consumer has proved the ring in
 * the store, and the settle time has passed since; before an increase, cleanup is expected to end
 * in time; the gate is approved; the user wants work now. Of these only the last is waived, for a
 * ring that ends work.
 */
final class Holds {
  private Holds() {}

  static Optional<Plan> beforeWork(Scene scene, Stage stage) {
    Duration settle =
        stage == Stage.RELINK ? scene.settings().settleAfterPrepare() : scene.settings().settle();
    return atReturned(scene, stage.spreading())
        .or(() -> atBarrier(scene, stage.spreading(), settle))
        .or(() -> atGate(scene, stage.gate(), ""))
        .or(() -> atRest(scene, stage.spreading(), ""));
  }

  /** The ring is the one that follows on the stage's step. */
  static Optional<Plan> beforeRing(Scene scene, Stage stage) {
    boolean ends = stage.next() == Transition.FINISH;
    Rest rest = scene.rest();
    boolean rests = rest != null && (!ends || rest.holdsEnds());
    return atReturned(scene, stage.working())
        .or(() -> atBarrier(scene, stage.working(), scene.settings().settle()))
        .or(() -> atDeadline(scene, stage))
        .or(() -> atGate(scene, stage.gateOfNext(), "Every device is relinked. "))
        .or(
            () ->
                rests
                    ? atRest(scene, stage.working(), "The step is done on every device.")
                    : Optional.empty());
  }

  private static Optional<Plan> atReturned(Scene scene, Phase phase) {
    List<Problem> returned = scene.devices().exclusions().returned();
    return returned.isEmpty()
        ? Optional.empty()
        : Optional.of(
            scene.plan(
                phase,
                new Stall(
                    Reason.StaleDevice,
                    Sentences.first(returned.stream().map(Problem::message).toList()),
                    scene.settings().recheck())));
  }

  private static Optional<Plan> atRest(Scene scene, Phase phase, String doing) {
    return Optional.ofNullable(scene.rest())
        .map(rest -> scene.plan(phase, rest.decision(doing, scene.settings().recheck())));
  }

  private static Optional<Plan> atDeadline(Scene scene, Stage stage) {
    return stage.next() == Transition.INCREASE
        ? Deadline.refusal(scene).map(refusal -> scene.plan(stage.working(), refusal))
        : Optional.empty();
  }

  private static Optional<Plan> atGate(Scene scene, @Nullable Gate gate, String advice) {
    return gate == null
        ? Optional.empty()
        : gate.hold(scene, advice).map(decision -> scene.plan(Phase.AwaitingApproval, decision));
  }

  /** Before anything may rely on the ring in the store. */
  static Optional<Plan> atBarrier(Scene scene, Phase phase, Duration settle) {
    return unmatched(scene)
        .or(() -> notDemanded(scene))
        .or(() -> notDistributed(scene))
        .or(() -> settling(scene, settle))
        .map(decision -> scene.plan(phase, decision));
  }

  private static Optional<Decision> unmatched(Scene scene) {
    List<Problem> unmatched = scene.devices().problems();
    return unmatched.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Stall(
                Reason.valueOf(unmatched.getFirst().reason()),
                "Nothing goes on before every device of the ring belongs to a node. "
                    + Sentences.first(unmatched.stream().map(Problem::message).toList())
                    + scene.besides(),
                scene.settings().recheck()));
  }

  private static Optional<Decision> notDemanded(Scene scene) {
    List<Problem> demands = scene.barrier().demands();
    return demands.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Stall(
                Reason.valueOf(demands.getFirst().reason()),
                "Nothing goes on before this is right: "
                    + Sentences.first(demands.stream().map(Problem::message).toList())
                    + scene.besides(),
                scene.settings().recheck()));
  }

  private static Optional<Decision> notDistributed(Scene scene) {
    Barrier barrier = scene.barrier();
    return barrier.passed()
        ? Optional.empty()
        : Optional.of(
            new Wait(
                barrier.lost().isEmpty() ? Reason.RingNotDistributed : Reason.NodeLost,
                ByHand.after(
                    "%d of %s have the ring (md5 %s) and answer; nothing goes on before all do. %s%s"
                        .formatted(
                            barrier.current(),
                            barrier.everybody(),
                            scene.pair().ringMd5(),
                            Sentences.first(
                                barrier.missing().stream().map(Problem::message).toList()),
                            scene.besides()),
                    scene.facts().byHand()),
                scene.settings().recheck()));
  }

  private static Optional<Decision> settling(Scene scene, Duration settle) {
    Duration left =
        Barrier.settling(
            StatusAggregator.distributedSince(scene.status(), scene.pair().ringMd5()),
            settle,
            scene.now());
    return left.isZero()
        ? Optional.empty()
        : Optional.of(
            new Wait(
                Reason.Settling,
                ByHand.after(
                    "All %s have the ring; for %s after that nothing is done, so that every process and transfer follows.%s"
                        .formatted(
                            scene.barrier().everybody(), Times.inWords(settle), scene.besides()),
                    scene.facts().byHand()),
                left));
  }
}
