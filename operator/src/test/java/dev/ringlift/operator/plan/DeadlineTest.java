package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.NodeSelection;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Risk;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.Window;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.operator.plan.Observation.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The time in which cleanup has to end. */
class DeadlineTest {
  private final ModelCluster cluster = new ModelCluster(3, 4, 5);

  private Instant deadline() {
    return Instant.parse(
        Objects.requireNonNull(Objects.requireNonNull(cluster.status).cleanupDeadline()));
  }

  @Test
  void itBeginsWithTheIncreaseAndGoesWithTheEnd() {
    cluster.wish = spec -> spec.reclaimAge("24h");
    cluster.until(ChangeTasks.class, Reason.Relinking);
    assertThat(Objects.requireNonNull(cluster.status).cleanupDeadline()).isNull();

    cluster.until(ChangeTasks.class, Reason.CleaningUp);

    assertThat(Duration.between(cluster.now, deadline()))
        .isBetween(Duration.ofHours(23), Duration.ofHours(24));
    cluster.say(cluster.until(Complete.class, Reason.TargetReached));
    assertThat(cluster.status.cleanupDeadline()).isNull();
  }

  @Test
  void aPauseDoesNotPassOverItInSilence() {
    cluster.wish = spec -> spec.reclaimAge("24h");
    cluster.until(ChangeTasks.class, Reason.CleaningUp);
    cluster.step();
    cluster.wish = spec -> spec.reclaimAge("24h").paused(true);
    cluster.step();
    assertThat(cluster.step().facts().problems()).isEmpty();

    cluster.now = deadline().minus(Duration.ofHours(6));
    cluster.beat();
    List<Problem> problems = cluster.step().facts().problems();

    assertThat(problems)
        .filteredOn(problem -> problem.reason().equals("DeadlineAtRisk"))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.reason()).isEqualTo("DeadlineAtRisk");
              assertThat(problem.message()).contains("has to end by " + deadline());
            });
    cluster.now = deadline();
    cluster.beat();
    assertThat(cluster.step().facts().problems().getFirst().message()).contains("had to end by");
  }

  @Test
  void aRingIsNotIncreasedWhoseCleanupWouldEndTooLate() {
    cluster.took = Duration.ofHours(111); // half as much again fits into a week, just so
    assertThat(cluster.until(Publish.class, Reason.PublishingRing).phase())
        .isEqualTo(Phase.Preparing);
    cluster.until(ChangeTasks.class, Reason.Relinking);
    assertThat(cluster.until(Publish.class, Reason.PublishingRing).phase())
        .isEqualTo(Phase.Increasing);

    cluster.tasks.replaceAll((name, task) -> tookLonger(task, Duration.ofHours(113)));

    Plan refused = cluster.plan();
    assertThat(refused.phase()).isEqualTo(Phase.Relinking);
    assertThat(refused.decision()).isInstanceOf(Stall.class);
    assertThat(refused.decision().reason()).isEqualTo(Reason.CleanupTooLong);
    assertThat(refused.decision().message())
        .contains("about 169 h 30 min of work")
        .contains("reclaimAge (168h)");
    cluster.wish = spec -> spec.acknowledge(Risk.NoProxyProof, Risk.LateCleanup);
    assertThat(cluster.plan().phase()).isEqualTo(Phase.Increasing);
  }

  @Test
  void nodesThatWorkOneAfterTheOtherTakeTheirTimesTogether() {
    cluster.took = Duration.ofHours(40); // 60 h each
    cluster.until(ChangeTasks.class, Reason.Relinking);
    assertThat(cluster.until(Publish.class, Reason.PublishingRing).phase())
        .isEqualTo(Phase.Increasing);

    cluster.wish = spec -> spec.nodes(new NodeSelection(null, "1", false, List.of()));
    assertThat(cluster.plan().decision().message()).contains("about 180 h 0 min of work");
    cluster.wish = spec -> spec.nodes(new NodeSelection(null, "100%", true, List.of()));
    assertThat(cluster.plan().decision().message()).contains("about 180 h 0 min of work");
    cluster.wish = spec -> spec.nodes(new NodeSelection(null, "2", false, List.of()));
    assertThat(cluster.plan().phase()).isEqualTo(Phase.Increasing);
  }

  @Test
  void onlyTimeInWindowsCountsBeforeAndAfter() {
    Window nights = new Window("0 22 * * *", "2h", "UTC");
    cluster.took = Duration.ofDays(2); // 4 h of them in windows
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.until(Publish.class, Reason.PublishingRing);
    cluster.now = Instant.parse("2026-03-04T22:30:00Z");
    cluster.beat();
    cluster.tasks.replaceAll((name, task) -> tookLonger(task, Duration.ofDays(2)));

    cluster.wish = spec -> spec.windows(nights);
    assertThat(cluster.plan().phase()).as("6 h need three nights more").isEqualTo(Phase.Increasing);
    cluster.wish = spec -> spec.windows(nights).reclaimAge("71h");

    assertThat(cluster.plan().decision().reason()).isEqualTo(Reason.CleanupTooLong);
    assertThat(cluster.plan().decision().message()).contains("at 2026-03-07T22:3");
  }

  @Test
  void whileCleanupIsHeldUpItIsSaidInTimeWhenItMustGoOn() {
    cluster.took = Duration.ofHours(80); // cleanup: 120 h
    cluster.until(ChangeTasks.class, Reason.CleaningUp);
    cluster.wish = spec -> spec.paused(true);
    cluster.step();
    assertThat(risks()).as("48 h are left for other things: a quarter is 42").isEmpty();

    cluster.pass(Duration.ofHours(7));
    cluster.step();

    assertThat(risks()).hasSize(1);
    assertThat(risks().getFirst())
        .contains("About 120 h 0 min of work is left")
        .contains("Work must go on by 2026-03-03T09:59:51Z");
    cluster.wish = spec -> spec;
    assertThat(risks()).as("it goes on, in time").isEmpty();
    cluster.pass(Duration.ofHours(50));
    assertThat(risks()).as("it goes on, too late").hasSize(1);
  }

  @Test
  void theOtherClockBeginsWithPrepare() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.wish = spec -> spec.paused(true);
    cluster.pass(Duration.ofHours(125));
    assertThat(cluster.plan().facts().problems()).isEmpty();
    cluster.pass(Duration.ofHours(2));

    assertThat(cluster.plan().facts().problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.reason()).isEqualTo("ReplicationSuspended");
              assertThat(problem.message()).startsWith("No replica has been repaired since 2026-");
            });
  }

  private List<String> risks() {
    return cluster.plan().facts().problems().stream()
        .filter(problem -> problem.reason().equals("DeadlineAtRisk"))
        .map(Problem::message)
        .toList();
  }

  private Task tookLonger(Task task, Duration took) {
    RelinkTaskStatus s = Objects.requireNonNull(task.status());
    return new Task(
        task.name(),
        task.generation(),
        task.resourceVersion(),
        task.spec(),
        new RelinkTaskStatus(
            s.state(),
            s.message(),
            s.attempt(),
            s.round(),
            s.observedGeneration(),
            s.partitions(),
            s.files(),
            s.linked(),
            s.removed(),
            s.errors(),
            s.filesPerSecond(),
            s.devices(),
            s.firstErrors(),
            Times.format(cluster.now.minus(took)),
            Times.format(cluster.now)));
  }
}
