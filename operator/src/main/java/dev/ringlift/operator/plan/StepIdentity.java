package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.ring.Ring;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the tasks of a step have in common. Invariant: whatever is not equal in all of it, but for
 * the ring and the round, belongs to another step; and what was done under another ring, or in a
 * lower round, counts for nothing in this one.
 *
 * @param ringVersion 0 if the ring has none
 * @param round of the publication: what was done in a lower one does not count
 * @param verify how much is looked at; null for every step but Verify
 */
record StepIdentity(
    Step step,
    int cycle,
    int partPower,
    int nextPartPower,
    String ringMd5,
    long ringVersion,
    int round,
    @Nullable Verify verify) {

  static StepIdentity of(Scene scene, Stage stage) {
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

  boolean verifies() {
    return step == Step.Verify;
  }

  /** Of the work that this step verifies. */
  StepIdentity ofRelink() {
    return new StepIdentity(
        Step.Relink, cycle, partPower, nextPartPower, ringMd5, ringVersion, round, null);
  }

  boolean isOf(RelinkTaskSpec spec, String increaseUid) {
    return spec.increaseUid().equals(increaseUid)
        && spec.step() == step
        && spec.verify() == verify
        && spec.cycle() == cycle
        && spec.partPower() == partPower
        && spec.nextPartPower() == nextPartPower;
  }

  /** Whether the task is about this very ring, and results of it count. */
  boolean isOfThisRound(RelinkTaskSpec spec) {
    return spec.ringMd5().equals(ringMd5) && Rounds.ofPublication(spec.round()) == round;
  }
}
