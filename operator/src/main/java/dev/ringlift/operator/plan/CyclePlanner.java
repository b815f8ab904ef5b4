package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.Fail;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.Transition;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Plans what is done before the first cycle, between cycles, and behind the last.
 *
 * <p>Invariants: the first change of the ring in a cycle is made, and one that is under way taken
 * over, only when every check of the preflight holds. A cycle has ended, and the increase is
 * complete, only when its Finish ring is everywhere and has settled. A further cycle begins only
 * when replication has had its turn; see {@link ReplicationTurn}.
 */
final class CyclePlanner {
  private CyclePlanner() {}

  /** Of an increase that has not changed the ring. */
  static Plan beginning(Scene scene) {
    Ring ring = scene.ring();
    if (scene.spec().cancel()) {
      // What is under way is made whole before it is taken back; see Scene.isPreparing.
      return RingTransition.publish(scene, Phase.Cancelling, Transition.PREPARE);
    }
    if (ring.partPower() > scene.target()) {
      String message = RingChecks.targetMessage(ring, scene.target());
      return scene
          .with(scene.facts().with(Preflight.check(scene)))
          .plan(Phase.Failed, new Fail(Reason.TargetBelowRing, message));
    }
    if (ring.partPower() == scene.target() && ring.nextPartPower() == null) {
      return scene.plan(
          Phase.Complete,
          new Complete(
              Reason.TargetReached,
              "The ring has partition power " + ring.partPower() + " already: nothing to do."));
    }
    return prepare(scene);
  }

  /** Of a ring that this increase has published, and that has no next power. */
  static Plan between(Scene scene) {
    Scene ending = scene.with(scene.facts().with(Cycles.ending(scene.seen(), scene.ring())));
    boolean cancel = scene.spec().cancel();
    Optional<Plan> held =
        Holds.atBarrier(
            ending, cancel ? Phase.Cancelling : Phase.Finishing, scene.settings().settle());
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
      return scene.isPreparing()
          ? RingTransition.publish(scene, Phase.Cancelling, Transition.PREPARE)
          : Cancelling.between(ending);
    }
    Cycle next = Objects.requireNonNull(scene.cycle(), "below the target a cycle follows");
    return ReplicationTurn.hold(ending, next).orElseGet(() -> prepare(scene));
  }

  /** Before the first ring of a cycle is published, or one that is there is taken over. */
  private static Plan prepare(Scene plain) {
    List<PreflightCheck> checks = Preflight.check(plain);
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
              scene.settings().recheck()));
    }
    if (scene.rest() != null) {
      return scene.plan(
          Phase.Preflight,
          scene
              .rest()
              .decision("All checks hold; nothing has been changed.", scene.settings().recheck()));
    }
    return Adoption.isNeeded(scene.ring())
        ? Adoption.adopt(scene)
        : RingTransition.publish(scene, Phase.Preparing, Transition.PREPARE);
  }
}
