package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck.Result;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.DeviceStatus;
import dev.ringlift.operator.plan.Decision.Adopt;
import dev.ringlift.operator.plan.Decision.Cancelled;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.ring.Transition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Increases that somebody began by hand, and that are taken over. */
class AdoptionTest {
  private final ModelCluster cluster = new ModelCluster(3, 4, 5);

  private void byHand(Transition... transitions) {
    for (Transition transition : transitions) {
      cluster.transitByAnotherHand(transition);
    }
    cluster.distribute();
  }

  @Test
  void aPreparedRingIsTakenOverAndAllIsRelinked() {
    byHand(Transition.PREPARE);

    Plan plan = cluster.step();

    assertThat(plan.decision()).isInstanceOf(Adopt.class);
    assertThat(Objects.requireNonNull(cluster.status).cycle()).isEqualTo(new Cycle(1, 1, 4, 5));
    assertThat(cluster.status.pastPointOfNoReturn()).isFalse();
    assertThat(cluster.status.replicationSuspendedSince()).isNotNull();
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    assertThat(cluster.task("node-a", Step.Relink).status()).as("from scratch").isNull();
    cluster.until(Complete.class, Reason.TargetReached);
    assertThat(cluster.ring.partPower()).isEqualTo(5);
  }

  @Test
  void anIncreasedRingIsTakenOverAndCleanedUp() {
    byHand(Transition.PREPARE, Transition.INCREASE);

    cluster.step();

    assertThat(Objects.requireNonNull(cluster.status).pastPointOfNoReturn()).isTrue();
    assertThat(cluster.status.cycle()).isEqualTo(new Cycle(1, 1, 4, 5));
    cluster.until(Complete.class, Reason.TargetReached);
    assertThat(cluster.tasks.values()).allMatch(task -> task.spec().step() == Step.Cleanup);
    assertThat(cluster.ring.partPower()).isEqualTo(5);
  }

  @Test
  void theClocksOfAnIncreasedRingBeganWhenItWasIncreased() {
    byHand(Transition.PREPARE, Transition.INCREASE);
    Instant increased = cluster.now;
    cluster.pass(Duration.ofDays(6));

    Plan plan = cluster.step();

    assertThat(plan.decision().message()).contains("It was increased at " + increased);
    assertThat(Objects.requireNonNull(cluster.status).startTime())
        .isEqualTo(Times.format(increased));
    assertThat(cluster.status.replicationSuspendedSince()).isEqualTo(Times.format(increased));
    assertThat(cluster.status.cleanupDeadline())
        .isEqualTo(Times.format(increased.plus(Duration.ofDays(7)).minusSeconds(60)));
    assertThat(cluster.step().facts().problems())
        .filteredOn(problem -> problem.reason().equals("DeadlineAtRisk"))
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).doesNotContain("not known"));
  }

  @Test
  void aStartThatNobodyKnowsIsToldUntilCleanupHasEnded() {
    byHand(Transition.PREPARE, Transition.CANCEL);

    assertThat(cluster.step().decision().message()).contains("Since when it is so is not known");

    assertThat(Objects.requireNonNull(cluster.status).startTime()).isNotNull();
    assertThat(cluster.step().facts().problems())
        .extracting(Problem::reason, Problem::message)
        .anyMatch(problem -> problem.toString().contains("may be over already"));
    cluster.until(Complete.class, Reason.TargetReached);
    assertThat(cluster.plan().facts().problems()).isEmpty();
  }

  @Test
  void whatRelinkingWouldNeedHoldsNoCleanupBack() {
    byHand(Transition.PREPARE);
    cluster
        .node("node-a")
        .plugIn(
            new DeviceStatus(
                "sda1", true, "xfs", 1000, 10, 1, 1, List.of("objects"), List.of(), null));
    assertThat(cluster.plan().decision()).as("all is to be relinked").isInstanceOf(Stall.class);

    byHand(Transition.INCREASE);

    Plan plan = cluster.step();
    assertThat(plan.decision()).isInstanceOf(Adopt.class);
    assertThat(Objects.requireNonNull(plan.facts().preflight()))
        .filteredOn(check -> check.check().equals("FreeInodes"))
        .singleElement()
        .satisfies(
            check -> {
              assertThat(check.result()).isEqualTo(Result.Warning);
              assertThat(check.message()).contains("only cleanup is left");
            });
    cluster.until(Complete.class, Reason.TargetReached);
  }

  @Test
  void aCancelledRingIsCleanedUpAndThenRaised() {
    long version = Objects.requireNonNull(cluster.ring.version());
    byHand(Transition.PREPARE, Transition.CANCEL);

    assertThat(cluster.step().decision()).isInstanceOf(Adopt.class);

    cluster.until(Complete.class, Reason.TargetReached);
    assertThat(cluster.ring.partPower()).isEqualTo(5);
    assertThat(cluster.ring.version())
        .as("prepare, cancel by hand; finish, prepare, increase, finish")
        .isEqualTo(version + 6);
  }

  @Test
  void whatWasTakenOverCanBeTakenBack() {
    byHand(Transition.PREPARE);
    cluster.step();
    cluster.wish = spec -> spec.cancel(true);

    cluster.until(Cancelled.class, Reason.Cancelled);

    assertThat(cluster.ring.partPower()).isEqualTo(4);
    assertThat(cluster.ring.nextPartPower()).isNull();
  }

  @Test
  void aRingOnItsWayBeyondTheTargetIsNotTakenOver() {
    byHand(Transition.PREPARE);
    cluster.target = 4;

    Plan plan = cluster.plan();

    assertThat(plan.decision()).isInstanceOf(Stall.class);
    assertThat(plan.decision().message()).contains("beyond the target 4", "an increase to 5");
  }

  @Test
  void anIncreaseWhoseStatusWasLostIsTakenUpAgainAndEnds() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.status = null;

    cluster.until(Complete.class, Reason.TargetReached);

    assertThat(cluster.ring.partPower()).isEqualTo(5);
  }

  @Test
  void aCancelWhoseStatusWasLostEndsWhereItBegan() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.wish = spec -> spec.cancel(true);
    cluster.until(ChangeTasks.class, Reason.Cancelling);
    cluster.step();
    cluster.step();
    cluster.status = null;
    cluster.wish = spec -> spec;

    cluster.until(Adopt.class, Reason.RingAdopted);
    cluster.step();
    cluster.wish = spec -> spec.cancel(true);
    cluster.until(Cancelled.class, Reason.Cancelled);

    assertThat(cluster.ring.partPower()).isEqualTo(4);
    assertThat(cluster.ring.nextPartPower()).isNull();
  }

  @Test
  void aDryRunChangesNothingAndSaysWhatItWouldDo() {
    cluster.wish = spec -> spec.dryRun(true);

    Plan plan = cluster.step();

    assertThat(plan.phase()).isEqualTo(Phase.Complete);
    assertThat(plan.decision().message()).contains("Dry run", "from partition power 4 to 5");
    assertThat(Objects.requireNonNull(cluster.status).preflight()).isNotEmpty();
    assertThat(cluster.status.publication()).isNull();
    assertThat(cluster.ring.nextPartPower()).isNull();
  }

  @Test
  void aDryRunThatWouldBeRefusedSaysWhy() {
    cluster.wish = spec -> spec.dryRun(true);
    cluster.node("node-b").devices.remove("sdb1");

    Plan plan = cluster.step();

    assertThat(plan.phase()).isEqualTo(Phase.Complete);
    assertThat(plan.decision().message()).contains("would not begin", "sdb1");
    assertThat(
            Objects.requireNonNull(Conditions.find(cluster.status, ConditionType.PreflightPassed))
                .getStatus())
        .isEqualTo("False");
  }
}
