package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.ringlift.api.v1alpha1.NodeSelection;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkerSettings;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Halt;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.operator.plan.Decision.TaskChange;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** That a user asks for another try of everything that has failed. */
class RetryTest {
  private static final Set<String> ALL_BAD = Set.of("sda1", "sdb1", "sdc1");

  private final ModelCluster cluster = new ModelCluster(3, 4, 5);

  private void oneAtATime() {
    cluster.wish = spec -> spec.nodes(new NodeSelection(null, "1", false, List.of()));
  }

  private void withoutRetries() {
    RelinkerSettings d = RelinkerSettings.DEFAULTS;
    cluster.relinker =
        new RelinkerSettings(
            d.workersPerDevice(),
            d.filesPerSecond(),
            d.ioPressureLimit(),
            0,
            d.clobberHardlinkCollisions(),
            d.ioClass());
  }

  /** Until nothing is tried any more. */
  private void workInVain(Set<String> bad) {
    for (int i = 0; i < 20 && !(cluster.plan().decision() instanceof Stall); i++) {
      cluster.step();
      cluster.distribute();
      cluster.work(bad);
      cluster.pass(Duration.ofMinutes(30));
    }
    assertThat(cluster.step().decision().reason())
        .isIn(Reason.RetriesExhausted, Reason.VerifyFailed);
  }

  private List<TaskChange> changes(Plan plan) {
    return plan.decision() instanceof ChangeTasks change ? change.changes() : List.of();
  }

  @Test
  void isNotedOnEveryNodeAtOnceAndEachTriesInItsTurn() {
    oneAtATime();
    withoutRetries();
    workInVain(ALL_BAD);

    cluster.retry = "all";
    Plan plan = cluster.step();

    assertThat(changes(plan))
        .extracting(change -> change.spec().nodeName(), change -> change.spec().attempt())
        .containsExactly(tuple("node-a", 2), tuple("node-b", 2), tuple("node-c", 2));
    assertThat(changes(plan))
        .extracting(change -> change.spec().paused())
        .containsExactly(false, true, true);
    assertThat(cluster.takeAnnotations(plan))
        .singleElement()
        .satisfies(spent -> assertThat(spent.refusal()).isNull());
    assertThat(cluster.until(Publish.class, Reason.PublishingRing).decision())
        .as("with nothing that asks for it any more")
        .isInstanceOf(Publish.class);
  }

  @Test
  void ofWhatWasVerifiedInVainIsNotedOnEveryNodeToo() {
    cluster.verify = Verify.Sample;
    withoutRetries();
    cluster.until(ChangeTasks.class, Reason.Verifying);
    cluster.step();
    oneAtATime();
    workInVain(ALL_BAD);

    cluster.retry = "all";
    Plan plan = cluster.step();

    assertThat(changes(plan))
        .filteredOn(change -> change.spec().step() == Step.Relink)
        .extracting(
            change -> change.spec().nodeName(),
            change -> change.spec().round(),
            change -> change.spec().paused())
        .containsExactly(
            tuple("node-a", 1, false), tuple("node-b", 1, true), tuple("node-c", 1, true));
    cluster.takeAnnotations(plan);
    assertThat(cluster.retry).isNull();
    assertThat(cluster.until(Publish.class, Reason.PublishingRing).decision())
        .isInstanceOf(Publish.class);
  }

  @Test
  void isKeptUntilThereIsNothingLeftToChangeForIt() {
    withoutRetries();
    workInVain(ALL_BAD);
    cluster.retry = "all";

    Plan first = cluster.plan();
    TaskChange late = changes(first).getLast();
    changes(first).stream().filter(change -> !change.equals(late)).forEach(cluster::change);
    assertThat(cluster.takeAnnotations(first, Set.of(late.name()))).isEmpty();
    assertThat(cluster.retry).isEqualTo("all");

    Plan second = cluster.step();
    assertThat(changes(second)).extracting(TaskChange::name).containsExactly(late.name());
    assertThat(cluster.takeAnnotations(second))
        .singleElement()
        .satisfies(spent -> assertThat(spent.refusal()).isNull());
    assertThat(cluster.tasks.values())
        .extracting(task -> task.spec().attempt())
        .containsExactly(2, 2, 2);
  }

  @Test
  void isKeptWhileAllStandsStillBecauseOfAnotherHandsRing() {
    withoutRetries();
    workInVain(ALL_BAD);
    Runnable putBack = cluster.keep();
    cluster.reweigh("sda1", 50);
    cluster.retry = "all";

    Plan halted = cluster.step();
    assertThat(halted.decision()).isInstanceOf(Halt.class);
    assertThat(cluster.takeAnnotations(halted)).isEmpty();

    putBack.run();
    Plan plan = cluster.step();
    assertThat(changes(plan)).hasSize(3);
    assertThat(cluster.takeAnnotations(plan))
        .singleElement()
        .satisfies(spent -> assertThat(spent.refusal()).isNull());
  }
}
