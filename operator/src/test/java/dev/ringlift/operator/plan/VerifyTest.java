package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.api.v1alpha1.RelinkerSettings;
import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.operator.plan.Decision.Wait;
import dev.ringlift.operator.plan.Observation.Task;
import dev.ringlift.ring.Transition;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was relinked is verified, as the user wants it, before there is no way back. */
class VerifyTest {
  private final ModelCluster cluster = new ModelCluster(2, 4, 5);

  @BeforeEach
  void verifySample() {
    cluster.verify = Verify.Sample;
  }

  private void relinkAndBeginToVerify() {
    cluster.until(ChangeTasks.class, Reason.Verifying);
    cluster.step();
  }

  private int round(String node, Step step) {
    return cluster.task(node, step).spec().round();
  }

  /** Verify fails on node-b. */
  private Plan failVerify() {
    cluster.work(Set.of("sdb2"));
    return cluster.step();
  }

  /** Once its back-off is over, relinks node-b anew, and begins to verify it. */
  private void relinkAgain() {
    cluster.pass(Duration.ofMinutes(10));
    cluster.step();
    cluster.work(Set.of());
    cluster.step();
  }

  @Test
  void bySampleUnlessTheUserWantsAnother() {
    assertThat(PartitionPowerIncreaseSpec.of(0, 5, RingSource.inConfigMaps("swift-rings")).verify())
        .isEqualTo(Verify.Sample);
  }

  @Test
  void whenEveryNodeIsRelinkedEachIsVerifiedBeforeTheRingIsIncreased() {
    ChangeTasks begins =
        (ChangeTasks) cluster.until(ChangeTasks.class, Reason.Verifying).decision();
    Plan plan = cluster.step();

    assertThat(begins.changes())
        .extracting(TaskChange::name, task -> task.spec().devices(), task -> task.spec().verify())
        .containsExactly(
            tuple("grow-c1-verify-node-a", List.of("sda1", "sda2"), Verify.Sample),
            tuple("grow-c1-verify-node-b", List.of("sdb1", "sdb2"), Verify.Sample));
    assertThat(plan.phase()).isEqualTo(Phase.Relinking);
    assertThat(plan.decision().message()).startsWith("Verifies what was relinked");
    cluster.finish(cluster.task("node-a", Step.Verify), Set.of());
    assertThat(cluster.plan().decision())
        .isInstanceOfSatisfying(
            Wait.class, wait -> assertThat(wait.message()).contains("waiting for node-b"));
    cluster.finish(cluster.task("node-b", Step.Verify), Set.of());
    assertThat(cluster.plan().decision())
        .isInstanceOfSatisfying(
            Publish.class,
            publish -> assertThat(publish.transition()).isEqualTo(Transition.INCREASE));
  }

  @Test
  void whoWantsNoneGetsNone() {
    cluster.verify = Verify.None;

    cluster.until(Complete.class, Reason.TargetReached);

    assertThat(cluster.tasks.values()).noneMatch(task -> task.spec().step() == Step.Verify);
  }

  @Test
  void whatFailsIsNamedAndItsNodeRelinkedInANewRoundAndVerifiedInThat() {
    relinkAndBeginToVerify();

    Plan failed = failVerify();
    assertThat(failed.decision()).isInstanceOf(Wait.class);
    assertThat(failed.facts().problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.reason()).isEqualTo("VerifyFailed");
              assertThat(problem.node()).isEqualTo("node-b");
              assertThat(problem.device()).isEqualTo("sdb2");
              assertThat(problem.message()).contains("Input/output error");
            });
    cluster.pass(Duration.ofSeconds(29));
    assertThat(cluster.plan().decision()).isInstanceOf(Wait.class);
    cluster.pass(Duration.ofSeconds(1));
    cluster.step();
    assertThat(round("node-a", Step.Relink)).isZero();
    assertThat(round("node-b", Step.Relink)).isEqualTo(1);
    assertThat(cluster.task("node-b", Step.Relink).spec().attempt()).isEqualTo(2);
    assertThat(cluster.plan().decision().reason()).isEqualTo(Reason.Relinking);
    cluster.report(cluster.task("node-b", Step.Relink), State.Running, List.of());
    assertThat(cluster.plan().facts().problems())
        .extracting(Problem::reason, Problem::message)
        .containsExactly(
            tuple("VerifyFailed", "Node node-b failed verification, and is relinked anew."));

    cluster.finish(cluster.task("node-b", Step.Relink), Set.of());
    cluster.step();
    assertThat(round("node-b", Step.Verify)).isEqualTo(1);
    assertThat(cluster.plan().decision()).isInstanceOf(Wait.class);
    cluster.work(Set.of());
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  @Test
  void whatFailsAgainAndAgainStallsUntilTheUserAsksForAnotherTry() {
    cluster.relinker = retries(1);
    relinkAndBeginToVerify();
    failVerify();
    relinkAgain();

    Plan plan = failVerify();
    cluster.pass(Duration.ofHours(1));

    assertThat(plan.decision()).isInstanceOf(Stall.class);
    assertThat(plan.decision().reason()).isEqualTo(Reason.VerifyFailed);
    assertThat(plan.decision().message())
        .contains("sdb2", "Input/output error", "raise spec.relinker.retries")
        .contains("kubectl annotate ppi grow ringlift.dev/retry=node-b");
    assertThat(cluster.step().decision()).isInstanceOf(Stall.class);

    cluster.retry = "node-b";
    Plan retry = cluster.step();
    assertThat(retry.decision()).isInstanceOf(ChangeTasks.class);
    assertThat(cluster.takeAnnotations(retry))
        .singleElement()
        .satisfies(spent -> assertThat(spent.refusal()).isNull());
    assertThat(round("node-b", Step.Relink)).isEqualTo(2);
    assertThat(cluster.until(Publish.class, Reason.PublishingRing).phase())
        .isEqualTo(Phase.Increasing);
  }

  @Test
  void verifyingThatFailedCanBeGivenUp() {
    cluster.verify = Verify.Full;
    cluster.relinker = retries(0);
    relinkAndBeginToVerify();
    assertThat(failVerify().decision()).isInstanceOf(Stall.class);

    cluster.verify = Verify.None;

    assertThat(cluster.until(Publish.class, Reason.PublishingRing).phase())
        .isEqualTo(Phase.Increasing);
  }

  @Test
  void whatIsNoLongerWantedHoldsStillAndWhatIsWantedIsDone() {
    relinkAndBeginToVerify();
    cluster.verify = Verify.Full;

    for (int i = 0; i < 3; i++) {
      cluster.step();
    }

    assertThat(cluster.tasks.values())
        .filteredOn(task -> task.spec().step() == Step.Verify)
        .extracting(Task::name, task -> task.spec().paused())
        .containsExactlyInAnyOrder(
            tuple("grow-c1-verify-node-a", true),
            tuple("grow-c1-verify-node-b", true),
            tuple("grow-c1-full-verify-node-a", false),
            tuple("grow-c1-full-verify-node-b", false));
    cluster.work(Set.of());
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  @Test
  void aPauseReachesThoseThatVerifyWhileAnotherIsRelinkedAnew() {
    relinkAndBeginToVerify();
    cluster.finish(cluster.task("node-b", Step.Verify), Set.of("sdb2"));
    cluster.step();
    cluster.pass(Duration.ofMinutes(10));
    cluster.step();
    cluster.wish = spec -> spec.paused(true);

    cluster.step();

    assertThat(cluster.task("node-a", Step.Verify).spec().paused()).isTrue();
    assertThat(cluster.task("node-b", Step.Relink).spec().paused()).isTrue();
    cluster.wish = spec -> spec;
    assertThat(cluster.until(Publish.class, Reason.PublishingRing).phase())
        .isEqualTo(Phase.Increasing);
  }

  @Test
  void aDiskThatComesWhileVerifyingIsRelinkedAndVerified() {
    relinkAndBeginToVerify();
    cluster.work(Set.of());
    cluster.node("node-a").plugIn(ModelCluster.disk("late"));
    cluster.step();
    cluster.work(Set.of());

    cluster.step();

    assertThat(cluster.task("node-a", Step.Verify).spec().devices()).contains("late");
    assertThat(cluster.plan().decision()).isInstanceOf(Wait.class);
    cluster.work(Set.of());
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  @Test
  void aNodeThatIsGoneBeforeItWasVerifiedHoldsTheIncrease() {
    ModelCluster.ModelNode guest =
        new ModelCluster.ModelNode("node-x", "10.0.0.99", cluster.ringMd5(), cluster.now);
    guest.plugIn(ModelCluster.disk("foreign"));
    cluster.nodes.put(guest.name, guest);
    cluster.until(ChangeTasks.class, Reason.Verifying);
    cluster.nodes.remove(guest.name);
    cluster.step();
    cluster.work(Set.of());

    Plan plan = cluster.plan();

    assertThat(plan.decision()).isInstanceOf(Wait.class);
    assertThat(plan.facts().problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.reason()).isEqualTo("NodeLost");
              assertThat(problem.message()).contains("node-x", "not verified");
            });
  }

  @Test
  void aTaskOfAnotherStepIsTriedAsOftenAsItMayAndNoMore() {
    cluster.relinker = retries(2);
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    for (int i = 0; i < 10; i++) {
      cluster.work(Set.of("sdb2"));
      cluster.step();
      cluster.pass(Duration.ofMinutes(10));
    }

    Plan plan = cluster.step();
    assertThat(cluster.task("node-b", Step.Relink).spec().attempt()).isEqualTo(3);
    assertThat(plan.decision()).isInstanceOf(Stall.class);
    assertThat(plan.decision().reason()).isEqualTo(Reason.RetriesExhausted);
    assertThat(plan.decision().message())
        .contains("after 2 retries", "ringlift.dev/retry=node-b", "sdb2");

    cluster.relinker = retries(3);
    cluster.step();
    assertThat(cluster.task("node-b", Step.Relink).spec().attempt()).isEqualTo(4);
    cluster.work(Set.of("sdb2"));
    cluster.retry = "all";
    cluster.step();
    assertThat(cluster.task("node-b", Step.Relink).spec().attempt()).isEqualTo(5);
  }

  @Test
  void aRetryOfWhatHasNotFailedIsRefused() {
    relinkAndBeginToVerify();
    cluster.retry = "node-a";
    Plan plan = cluster.step();

    assertThat(cluster.takeAnnotations(plan))
        .singleElement()
        .satisfies(
            spent ->
                assertThat(Objects.requireNonNull(spent.refusal()).reason())
                    .isEqualTo("RetryRefused"));
  }

  private static RelinkerSettings retries(int retries) {
    RelinkerSettings d = RelinkerSettings.DEFAULTS;
    return new RelinkerSettings(
        d.workersPerDevice(),
        d.filesPerSecond(),
        d.ioPressureLimit(),
        retries,
        d.clobberHardlinkCollisions(),
        d.ioClass());
  }
}
