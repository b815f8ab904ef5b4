package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.Gates;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.operator.plan.Decision.Cancelled;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Wait;
import dev.ringlift.operator.plan.Observation.Rival;
import dev.ringlift.operator.plan.Observation.Task;
import dev.ringlift.ring.RingPair;
import dev.ringlift.ring.Transition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How an increase is taken back, in each phase. */
class CancellingTest {
  private final ModelCluster cluster = new ModelCluster(3, 4, 6);

  private void cancel() {
    cluster.wish = spec -> spec.cancel(true);
  }

  private void assertEndsAt(int partPower) {
    Plan end = cluster.until(Cancelled.class, Reason.Cancelled);
    cluster.say(end);
    assertThat(end.phase()).isEqualTo(Phase.Cancelled);
    assertThat(cluster.ring.partPower()).isEqualTo(partPower);
    assertThat(cluster.ring.nextPartPower()).isNull();
    assertThat(RingPair.difference(cluster.ring, cluster.builder)).isEmpty();
    assertThat(Objects.requireNonNull(cluster.status).completionTime()).isNotNull();
    assertThat(cluster.status.replicationSuspendedSince()).isNull();
    assertThat(
            Objects.requireNonNull(Conditions.find(cluster.status, ConditionType.Complete))
                .getStatus())
        .isEqualTo("False");
  }

  private void assertTakesBack(Plan asked) {
    assertThat(asked.phase()).isEqualTo(Phase.Cancelling);
    cluster.until(Publish.class, Reason.PublishingRing);
    assertThat(((Publish) cluster.plan().decision()).transition()).isEqualTo(Transition.CANCEL);
    cluster.step();
    assertThat(cluster.ring.nextPartPower()).isEqualTo(cluster.ring.partPower());
    assertEndsAt(4);
    assertThat(
            cluster.tasks.values().stream()
                .map(Task::spec)
                .filter(spec -> spec.step() == Step.Cleanup))
        .hasSize(3)
        .allSatisfy(
            spec -> assertThat(List.of(spec.partPower(), spec.nextPartPower())).containsOnly(4));
  }

  @Test
  void whileAnotherIsWaitedForItEndsAtOnce() {
    cluster.rivals.add(new Rival("first", Instant.parse("2026-03-01T08:00:00Z"), true));
    cluster.step();
    cancel();

    assertThat(cluster.plan().decision()).isInstanceOf(Cancelled.class);
  }

  @Test
  void inPreflightItEndsAtOnce() {
    cluster.node("node-a").alive = false;
    cluster.pass(Duration.ofHours(1));
    cluster.step();
    cancel();

    assertThat(cluster.plan().decision().message()).contains("before anything was changed");
    assertEndsAt(4);
  }

  @Test
  void withoutARingItEndsAtOnce() {
    cluster.unusable = new StoredRing.Unusable(Check.RingStore, "There is no ConfigMap.");
    cancel();

    assertThat(cluster.plan().decision()).isInstanceOf(Cancelled.class);
  }

  @Test
  void whilePreparingItWaitsForNoNode() {
    cluster.step();
    cluster.node("node-a").alive = false;
    cluster.pass(Duration.ofHours(1));
    cancel();

    Plan plan = cluster.step();

    assertThat(((Publish) plan.decision()).transition()).isEqualTo(Transition.CANCEL);
    assertThat(cluster.step().decision()).as("cleanup does").isInstanceOf(Wait.class);
    cluster.node("node-a").alive = true;
    assertEndsAt(4);
  }

  @Test
  void whileAwaitingApproval() {
    cluster.wish =
        spec ->
            spec.gates(new Gates(Gates.Gate.Automatic, Gates.Gate.Manual, Gates.Gate.Automatic));
    cluster.until(Wait.class, Reason.ApprovalRequired);
    cluster.wish = spec -> spec.cancel(true);

    assertTakesBack(cluster.plan());
  }

  @Test
  void whileRelinkingTheTasksAreStoppedFirst() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.finish(cluster.task("node-a", Step.Relink), Set.of());
    cancel();

    Plan stopping = cluster.step();

    assertThat(stopping.decision()).isInstanceOf(ChangeTasks.class);
    assertThat(cluster.tasks.values())
        .filteredOn(task -> !task.hasSucceeded())
        .hasSize(2)
        .allMatch(task -> task.spec().paused());
    assertTakesBack(cluster.plan());
  }

  @Test
  void everythingRelinkedAndNotYetIncreased() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.work(Set.of());
    cancel();

    assertTakesBack(cluster.plan());
  }

  @Test
  void theLinksAreRemovedOnEveryDeviceBeforeItEnds() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.work(Set.of());
    cancel();
    cluster.until(ChangeTasks.class, Reason.Cancelling);
    cluster.step();
    cluster.finish(cluster.task("node-a", Step.Cleanup), Set.of());
    cluster.finish(cluster.task("node-b", Step.Cleanup), Set.of("sdb1"));
    cluster.finish(cluster.task("node-c", Step.Cleanup), Set.of());

    Plan plan = cluster.step();

    assertThat(plan.phase()).isEqualTo(Phase.Cancelling);
    assertThat(plan.decision()).isInstanceOf(Wait.class);
    assertThat(plan.decision().message()).contains("2 of 3", "sdb1");
  }

  @Test
  void onceTheIntentToIncreaseIsWrittenItIsRefusedAndSaysSo() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.work(Set.of());
    cluster.say(cluster.until(Publish.class, Reason.PublishingRing)); // and dies
    cancel();

    Plan plan = cluster.until(Publish.class, Reason.PublishingRing);

    assertThat(((Publish) plan.decision()).transition()).isEqualTo(Transition.INCREASE);
    cluster.until(ChangeTasks.class, Reason.CleaningUp);
    assertThat(cluster.plan().decision().message()).contains("The cancel comes too late");
  }

  @Test
  void afterAnIncreaseTheCycleEndsAndNoOtherBegins() {
    cluster.until(ChangeTasks.class, Reason.CleaningUp);
    cancel();

    assertEndsAt(5);
  }

  @Test
  void betweenTwoCyclesItEndsWhereTheFirstEnded() {
    cluster.until(ChangeTasks.class, Reason.CleaningUp);
    cluster.step();
    cluster.work(Set.of());
    cluster.until(Publish.class, Reason.PublishingRing);
    cluster.step();
    cluster.step();
    assertThat(Objects.requireNonNull(cluster.status).pastPointOfNoReturn())
        .as("the next cycle may be cancelled")
        .isFalse();
    cancel();

    assertEndsAt(5);
  }

  @Test
  void inTheSecondCycleItEndsAtThePowerAtWhichThatBegan() {
    while (cluster.ring.partPower() < 5 || !Objects.equals(cluster.ring.nextPartPower(), 6)) {
      cluster.until(Publish.class, Reason.PublishingRing);
      cluster.step();
    }
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cancel();

    assertEndsAt(5);
  }

  @Test
  void aFirstRingOfWhichOnlyTheBuilderWasWrittenIsCompletedAndTakenBack() {
    Plan plan = cluster.until(Publish.class, Reason.PublishingRing);
    cluster.say(plan);
    cluster.writeBuilderOnly((Publish) plan.decision());
    cancel();

    assertEndsAt(4);
    assertThat(cluster.builder.version())
        .as("prepare, cancel, finish")
        .isEqualTo(cluster.ring.version());
  }

  @Test
  void whileAFinishRingSpreadsItSaysThatItIsBeingCancelled() {
    cluster.until(ChangeTasks.class, Reason.CleaningUp);
    cluster.step();
    cluster.work(Set.of());
    cluster.until(Publish.class, Reason.PublishingRing);
    cluster.step();
    cancel();

    Plan spreading = cluster.step();
    assertThat(spreading.phase()).isEqualTo(Phase.Cancelling);
    assertThat(spreading.decision().reason()).isEqualTo(Reason.RingNotDistributed);
    assertThat(spreading.decision().message())
        .contains("nothing goes on before all do", "is being cancelled");

    cluster.distribute();
    Plan settling = cluster.step();
    assertThat(settling.decision().reason()).isEqualTo(Reason.Settling);
    assertThat(settling.decision().message()).contains("is being cancelled");
    assertEndsAt(5);
  }

  @Test
  void whileTheCancelRingSpreadsItSaysWhoIsWaitedForAndWhatFor() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.wish = spec -> spec.cancel(true);
    cluster.until(Publish.class, Reason.PublishingRing);
    cluster.step();
    cluster.wish = spec -> spec.cancel(true).paused(true);

    Plan spreading = cluster.step();
    assertThat(spreading.phase()).isEqualTo(Phase.Cancelling);
    assertThat(spreading.decision().message())
        .contains("nothing goes on before all do. Node node-a", "is being cancelled", "Paused:");

    cluster.wish = spec -> spec.cancel(true);
    assertEndsAt(4);
  }

  @Test
  void pausedItWaits() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.wish = spec -> spec.cancel(true).paused(true);
    cluster.step();

    assertThat(cluster.plan().decision().reason()).isEqualTo(Reason.Paused);
    cancel();
    assertEndsAt(4);
  }

  @Test
  void aRingOfAnotherHandInTheMiddleOfItIsSeenAsEver() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cancel();
    cluster.until(ChangeTasks.class, Reason.Cancelling);
    cluster.step();
    cluster.until(ChangeTasks.class, Reason.Cancelling);
    Runnable putBack = cluster.keep();
    cluster.reweigh("sda1", 50);

    assertThat(cluster.step().decision().reason()).isEqualTo(Reason.RingChangedExternally);
    putBack.run();
    assertEndsAt(4);
  }

  @Test
  void whatIsCompleteIsNotCancelled() {
    cluster.target = 5;
    cluster.until(ChangeTasks.class, Reason.CleaningUp);
    cancel();

    assertThat(cluster.until(Complete.class, Reason.TargetReached).phase())
        .isEqualTo(Phase.Complete);
  }
}
