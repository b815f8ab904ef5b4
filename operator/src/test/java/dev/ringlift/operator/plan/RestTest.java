package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.Window;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.operator.plan.Observation.Rival;
import dev.ringlift.operator.plan.Observation.Task;
import dev.ringlift.ring.Transition;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a user holds up: by pausing, or by the times in which he allows work. */
class RestTest {
  private final ModelCluster cluster = new ModelCluster(3, 4, 5);

  private void pause(boolean paused) {
    cluster.wish = spec -> spec.paused(paused);
  }

  private void windows(String start, String duration) {
    cluster.wish = spec -> spec.windows(new Window(start, duration, "UTC"));
  }

  private Condition paused() {
    return Objects.requireNonNull(Conditions.find(cluster.status, ConditionType.Paused));
  }

  private void workInTheFirstStep() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.finish(cluster.task("node-a", Step.Relink), Set.of());
  }

  @Test
  void pausedBeforeTheBeginningNothingIsChanged() {
    pause(true);

    Plan plan = cluster.step();

    assertThat(plan.decision().reason()).isEqualTo(Reason.Paused);
    assertThat(plan.facts().preflight()).as("the checks are made all the same").isNotEmpty();
    assertThat(paused().getStatus()).isEqualTo("True");
    assertThat(cluster.ring.nextPartPower()).isNull();
  }

  @Test
  void whatIsWaitedForIsSaidTogetherWithThePauseThatFollows() {
    cluster.step();
    pause(true);

    Plan spreading = cluster.step();
    assertThat(spreading.decision().reason()).isEqualTo(Reason.RingNotDistributed);
    assertThat(spreading.decision().message())
        .contains("0 of 3 nodes have the ring", "Paused: all holds still");
    assertThat(paused().getStatus()).isEqualTo("True");
  }

  @Test
  void behindAnotherIncreaseThePauseIsSaidTooBeforeAndAfterItBegan() {
    pause(true);
    cluster.rivals.add(new Rival("first", Instant.EPOCH, true));

    Plan plan = cluster.step();
    assertThat(plan.decision().message())
        .startsWith("Waits for PartitionPowerIncrease first,")
        .endsWith(" Paused: all holds still until spec.paused is false again.");
    assertThat(paused().getStatus()).isEqualTo("True");
    assertThat(
            Announcements.of(null, Objects.requireNonNull(cluster.status), plan, cluster.now)
                .getFirst()
                .message())
        .startsWith("Now Pending: Waits for PartitionPowerIncrease first,")
        .doesNotContain("Paused");

    cluster.rivals.clear();
    pause(false);
    workInTheFirstStep();
    pause(true);
    cluster.rivals.add(new Rival("first", Instant.EPOCH, true));

    assertThat(cluster.step().decision().message())
        .contains("Waits for PartitionPowerIncrease first,", "Paused: all holds still");
  }

  @Test
  void tasksThatAreNotDoneArePausedAndGoOnAfterwards() {
    workInTheFirstStep();
    pause(true);

    Plan plan = cluster.step();
    assertThat(plan.phase()).isEqualTo(Phase.Relinking);
    assertThat(cluster.tasks.values())
        .extracting(Task::spec)
        .allSatisfy(spec -> assertThat(spec.paused()).isEqualTo(!spec.nodeName().equals("node-a")));
    Plan held = cluster.step();
    assertThat(held.decision().reason()).isEqualTo(Reason.Paused);
    assertThat(held.decision().message()).contains("spec.paused", "1 of 3 nodes done");
    assertThat(held.phase()).isEqualTo(Phase.Relinking);

    pause(false);
    cluster.step();
    assertThat(cluster.tasks.values()).noneMatch(task -> task.spec().paused());
    assertThat(cluster.until(Complete.class, Reason.TargetReached).phase())
        .isEqualTo(Phase.Complete);
    assertThat(paused().getStatus()).isEqualTo("False");
  }

  @Test
  void noRingIsPublishedWhilePausedNotEvenTheLast() {
    cluster.until(ChangeTasks.class, Reason.CleaningUp);
    cluster.step();
    cluster.work(Set.of());
    cluster.distribute();
    pause(true);
    cluster.pass(Duration.ofHours(1));

    assertThat(cluster.step().decision().reason()).isEqualTo(Reason.Paused);

    assertThat(cluster.ring.nextPartPower()).isEqualTo(5);
  }

  @Test
  void aTaskThatFailedIsNotTriedAgainWhilePaused() {
    workInTheFirstStep();
    cluster.work(Set.of("sdb2"));
    pause(true);
    cluster.step();
    cluster.pass(Duration.ofHours(1));
    cluster.step();

    assertThat(cluster.task("node-b", Step.Relink).spec().attempt()).isEqualTo(1);
  }

  @Test
  void outsideOfTheWindowsNothingBeginsAndTheMessageSaysWhenItGoesOn() {
    windows("0 22 * * *", "8h");

    Plan plan = cluster.step();

    assertThat(plan.decision().reason()).isEqualTo(Reason.OutsideWindow);
    assertThat(plan.decision().message()).contains("2026-03-01T22:00:00Z");
    cluster.now = Instant.parse("2026-03-01T22:00:00Z");
    cluster.beat();
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  @Test
  void workThatRunsIsPausedWhenTheWindowClosesAndGoesOnWhenItOpensAgain() {
    windows("0 9 * * *", "90m");
    workInTheFirstStep();
    cluster.now = Instant.parse("2026-03-01T10:30:00Z");
    cluster.beat();

    cluster.step();
    assertThat(cluster.task("node-b", Step.Relink).spec().paused()).isTrue();
    assertThat(cluster.plan().decision().reason()).isEqualTo(Reason.OutsideWindow);
    assertThat(cluster.plan().decision().message()).contains("2026-03-02T09:00:00Z");

    cluster.now = Instant.parse("2026-03-02T09:00:00Z");
    cluster.beat();
    cluster.step();
    assertThat(cluster.task("node-b", Step.Relink).spec().paused()).isFalse();
  }

  @Test
  void theRingThatEndsACycleWaitsForNoWindow() {
    cluster.until(ChangeTasks.class, Reason.CleaningUp);
    cluster.step();
    cluster.work(Set.of());
    windows("0 22 * * *", "1h");
    cluster.pass(Duration.ofHours(1));

    Publish publish = (Publish) cluster.plan().decision();

    assertThat(publish.transition()).isEqualTo(Transition.FINISH);
  }

  @Test
  void theIncreaseWaitsForAWindow() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.work(Set.of());
    windows("0 22 * * *", "1h");

    assertThat(cluster.plan().decision().reason()).isEqualTo(Reason.OutsideWindow);
  }

  @Test
  void aWindowThatNobodyCanReadIsAFailedCheckBeforeTheBeginning() {
    windows("every night", "8h");

    Plan plan = cluster.step();

    assertThat(plan.phase()).isEqualTo(Phase.Preflight);
    assertThat(plan.decision().message()).contains("every night", "five fields of cron");
    assertThat(cluster.ring.nextPartPower()).isNull();
  }

  @Test
  void aWindowThatNobodyCanReadStopsWorkWithAConditionAfterwards() {
    workInTheFirstStep();
    windows("0 22 * * 1-5", "8h");
    cluster.wish = spec -> spec.windows(new Window("0 22 * * *", "8h", "Europe/Atlantis"));

    cluster.step();
    Plan plan = cluster.step();

    assertThat(plan.decision()).isInstanceOf(Stall.class);
    assertThat(plan.decision().message()).contains("Europe/Atlantis");
    assertThat(cluster.task("node-b", Step.Relink).spec().paused()).isTrue();
  }
}
