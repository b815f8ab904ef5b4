package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.api.v1alpha1.RelinkerSettings;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.Fail;
import dev.ringlift.operator.plan.Decision.Halt;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.operator.plan.Decision.Wait;
import dev.ringlift.operator.plan.Observation.Rival;
import dev.ringlift.operator.plan.Observation.Task;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingPair;
import dev.ringlift.ring.Transition;
import dev.ringlift.ring.TransitionRefusedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the planner decides, story by story. */
class PlannerTest {
  private final ModelCluster cluster = new ModelCluster(3, 4, 5);

  private Publish publishOf(Plan plan) {
    assertThat(plan.decision()).isInstanceOf(Publish.class);
    return (Publish) plan.decision();
  }

  @Test
  void whenAllChecksHoldThePrepareRingComesFirst() {
    Plan plan = cluster.plan();

    Publish publish = publishOf(plan);
    assertThat(publish.transition()).isEqualTo(Transition.PREPARE);
    assertThat(publish.ring().nextPartPower()).isEqualTo(5);
    assertThat(publish.intent().fromMd5()).isEqualTo(cluster.ringMd5());
    assertThat(publish.intent().md5()).isEqualTo(Md5.hex(publish.ring().toBytes()));
    assertThat(RingPair.difference(publish.ring(), Objects.requireNonNull(publish.builder())))
        .isEmpty();
    assertThat(plan.phase()).isEqualTo(Phase.Preparing);
    assertThat(plan.facts().cycle()).isEqualTo(new Cycle(1, 1, 4, 5));
  }

  @Test
  void noTaskIsMadeBeforeEveryNodeHasTheRing() {
    cluster.step();
    cluster.node("node-a").ringMd5 = cluster.ringMd5();
    cluster.node("node-b").ringMd5 = cluster.ringMd5();
    cluster.pass(Duration.ofHours(1));

    Plan plan = cluster.step();

    assertThat(plan.decision()).isInstanceOf(Wait.class);
    assertThat(plan.decision().reason()).isEqualTo(Reason.RingNotDistributed);
    assertThat(plan.decision().message()).contains("node-c").contains("2 of 3");
    assertThat(plan.decision().message()).containsOnlyOnce("md5 " + cluster.ringMd5());
    assertThat(Objects.requireNonNull(plan.facts().barrier()).missingNodes())
        .extracting(Problem::message)
        .containsExactly("Node node-c has another object.ring.gz than the store.");
    assertThat(plan.phase()).isEqualTo(Phase.Preparing);
    assertThat(cluster.tasks).isEmpty();
  }

  @Test
  void noTaskIsMadeBeforeTheSettleTimeHasPassed() {
    cluster.step();
    cluster.distribute();
    cluster.pass(Duration.ofHours(1));
    Plan first = cluster.step();
    cluster.pass(Duration.ofSeconds(59));
    Plan stillTooEarly = cluster.step();
    cluster.pass(Duration.ofSeconds(1));
    Plan now = cluster.plan();

    assertThat(first.decision())
        .isInstanceOfSatisfying(
            Wait.class, wait -> assertThat(wait.after()).isEqualTo(Duration.ofSeconds(60)));
    assertThat(stillTooEarly.decision())
        .isInstanceOfSatisfying(
            Wait.class,
            wait -> {
              assertThat(wait.reason()).isEqualTo(Reason.Settling);
              assertThat(wait.after()).isEqualTo(Duration.ofSeconds(1));
            });
    assertThat(now.decision()).isInstanceOf(ChangeTasks.class);
  }

  @Test
  void theSettleTimeBeginsAgainWhenANodeFallsSilent() {
    cluster.step();
    cluster.distribute();
    cluster.step();
    cluster.node("node-b").alive = false;
    cluster.pass(Duration.ofSeconds(55));
    Plan lost = cluster.step();
    cluster.node("node-b").alive = true;
    cluster.pass(Duration.ofSeconds(30));
    Plan back = cluster.step();

    assertThat(lost.decision().reason()).isEqualTo(Reason.NodeLost);
    assertThat(back.decision())
        .isInstanceOfSatisfying(
            Wait.class, wait -> assertThat(wait.after()).isEqualTo(Duration.ofSeconds(60)));
  }

  @Test
  void eachNodeGetsATaskForItsRingDevicesAndForOthersWithThePolicysData() {
    cluster.node("node-b").plugIn(ModelCluster.disk("foreign"));

    ChangeTasks decision =
        (ChangeTasks) cluster.until(ChangeTasks.class, Reason.Relinking).decision();

    assertThat(decision.changes())
        .extracting(TaskChange::name, change -> change.spec().devices())
        .containsExactly(
            tuple("grow-c1-relink-node-a", List.of("sda1", "sda2")),
            tuple("grow-c1-relink-node-b", List.of("foreign", "sdb1", "sdb2")),
            tuple("grow-c1-relink-node-c", List.of("sdc1", "sdc2")));
    RelinkTaskSpec spec = decision.changes().getFirst().spec();
    assertThat(spec.ringMd5()).isEqualTo(cluster.ringMd5());
    assertThat(spec.partPower()).isEqualTo(4);
    assertThat(spec.nextPartPower()).isEqualTo(5);
    assertThat(spec.increaseUid()).isEqualTo("uid-1");
  }

  @Test
  void oneNodeThatIsNotDoneHoldsTheIncrease() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.finish(cluster.task("node-a", Step.Relink), Set.of());
    cluster.finish(cluster.task("node-b", Step.Relink), Set.of());

    Plan plan = cluster.plan();

    assertThat(plan.decision()).isInstanceOf(Wait.class);
    assertThat(plan.decision().message()).contains("2 of 3").contains("waiting for node-c");
    assertThat(plan.phase()).isEqualTo(Phase.Relinking);
  }

  @Test
  void aNodeThatFallsSilentAfterItsWorkHoldsTheIncreaseAndIsNamed() {
    cluster.until(Publish.class, Reason.PublishingRing);
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.work(Set.of());
    cluster.node("node-c").alive = false;
    cluster.pass(Duration.ofSeconds(51));

    Plan plan = cluster.step();

    assertThat(plan.decision().reason()).isEqualTo(Reason.NodeLost);
    assertThat(plan.facts().problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.node()).isEqualTo("node-c"));
    cluster.node("node-c").alive = true;
    cluster.pass(Duration.ofSeconds(1));
    assertThat(cluster.until(Publish.class, Reason.PublishingRing).phase())
        .isEqualTo(Phase.Increasing);
  }

  @Test
  void aDiskThatComesWhenAllIsDoneIsDoneTooBeforeAnythingGoesOn() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.work(Set.of());
    cluster.node("node-a").plugIn(ModelCluster.disk("late"));

    Plan plan = cluster.step();

    assertThat(plan.decision()).isInstanceOf(ChangeTasks.class);
    Task task = cluster.task("node-a", Step.Relink);
    assertThat(task.spec().devices()).containsExactly("late", "sda1", "sda2");
    assertThat(task.generation()).isEqualTo(2);
    assertThat(cluster.plan().decision()).isInstanceOf(Wait.class);
    cluster.finish(task, Set.of());
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  @Test
  void aDiskThatGoesAwayInMidStepIsNotForgotten() {
    cluster.node("node-a").plugIn(ModelCluster.disk("foreign"));
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.node("node-a").devices.remove("foreign");

    cluster.work(Set.of());
    Plan plan = cluster.step();

    assertThat(plan.decision()).isInstanceOf(Wait.class);
    assertThat(plan.facts().problems())
        .anySatisfy(
            problem -> {
              assertThat(problem.device()).isEqualTo("foreign");
              assertThat(problem.reason()).isEqualTo(Reason.DeviceFailed.name());
            });
  }

  @Test
  void aSuccessThatDoesNotNameEveryDeviceIsNone() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.work(Set.of());
    cluster.report(
        cluster.task("node-b", Step.Relink),
        State.Succeeded,
        List.of(new DeviceProgress("sdb1", DeviceState.Succeeded, 8, 8, 1, 1, 0, 0, null)));

    Plan plan = cluster.plan();

    assertThat(plan.decision()).isInstanceOf(Wait.class);
    assertThat(plan.facts().problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("node-b").contains("sdb2"));
  }

  @Test
  void aFailedNodeIsTriedAgainAfterABackOffThatDoubles() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.work(Set.of("sdb2"));

    Plan failed = cluster.step();
    assertThat(failed.decision())
        .isInstanceOfSatisfying(
            Wait.class, wait -> assertThat(wait.after()).isEqualTo(Duration.ofSeconds(15)));
    assertThat(failed.facts().problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.node()).isEqualTo("node-b");
              assertThat(problem.device()).isEqualTo("sdb2");
            });
    cluster.pass(Duration.ofSeconds(29));
    assertThat(cluster.plan().decision())
        .isInstanceOfSatisfying(
            Wait.class, wait -> assertThat(wait.after()).isEqualTo(Duration.ofSeconds(1)));
    cluster.pass(Duration.ofSeconds(1));
    cluster.step();
    assertThat(cluster.task("node-b", Step.Relink).spec().attempt()).isEqualTo(2);

    cluster.work(Set.of("sdb2"));
    cluster.pass(Duration.ofSeconds(59));
    cluster.step();
    assertThat(cluster.task("node-b", Step.Relink).spec().attempt()).isEqualTo(2);
    cluster.pass(Duration.ofSeconds(1));
    cluster.step();
    assertThat(cluster.task("node-b", Step.Relink).spec().attempt()).isEqualTo(3);

    cluster.work(Set.of());
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  @Test
  void newSettingsReachTasksThatAreNotDoneAndNoOthers() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.finish(cluster.task("node-a", Step.Relink), Set.of());
    cluster.relinker = RelinkerSettings.of(0, 500);

    ChangeTasks decision = (ChangeTasks) cluster.plan().decision();

    assertThat(decision.changes())
        .extracting(TaskChange::name)
        .containsExactly("grow-c1-relink-node-b", "grow-c1-relink-node-c");
    assertThat(decision.changes().getFirst().spec().relinker().filesPerSecond()).isEqualTo(500);
  }

  @Test
  void aRingOfAnotherHandStopsEverything() throws TransitionRefusedException {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.work(Set.of());
    Ring foreign = cluster.ring.after(Transition.CANCEL);
    cluster.builder = cluster.builder.after(Transition.CANCEL, cluster.now);
    cluster.ring = foreign;
    cluster.distribute();

    Plan plan = cluster.step();

    assertThat(plan.decision()).isInstanceOf(Halt.class);
    assertThat(plan.decision().reason()).isEqualTo(Reason.RingChangedExternally);
    assertThat(plan.decision().message())
        .contains(cluster.ringMd5())
        .contains(Objects.requireNonNull(cluster.publication()).md5());
    assertThat(plan.phase()).isEqualTo(Phase.Relinking);
  }

  @Test
  void theFormerRingPutBackIsAnotherHandsToo() {
    Ring former = cluster.ring;
    RingBuilder formerBuilder = cluster.builder;
    cluster.step();
    Ring ours = cluster.ring;
    RingBuilder oursBuilder = cluster.builder;
    cluster.distribute();
    cluster.step();
    cluster.ring = former;
    cluster.builder = formerBuilder;
    cluster.distribute();

    for (int i = 0; i < 3; i++) {
      assertThat(cluster.step().decision().reason()).isEqualTo(Reason.RingChangedExternally);
      cluster.pass(Duration.ofMinutes(1));
    }

    cluster.ring = ours;
    cluster.builder = oursBuilder;
    cluster.distribute();
    assertThat(cluster.until(ChangeTasks.class, Reason.Relinking).phase())
        .isEqualTo(Phase.Relinking);
  }

  @Test
  void anIntentWhoseRingWasNeverWrittenIsCarriedOutAgain() {
    Plan lost = cluster.until(Publish.class, Reason.PublishingRing);
    cluster.say(lost); // and then the operator dies

    cluster.pass(Duration.ofMinutes(5));
    Publish again = publishOf(cluster.until(Publish.class, Reason.PublishingRing));

    assertThat(again.intent().md5()).isEqualTo(publishOf(lost).intent().md5());
    assertThat(again.transition()).isEqualTo(Transition.PREPARE);
  }

  @Test
  void anIncreaseWhoseIntentWasWrittenAndNotItsRingIsCarriedOutAgain() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.work(Set.of());
    Plan lost = cluster.until(Publish.class, Reason.PublishingRing);
    cluster.say(lost);
    assertThat(Objects.requireNonNull(cluster.status).pastPointOfNoReturn()).isTrue();

    Publish again = publishOf(cluster.until(Publish.class, Reason.PublishingRing));

    assertThat(again.transition()).isEqualTo(Transition.INCREASE);
    assertThat(again.intent().md5()).isEqualTo(publishOf(lost).intent().md5());
  }

  @Test
  void aBuilderThatNoLongerBelongsToTheRingStopsTheNextTransition()
      throws TransitionRefusedException {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.work(Set.of());
    cluster.until(Publish.class, Reason.PublishingRing);
    cluster.builder = cluster.builder.after(Transition.CANCEL, cluster.now);

    Plan plan = cluster.plan();

    assertThat(plan.decision()).isInstanceOf(Halt.class);
    assertThat(plan.decision().reason()).isEqualTo(Reason.RingChangedExternally);
    assertThat(plan.decision().message())
        .contains("the builder without the ring", "the ring has next partition power 5");
  }

  @Test
  void aRingAtTheTargetIsCompleteAtOnce() {
    cluster.target = 4;

    Plan plan = cluster.plan();

    assertThat(plan.decision()).isInstanceOf(Complete.class);
    assertThat(plan.phase()).isEqualTo(Phase.Complete);
    assertThat(plan.decision().message()).contains("nothing to do");
  }

  @Test
  void aTargetBelowTheRingsPowerFailsForGood() {
    cluster.target = 3;

    Plan plan = cluster.plan();

    assertThat(plan.decision()).isInstanceOf(Fail.class);
    assertThat(plan.phase()).isEqualTo(Phase.Failed);
    assertThat(plan.decision().message()).contains("3").contains("below the ring's, 4");
  }

  @Test
  void theYoungerOfTwoIncreasesWaitsForTheOlder() {
    cluster.rivals.add(new Rival("first", Instant.parse("2026-03-01T08:59:59Z"), false));

    Plan plan = cluster.plan();

    assertThat(plan.phase()).isEqualTo(Phase.Pending);
    assertThat(plan.decision().reason()).isEqualTo(Reason.WaitingForOtherIncrease);
    assertThat(plan.decision().message()).contains("first");
  }

  @Test
  void theOlderOfTwoIncreasesWaitsOnlyForOneThatHasBegun() {
    Instant later = Instant.parse("2026-03-01T09:00:01Z");
    cluster.rivals.add(new Rival("second", later, false));
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);

    cluster.rivals.set(0, new Rival("second", later, true));
    assertThat(cluster.plan().phase()).isEqualTo(Phase.Pending);
  }

  @Test
  void ofTwoIncreasesThatBothThinkTheyHaveBegunOnlyTheFirstGoesOn() {
    cluster.step();
    cluster.rivals.add(new Rival("first", Instant.parse("2026-03-01T08:59:59Z"), true));
    assertThat(cluster.plan().decision().reason()).isEqualTo(Reason.WaitingForOtherIncrease);

    cluster.rivals.set(0, new Rival("later", Instant.parse("2026-03-01T09:00:01Z"), true));
    assertThat(cluster.plan().decision().reason()).isNotEqualTo(Reason.WaitingForOtherIncrease);
  }

  @Test
  void aRingThatDisappearsInMidIncreaseIsWaitedFor() {
    cluster.step();
    cluster.unusable =
        new StoredRing.Unusable(Check.RingStore, "There is no ConfigMap swift-rings.");

    Plan plan = cluster.plan();

    assertThat(plan.decision()).isInstanceOf(Halt.class);
    assertThat(plan.decision().reason()).isEqualTo(Reason.RingUnusable);
    assertThat(plan.decision().message()).contains("There is no ConfigMap").contains("backup");
    assertThat(plan.phase()).isEqualTo(Phase.Preparing);
  }

  @Test
  void theCycleIsKnownEvenWithoutTheStatusThatNotedWhereItBegan() {
    cluster.target = 6;
    cluster.until(ChangeTasks.class, Reason.CleaningUp);

    Cycle cycle = Cycles.current(cluster.observe(), cluster.ring);
    cluster.status = null;
    Cycle without = Cycles.current(cluster.observe(), cluster.ring);

    assertThat(without).isEqualTo(cycle).isEqualTo(new Cycle(1, 2, 4, 5));
  }

  @Test
  void theSettleTimeBeginsAgainWhenAnotherHandsRingIsPutRight() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.work(Set.of());
    Runnable putBack = cluster.keep();
    cluster.reweigh("sda1", 50);
    cluster.distribute();
    assertThat(cluster.step().decision().reason()).isEqualTo(Reason.RingChangedExternally);

    // Put back, and everywhere, before the operator looks again.
    putBack.run();
    cluster.distribute();
    cluster.pass(Duration.ofHours(1));

    assertThat(cluster.step().decision())
        .isInstanceOfSatisfying(
            Wait.class,
            wait -> {
              assertThat(wait.reason()).isEqualTo(Reason.Settling);
              assertThat(wait.after()).isEqualTo(Duration.ofSeconds(20));
            });
  }

  @Test
  void aDeviceOfTheRingWithoutAPartitionMayHoldObjectsStill() {
    cluster.drain("sdc2");
    cluster.node("node-c").devices.remove("sdc2");

    Plan plan = cluster.plan();

    assertThat(plan.phase()).isEqualTo(Phase.Preflight);
    assertThat(plan.decision().message()).contains("sdc2");
  }

  @Test
  void aNodeThatIsGoneAltogetherIsNotForgottenBeforeItsTaskIsDone() {
    ModelCluster.ModelNode guest =
        new ModelCluster.ModelNode("node-x", "10.0.0.99", cluster.ringMd5(), cluster.now);
    guest.plugIn(ModelCluster.disk("foreign"));
    cluster.nodes.put(guest.name, guest);
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.nodes.remove(guest.name);
    cluster.work(Set.of());

    Plan plan = cluster.plan();

    assertThat(plan.decision()).isInstanceOf(Wait.class);
    assertThat(plan.facts().problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.node()).isEqualTo("node-x"));
    cluster.nodes.put(guest.name, guest);
    cluster.work(Set.of());
    cluster.nodes.remove(guest.name);
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  @Test
  void noStepBeginsWhileADeviceOfTheRingBelongsToNoNode() {
    cluster.step();
    cluster.distribute();
    cluster.step();
    cluster.nodes.remove("node-c");
    cluster.pass(Duration.ofHours(1));

    Plan plan = cluster.step();

    assertThat(plan.decision()).isInstanceOf(Stall.class);
    assertThat(plan.decision().reason()).isEqualTo(Reason.DeviceUnmatched);
    assertThat(cluster.tasks).isEmpty();
  }

  @Test
  void aNodeWhoseClockIsAheadIsTriedAgainAfterTheSameTime() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    Duration ahead = Duration.ofHours(3);
    Instant real = cluster.now;
    cluster.now = real.plus(ahead);
    cluster.work(Set.of("sdb2"));
    cluster.now = real;

    cluster.node("node-b").lastBeat = real.plus(ahead).plusSeconds(29);
    assertThat(cluster.plan().decision()).isInstanceOf(Wait.class);
    cluster.node("node-b").lastBeat = real.plus(ahead).plusSeconds(30);

    assertThat(cluster.plan().decision()).isInstanceOf(ChangeTasks.class);
  }
}
