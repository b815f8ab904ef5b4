package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.NodeSelection;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Risk;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.api.v1alpha1.Window;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.operator.plan.Observation.Rival;
import dev.ringlift.operator.plan.Observation.Task;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

  private static final String JOB = "Job swift-ring-rebalance is at work.";

  /** All that keeps an increase from its ring, begun in the middle of cleanup. */
  enum Halted {
    ANOTHER_HANDS_RING {
      @Override
      void begin(ModelCluster cluster) {
        cluster.reweigh("sdb1", 50);
      }
    },
    NO_RING {
      @Override
      void begin(ModelCluster cluster) {
        cluster.unusable = new StoredRing.Unusable(Check.RingReadable, "It is no ring.");
      }
    },
    JOB_AT_WORK {
      @Override
      void begin(ModelCluster cluster) {
        cluster.unusable = new StoredRing.Busy(JOB);
      }
    },
    ANOTHER_INCREASE_IS_FIRST {
      @Override
      void begin(ModelCluster cluster) {
        cluster.rivals.add(new Rival("older", Instant.EPOCH, true));
      }
    };

    abstract void begin(ModelCluster cluster);
  }

  @ParameterizedTest
  @EnumSource
  void bothClocksAreWatchedWhateverHaltsTheIncrease(Halted halted) {
    cluster.took = Duration.ofHours(80); // cleanup: 120 h
    cluster.until(ChangeTasks.class, Reason.CleaningUp);
    cluster.step();
    halted.begin(cluster);
    cluster.step();
    assertThat(risks()).as("48 h are left for other things: a quarter is 42").isEmpty();

    cluster.pass(Duration.ofHours(7));
    cluster.step();

    assertThat(risks()).singleElement().asString().contains("Work must go on by 2026-03-03T09:59");
    Condition degraded =
        Objects.requireNonNull(Conditions.find(cluster.status, ConditionType.Degraded));
    assertThat(degraded.getReason()).isEqualTo("DeadlineAtRisk");
    cluster.pass(Duration.ofDays(5));
    assertThat(reasons(cluster.step()))
        .containsExactlyInAnyOrder("DeadlineAtRisk", "ReplicationSuspended");
    cluster.pass(Duration.ofDays(2));
    assertThat(risks()).singleElement().asString().contains("had to end by");
  }

  @Test
  void itIsToldFirstOfHoweverManyProblems() {
    ModelCluster large = new ModelCluster(20, 8, 9);
    large.until(ChangeTasks.class, Reason.CleaningUp);
    large.step();
    large.now = large.now.plus(Duration.ofHours(200)); // all nodes are lost

    large.step();

    List<Problem> told = Objects.requireNonNull(Objects.requireNonNull(large.status).problems());
    assertThat(told)
        .hasSize(20)
        .extracting(Problem::reason)
        .startsWith("DeadlineAtRisk", "ReplicationSuspended", "NodeLost");
  }

  @Test
  void aTryThatHasJustBegunDoesNotHideHowLongItsDiskWillTake() {
    cluster.took = Duration.ofHours(80); // cleanup: 120 h
    cluster.until(ChangeTasks.class, Reason.CleaningUp);
    cluster.step();
    cluster.pass(Duration.ofHours(60));
    cluster.took = Duration.ofHours(60);
    cluster.work(Set.of("sda1"));
    assertThat(cluster.task("node-a", Step.Cleanup).hasEnded()).isTrue();
    cluster.pass(Duration.ofMinutes(1));
    cluster.step();
    Task again = cluster.task("node-a", Step.Cleanup);
    assertThat(again.spec().attempt()).isEqualTo(2);
    cluster.took = Duration.ZERO;
    cluster.report(
        again, State.Running, Objects.requireNonNull(again.status()).devices()); // sda1: 3 of 8
    assertThat(risks()).as("75 h of work, 107 h of time").isEmpty();

    cluster.pass(Duration.ofHours(33));

    assertThat(risks()).singleElement().asString().contains("About 75 h 0 min of work is left");
  }

  @Test
  void aDiskThatIsBehindTheOthersIsWhatTakesLong() {
    cluster.until(ChangeTasks.class, Reason.CleaningUp);
    cluster.step();
    cluster.pass(Duration.ofDays(3));
    cluster.took = Duration.ofDays(3);
    cluster.work(Set.of("sda1"));
    Task task = cluster.task("node-a", Step.Cleanup);

    cluster.report(task, State.Running, Objects.requireNonNull(task.status()).devices());

    assertThat(risks()).as("3 of 8 parts in 72 h").singleElement().asString().contains("120 h");
  }

  @Test
  void whereEveryNodeWasTriedAgainAllOfTheTimeSincePrepareIsTheMeasure() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.pass(Duration.ofHours(100));
    cluster.work(Set.of("sda1", "sdb1", "sdc1"));
    cluster.pass(Duration.ofMinutes(1));
    cluster.step();
    cluster.pass(Duration.ofHours(20));
    cluster.work(Set.of());

    Plan refused = cluster.plan();

    assertThat(refused.decision().reason()).isEqualTo(Reason.CleanupTooLong);
    assertThat(refused.decision().message())
        .contains("no node was relinked at one go")
        .contains("up to 180 h ");
    cluster.wish = spec -> spec.acknowledge(Risk.NoProxyProof, Risk.LateCleanup);
    assertThat(cluster.plan().phase()).isEqualTo(Phase.Increasing);
  }

  @Test
  void aNodeThatWasTriedAgainIsTakenToNeedWhatTheOthersDo() {
    cluster.took = Duration.ofHours(113);
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.work(Set.of("sda1", "sdb1"));
    cluster.pass(Duration.ofMinutes(1));
    cluster.step();
    cluster.took = Duration.ofMinutes(1);
    cluster.work(Set.of());

    assertThat(cluster.plan().decision().message()).contains("about 169 h 30 min of work");
  }

  @Test
  void relinkingWhatIsLinkedAlreadySaysLessOfCleanup() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.work(Set.of());
    cluster.reweigh("sdb1", 50);
    cluster.step();
    cluster.acceptRing = cluster.ringMd5();
    cluster.step();
    cluster.takeAnnotations();
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.took = Duration.ofHours(57);
    cluster.work(Set.of());

    assertThat(cluster.plan().decision().reason()).isEqualTo(Reason.CleanupTooLong);
    assertThat(cluster.plan().decision().message()).contains("about 171 h 0 min of work");
  }

  private static List<String> reasons(Plan plan) {
    return plan.facts().problems().stream().map(Problem::reason).toList();
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
