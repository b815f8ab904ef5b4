package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.ErrorCount;
import dev.ringlift.api.v1alpha1.ErrorCount.Kind;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Progress;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.api.v1alpha1.RelinkerSettings;
import dev.ringlift.api.v1alpha1.Window;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.Publish;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is said of an increase, and when it is said anew. */
class StatusAggregatorTest {
  private final ModelCluster cluster = new ModelCluster(2, 4, 5);

  private PartitionPowerIncreaseStatus status() {
    return Objects.requireNonNull(cluster.status);
  }

  private Condition condition(ConditionType type) {
    return Objects.requireNonNull(Conditions.find(cluster.status, type));
  }

  private static DeviceProgress walking(String name, long done) {
    return new DeviceProgress(name, DeviceState.Running, done, 16, 1, 1, 0, 0, null);
  }

  @Test
  void aStatusThatSaysNothingNewIsTheOldOne() {
    cluster.node("node-a").alive = false;
    cluster.pass(Duration.ofMinutes(5));
    cluster.step();
    PartitionPowerIncreaseStatus before = status();

    cluster.pass(Duration.ofMinutes(5));
    cluster.step();

    assertThat(status()).isSameAs(before);
  }

  @Test
  void anEstimateThatOnlyTimeHasMovedIsNotSaidAnew() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.report(cluster.task("node-a", Step.Relink), State.Running, List.of(walking("sda1", 8)));
    cluster.pass(Duration.ofMinutes(1));
    cluster.step();
    PartitionPowerIncreaseStatus before = status();
    cluster.pass(Duration.ofMinutes(1));
    cluster.step();

    assertThat(before.progress()).isNotNull();
    assertThat(status()).isSameAs(before);
  }

  @Test
  void whatAStepWaitsForIsToldWithWhyItDoesNotCome() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.node("node-b").alive = false;
    cluster.pass(Duration.ofMinutes(5));
    cluster.step();

    assertThat(status().message())
        .contains("waiting for node-a, node-b.", "Node node-b does not answer")
        .contains("exclude its devices if it is lost for good");
  }

  @Test
  void errorsAreSummedByKindAndThoseOfNoKnownKindAreOthers() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.report(
        cluster.task("node-a", Step.Relink),
        State.Running,
        List.of(failing("sda1", 3, new ErrorCount(Kind.Full, 2)), failing("sda2", 4)));
    cluster.report(
        cluster.task("node-b", Step.Relink),
        State.Running,
        List.of(failing("sdb1", 5, new ErrorCount(Kind.Full, 1), new ErrorCount(Kind.Io, 4))));
    cluster.step();

    assertThat(Objects.requireNonNull(status().progress()).errorsByKind())
        .containsExactly(
            new ErrorCount(Kind.Io, 4),
            new ErrorCount(Kind.Full, 3),
            new ErrorCount(Kind.Other, 5));
  }

  private static DeviceProgress failing(String name, long errors, ErrorCount... byKind) {
    return new DeviceProgress(
        name, DeviceState.Running, 8, 16, 1, 1, 0, errors, List.of(byKind), null, null);
  }

  @Test
  void theTimeOfAConditionMovesOnlyWithItsStatus() {
    cluster.step();
    String preparing = condition(ConditionType.RingDistributed).getLastTransitionTime();
    cluster.pass(Duration.ofSeconds(10));
    cluster.step();
    assertThat(condition(ConditionType.RingDistributed).getStatus()).isEqualTo("False");
    assertThat(condition(ConditionType.RingDistributed).getMessage()).contains("node-a");
    assertThat(condition(ConditionType.RingDistributed).getLastTransitionTime())
        .isEqualTo(preparing);

    cluster.distribute();
    cluster.pass(Duration.ofSeconds(10));
    cluster.step();
    assertThat(condition(ConditionType.RingDistributed).getStatus()).isEqualTo("True");
    assertThat(condition(ConditionType.RingDistributed).getLastTransitionTime())
        .isEqualTo(Times.format(cluster.now));
  }

  @Test
  void aStallIsStalledAndNotReconcilingAsKstatusWantsIt() {
    cluster.node("node-a").ringMd5 = "0".repeat(32);
    cluster.step();

    assertThat(condition(ConditionType.Stalled).getStatus()).isEqualTo("True");
    assertThat(condition(ConditionType.Reconciling).getStatus()).isEqualTo("False");
    assertThat(condition(ConditionType.Ready).getStatus()).isEqualTo("False");
    assertThat(condition(ConditionType.PreflightPassed).getStatus()).isEqualTo("False");
    assertThat(condition(ConditionType.Complete).getStatus()).isEqualTo("False");
  }

  @Test
  void theIntentStandsInTheStatusBeforeTheRingIsWritten() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.work(Set.of());
    Plan plan = cluster.until(Publish.class, Reason.PublishingRing);
    cluster.say(plan);

    assertThat(status().publication()).isEqualTo(((Publish) plan.decision()).intent());
    assertThat(status().pastPointOfNoReturn()).isTrue();
    assertThat(condition(ConditionType.RingDistributed).getStatus()).isEqualTo("False");
    assertThat(condition(ConditionType.RingDistributed).getReason()).isEqualTo("PublishingRing");
  }

  @Test
  void replicationIsSuspendedFromPrepareToFinish() {
    cluster.step();
    String since = status().replicationSuspendedSince();
    assertThat(since).isEqualTo(Times.format(cluster.now));

    cluster.until(ChangeTasks.class, Reason.CleaningUp);
    assertThat(status().replicationSuspendedSince()).isEqualTo(since);

    Plan complete = cluster.until(Complete.class, Reason.TargetReached);
    cluster.say(complete);
    assertThat(status().replicationSuspendedSince()).isNull();
    assertThat(status().completionTime()).isEqualTo(Times.format(cluster.now));
  }

  @Test
  void progressCountsEachDeviceTheSameAndSaysHundredOnlyOfWhatIsComplete() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.report(
        cluster.task("node-a", Step.Relink),
        State.Running,
        List.of(walking("sda1", 16), walking("sda2", 8)));
    cluster.step();
    Progress half = Objects.requireNonNull(status().progress());
    assertThat(half.percent()).isEqualTo(37);
    assertThat(half.filesPerSecond()).isEqualTo(100);

    cluster.finish(cluster.task("node-a", Step.Relink), Set.of());
    cluster.report(
        cluster.task("node-b", Step.Relink),
        State.Running,
        List.of(walking("sdb1", 16), walking("sdb2", 16)));
    cluster.step();
    assertThat(Objects.requireNonNull(status().progress()).percent()).isEqualTo(99);

    cluster.finish(cluster.task("node-b", Step.Relink), Set.of());
    cluster.say(cluster.plan());
    assertThat(Objects.requireNonNull(status().progress()).percent()).isEqualTo(100);
    assertThat(Objects.requireNonNull(status().nodes()).summary()).isEqualTo("2/2");
  }

  @Test
  void theEstimateFollowsFromTheTimeWorkedAndTheShareDone() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.report(
        cluster.task("node-a", Step.Relink),
        State.Running,
        List.of(worked("sda1", 8, 300), worked("sda2", 8, 250)));
    cluster.pass(Duration.ofDays(5)); // in which nothing was done: the estimate leaves it out
    cluster.step();

    // node-a is half done after 300 s; node-b, which does not tell yet, has all of it before it
    assertThat(Objects.requireNonNull(status().progress()).estimatedCompletion())
        .isEqualTo(Times.format(cluster.now.plusSeconds(600)));
  }

  private void workWithAnEstimate() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.report(
        cluster.task("node-a", Step.Relink),
        State.Running,
        List.of(worked("sda1", 8, 300), worked("sda2", 8, 250)));
    cluster.step();
    assertThat(progress().estimatedCompletion()).isNotNull();
  }

  private Progress progress() {
    return Objects.requireNonNull(status().progress());
  }

  @Test
  void whatIsPausedHasNoEstimateUntilItGoesOn() {
    workWithAnEstimate();
    cluster.wish = spec -> spec.paused(true);

    cluster.step();
    assertThat(progress().estimatedCompletion()).as("while tasks are paused").isNull();
    cluster.step();
    assertThat(progress().estimatedCompletion()).isNull();
    assertThat(progress().percent()).as("what is done stays").isEqualTo(25);

    cluster.wish = spec -> spec.paused(false);
    cluster.step();
    assertThat(progress().estimatedCompletion()).isNotNull();
  }

  @Test
  void outsideOfTheWindowsTheEstimateCountsThem() {
    workWithAnEstimate();
    cluster.wish = spec -> spec.windows(new Window("0 22 * * *", "1h", "UTC"));

    cluster.step();

    assertThat(progress().estimatedCompletion()).endsWith("T22:10:00Z");
  }

  @Test
  void whatAnotherHandHaltedHasNeitherEstimateNorSpeed() {
    workWithAnEstimate();
    cluster.reweigh("sdb1", 50);

    cluster.step();

    assertThat(condition(ConditionType.Stalled).getStatus()).isEqualTo("True");
    assertThat(progress().estimatedCompletion()).isNull();
    assertThat(progress().filesPerSecond()).isZero();
    assertThat(progress().percent()).as("what is done stays").isEqualTo(25);
  }

  @Test
  void aStepThatWaitsForTheUserHasNoEstimate() {
    RelinkerSettings d = RelinkerSettings.DEFAULTS;
    cluster.relinker =
        new RelinkerSettings(
            d.workersPerDevice(),
            d.filesPerSecond(),
            d.ioPressureLimit(),
            0,
            d.clobberHardlinkCollisions(),
            d.ioClass());
    workWithAnEstimate();
    cluster.finish(cluster.task("node-b", Step.Relink), Set.of("sdb1"));

    assertThat(cluster.step().decision().reason()).isEqualTo(Reason.RetriesExhausted);

    assertThat(progress().estimatedCompletion()).isNull();
  }

  @Test
  void anEstimateThatAFormerVersionLeftStandingIsTakenAway() {
    workWithAnEstimate();
    String estimate = progress().estimatedCompletion();
    cluster.wish = spec -> spec.paused(true);
    cluster.step();
    cluster.step();
    Progress p = progress();
    cluster.status =
        status()
            .withProgress(
                new Progress(
                    p.percent(),
                    p.summary(),
                    p.partitionsDone(),
                    p.partitionsTotal(),
                    p.files(),
                    p.linked(),
                    p.removed(),
                    p.errors(),
                    p.errorsByKind(),
                    p.filesPerSecond(),
                    estimate));

    cluster.step();

    assertThat(progress().estimatedCompletion()).isNull();
  }

  private static DeviceProgress worked(String name, long done, long seconds) {
    return new DeviceProgress(
        name, DeviceState.Running, done, 16, 1, 1, 0, 0, List.of(), seconds, null);
  }
}
