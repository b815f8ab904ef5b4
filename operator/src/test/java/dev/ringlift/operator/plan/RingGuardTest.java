package dev.ringlift.operator.plan;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.operator.plan.Decision.Adopt;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.Halt;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.operator.plan.Decision.Wait;
import dev.ringlift.operator.plan.Observation.Task;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.ring.Transition;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What happens when another hand changes ring or builder in mid-increase. */
class RingGuardTest {
  private final ModelCluster cluster = new ModelCluster(3, 4, 5);

  /** Node a is done, b and c are not. */
  private void relinkOneNode() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.finish(cluster.task("node-a", Step.Relink), Set.of());
    assertThat(cluster.step().decision()).isInstanceOf(Wait.class);
  }

  private Halt halt() {
    Plan plan = cluster.step();
    assertThat(plan.decision()).isInstanceOf(Halt.class);
    assertThat(plan.decision().reason()).isEqualTo(Reason.RingChangedExternally);
    return (Halt) plan.decision();
  }

  private PartitionPowerIncreaseStatus status() {
    return Objects.requireNonNull(cluster.status);
  }

  private RelinkTaskSpec spec(String node) {
    return cluster.task(node, Step.Relink).spec();
  }

  private static void wasObeyed(SpentAnnotation spent) {
    assertThat(spent.refusal()).isNull();
  }

  private String refusal() {
    SpentAnnotation spent = cluster.takeAnnotations().getFirst();
    return Objects.requireNonNull(spent.refusal()).message();
  }

  @Test
  void whatWasChangedIsNamedAndBothWaysOut() {
    relinkOneNode();
    String ours = cluster.ringMd5();
    cluster.reweigh("sdb1", 50);

    Halt halt = halt();

    assertThat(halt.message())
        .contains("1 device of another weight (d2 10.0.0.2:6200/sdb1: 50.0, not 100.0)")
        .contains("the builder is another one, with id ")
        .contains("put ring and builder back (the ring of md5 " + ours)
        .contains("from backup grow-backup-" + ours)
        .contains("kubectl annotate ppi grow ringlift.dev/accept-ring=" + cluster.ringMd5());
    Condition stalled =
        Objects.requireNonNull(Conditions.find(cluster.status, ConditionType.Stalled));
    assertThat(stalled.getStatus()).isEqualTo("True");
    assertThat(stalled.getReason()).isEqualTo("RingChangedExternally");
    assertThat(stalled.getMessage()).isEqualTo(halt.message());
    assertThat(status().phase()).isEqualTo(Phase.Relinking);
  }

  @Test
  void tasksThatAreNotDoneArePausedOnceAndGoOnWhenTheRingIsPutBack() {
    relinkOneNode();
    Runnable putBack = cluster.keep();
    cluster.reweigh("sdb1", 50);

    assertThat(halt().pauses())
        .extracting(TaskChange::name)
        .containsExactly("grow-c1-relink-node-b", "grow-c1-relink-node-c");
    assertThat(cluster.agentMay(cluster.task("node-b", Step.Relink))).isFalse();
    assertThat(halt().pauses()).isEmpty();

    putBack.run();
    Plan resumed = cluster.step();

    assertThat(resumed.decision()).isInstanceOf(ChangeTasks.class);
    assertThat(spec("node-b").paused()).isFalse();
    assertThat(spec("node-b").attempt()).as("nothing is lost").isEqualTo(1);
    assertThat(spec("node-b").round()).isZero();
    assertThat(cluster.task("node-a", Step.Relink).hasSucceeded()).isTrue();
    assertThat(cluster.until(Complete.class, Reason.TargetReached).phase())
        .isEqualTo(Phase.Complete);
  }

  @Test
  void afterARingOfOtherPowersAllWorkIsDoneAgain() {
    relinkOneNode();
    Runnable putBack = cluster.keep();
    cluster.transitByAnotherHand(Transition.CANCEL);
    assertThat(halt().disturbs()).isTrue();
    assertThat(Objects.requireNonNull(cluster.publication()).disturbed()).isTrue();
    putBack.run();

    Plan restored = cluster.step();
    assertThat(restored.decision()).isInstanceOf(Adopt.class);
    assertThat(restored.decision().reason()).isEqualTo(Reason.RingRestored);
    assertThat(Objects.requireNonNull(cluster.publication()).round()).isEqualTo(1);
    assertThat(cluster.step().decision().reason()).isEqualTo(Reason.Settling);
    cluster.pass(ModelCluster.SETTINGS.settleAfterPrepare());

    assertThat(cluster.step().decision()).isInstanceOf(ChangeTasks.class);
    assertThat(spec("node-a").round()).isEqualTo(1000);
    assertThat(spec("node-a").attempt()).isEqualTo(2);
    assertThat(cluster.agentMay(cluster.task("node-a", Step.Relink))).isTrue();
    assertThat(cluster.plan().decision()).isInstanceOf(Wait.class);
    cluster.work(Set.of());
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  @Test
  void aRingThatIsAcceptedTakesThePlaceOfThePublishedOneAndAllWorkIsDoneAgain() {
    relinkOneNode();
    cluster.reweigh("sdb1", 50);
    halt();
    cluster.acceptRing = cluster.ringMd5();

    Plan accepted = cluster.step();

    assertThat(accepted.decision()).isInstanceOf(Adopt.class);
    assertThat(accepted.decision().reason()).isEqualTo(Reason.RingAccepted);
    Publication publication = Objects.requireNonNull(cluster.publication());
    assertThat(publication.transition()).isEqualTo("Accepted");
    assertThat(publication.md5()).isEqualTo(cluster.ringMd5());
    assertThat(publication.round()).isEqualTo(1);
    assertThat(publication.builderId()).isEqualTo(cluster.builder.id());
    assertThat(cluster.takeAnnotations()).singleElement().satisfies(RingGuardTest::wasObeyed);

    // The nodes have another ring: nothing is made for this one before all have it.
    Plan held = cluster.step();
    assertThat(held.decision().reason()).isEqualTo(Reason.RingNotDistributed);
    assertThat(spec("node-b").paused()).isTrue();
    cluster.distribute();
    assertThat(cluster.step().decision().reason()).isEqualTo(Reason.Settling);
    cluster.pass(ModelCluster.SETTINGS.settleAfterPrepare());

    assertThat(cluster.step().decision()).isInstanceOf(ChangeTasks.class);
    for (String node : cluster.nodes.keySet()) {
      assertThat(spec(node).ringMd5()).isEqualTo(cluster.ringMd5());
      assertThat(spec(node).ringVersion()).isEqualTo(cluster.ring.version());
      assertThat(spec(node).round()).isEqualTo(1000);
      assertThat(spec(node).attempt()).isEqualTo(2);
      assertThat(spec(node).paused()).isFalse();
    }
    assertThat(cluster.step().decision()).as("none is done yet").isInstanceOf(Wait.class);
    for (String node : cluster.nodes.keySet()) {
      cluster.report(cluster.task(node, Step.Relink), State.Running, List.of());
    }
    assertThat(cluster.plan().facts().problems()).as("nothing has failed").isEmpty();
    for (String node : cluster.nodes.keySet()) {
      cluster.finish(cluster.task(node, Step.Relink), Set.of());
    }
    Publish increase = (Publish) cluster.plan().decision();
    assertThat(increase.transition()).isEqualTo(Transition.INCREASE);
    assertThat(increase.intent().round()).isEqualTo(1);
  }

  @Test
  void aResultOfTheFormerRingIsNoneUnderTheAcceptedOne() {
    relinkOneNode();
    cluster.work(Set.of());
    cluster.reweigh("sdb1", 50);
    halt();
    cluster.acceptRing = cluster.ringMd5();
    cluster.step();
    cluster.distribute();
    cluster.step();
    cluster.pass(Duration.ofHours(1));
    cluster.step();

    // As an agent of old would say it: the state of before, for the spec of now.
    Task task = cluster.task("node-a", Step.Relink);
    cluster.tasks.put(
        task.name(),
        new Task(
            task.name(),
            task.generation(),
            task.resourceVersion(),
            task.spec(),
            ModelCluster.withAttempt(
                Objects.requireNonNull(task.status()), task.spec().attempt(), task.generation())));
    cluster.finish(cluster.task("node-b", Step.Relink), Set.of());
    cluster.finish(cluster.task("node-c", Step.Relink), Set.of());

    assertThat(cluster.plan().decision()).isInstanceOf(Wait.class);
    assertThat(cluster.plan().decision().message()).contains("2 of 3", "node-a");
  }

  @Test
  void anAnnotationThatStaysBecauseOfACrashDoesNothingMore() {
    relinkOneNode();
    cluster.reweigh("sdb1", 50);
    halt();
    cluster.acceptRing = cluster.ringMd5();
    cluster.step(); // and the operator dies before it removes the annotation

    Plan next = cluster.step();

    assertThat(next.decision()).isNotInstanceOf(Adopt.class);
    assertThat(Objects.requireNonNull(cluster.publication()).round()).isEqualTo(1);
    assertThat(cluster.takeAnnotations()).singleElement().satisfies(RingGuardTest::wasObeyed);
    assertThat(cluster.acceptRing).isNull();
  }

  @Test
  void anAnnotationThatNamesAnotherRingIsRefusedOnceAndRemoved() {
    relinkOneNode();
    String ours = cluster.ringMd5();
    cluster.reweigh("sdb1", 50);
    cluster.acceptRing = ours;

    halt();

    assertThat(refusal())
        .contains("was refused, and removed")
        .contains("The ring in the store has md5 " + cluster.ringMd5() + ", not " + ours);
    assertThat(cluster.takeAnnotations()).isEmpty();
    halt();
  }

  @Test
  void aRingWhoseBuilderDoesNotBelongToItIsNotAccepted() {
    relinkOneNode();
    RingBuilder before = cluster.builder;
    cluster.reweigh("sdb1", 50);
    cluster.builder = before;
    cluster.acceptRing = cluster.ringMd5();

    assertThat(halt().message())
        .contains("ring and builder no longer belong together", "can't be accepted");
    assertThat(refusal()).contains("Put the builder there that wrote this ring.");
  }

  @Test
  void aRingFromWhosePowersTheIncreaseCannotGoOnIsNotAccepted() {
    cluster.until(ChangeTasks.class, Reason.CleaningUp);
    cluster.step();
    cluster.transitByAnotherHand(Transition.FINISH);
    cluster.acceptRing = cluster.ringMd5();

    assertThat(halt().message())
        .contains("partition power 5 (no next one), not 5 (next 5)")
        .contains("From partition power 5 (no next one) this increase can't go on");
    assertThat(refusal()).contains("can't go on");
  }

  @Test
  void aRingOfALowerPowerIsCalledSoAndNotAccepted() {
    Runnable original = cluster.keep();
    cluster.until(ChangeTasks.class, Reason.CleaningUp);
    cluster.step();
    original.run();

    assertThat(halt().message())
        .contains("partition power 4 (no next one), not 5 (next 5)")
        .contains("which is a lower one")
        .contains("Swift looks for objects where they no longer are");
  }

  @Test
  void aRingThatSomebodyIncreasedByHandCanBeAcceptedAndIsCleanedUp() {
    relinkOneNode();
    cluster.transitByAnotherHand(Transition.INCREASE);
    halt();
    cluster.acceptRing = cluster.ringMd5();

    Plan accepted = cluster.step();

    assertThat(accepted.phase()).isEqualTo(Phase.Increasing);
    assertThat(status().pastPointOfNoReturn()).isTrue();
    cluster.takeAnnotations();
    Publish finish = (Publish) cluster.until(Publish.class, Reason.PublishingRing).decision();
    assertThat(finish.transition()).isEqualTo(Transition.FINISH);
    assertThat(cluster.task("node-c", Step.Cleanup).hasSucceeded()).isTrue();
  }

  @Test
  void aRebalanceBetweenTwoCyclesCanBeAccepted() {
    ModelCluster two = new ModelCluster(3, 4, 6);
    two.until(ChangeTasks.class, Reason.CleaningUp);
    two.step();
    two.work(Set.of());
    two.until(Publish.class, Reason.PublishingRing);
    two.step();
    two.step();
    two.reweigh("sda1", 50);
    assertThat(two.step().decision()).isInstanceOf(Halt.class);
    two.acceptRing = two.ringMd5();

    Plan accepted = two.step();

    assertThat(accepted.decision().reason()).isEqualTo(Reason.RingAccepted);
    two.takeAnnotations();
    assertThat(two.until(Complete.class, Reason.TargetReached).phase()).isEqualTo(Phase.Complete);
    assertThat(two.ring.partPower()).isEqualTo(6);
  }

  @Test
  void anotherBuilderOfTheSameRingStopsTheIncrease() throws RingFormatException {
    relinkOneNode();
    String id = Objects.requireNonNull(cluster.builder.id());
    String bytes = new String(cluster.builder.toBytes(), ISO_8859_1);
    String other = "0".repeat(id.length());
    cluster.builder = RingBuilder.read(bytes.replace(id, other).getBytes(ISO_8859_1));

    assertThat(halt().message())
        .contains("the builder is another one, with id " + other + ", not " + id);

    cluster.acceptRing = cluster.ringMd5();
    assertThat(cluster.step().decision().reason()).isEqualTo(Reason.RingAccepted);
    assertThat(cluster.plan().decision()).isNotInstanceOf(Halt.class);
  }

  @Test
  void whatAnotherHandChangedBeforeTheFirstRingWasWrittenIsTheNewBeginning() {
    Plan lost = cluster.until(Publish.class, Reason.PublishingRing);
    cluster.say(lost); // the operator dies before it writes the ring
    cluster.reweigh("sdb1", 50);
    cluster.distribute();

    Publish again = (Publish) cluster.until(Publish.class, Reason.PublishingRing).decision();

    assertThat(again.transition()).isEqualTo(Transition.PREPARE);
    assertThat(again.intent().fromMd5()).isEqualTo(cluster.ringMd5());
    cluster.step();
    assertThat(cluster.until(Complete.class, Reason.TargetReached).phase())
        .isEqualTo(Phase.Complete);
  }

  @Test
  void aRingInMidIncreaseIsNeverTheNewBeginning() {
    Plan lost = cluster.until(Publish.class, Reason.PublishingRing);
    cluster.say(lost);
    cluster.reweigh("sdb1", 50);
    cluster.transitByAnotherHand(Transition.PREPARE);

    assertThat(halt().message()).contains("partition power 4 (next 5), not 4 (no next one)");
  }

  @Test
  void aBrokenRingPausesTheTasksToo() {
    relinkOneNode();
    cluster.unusable = new StoredRing.Unusable(Check.RingReadable, "It is no ring.");

    Plan plan = cluster.step();

    assertThat(plan.decision()).isInstanceOf(Halt.class);
    assertThat(plan.decision().reason()).isEqualTo(Reason.RingUnusable);
    assertThat(spec("node-b").paused()).isTrue();
    cluster.unusable = null;
    cluster.step();
    assertThat(spec("node-b").paused()).isFalse();
  }

  @Test
  void aJobAtWorkOnTheRingPausesTheTasksUntilItHasEnded() {
    relinkOneNode();
    cluster.unusable = new StoredRing.Busy("Job swift-ring-rebalance is at work.");

    Plan plan = cluster.step();

    assertThat(plan.decision()).isInstanceOf(Halt.class);
    assertThat(plan.decision().reason()).isEqualTo(Reason.RebalanceJobActive);
    assertThat(plan.phase()).isEqualTo(Phase.Relinking);
    assertThat(spec("node-b").paused()).isTrue();
    cluster.unusable = null;
    cluster.reweigh("sdb1", 50);
    assertThat(halt().reason()).as("what it left").isEqualTo(Reason.RingChangedExternally);
  }

  @Test
  void nothingBeginsBesideAJobAtWork() {
    cluster.unusable = new StoredRing.Busy("Job swift-ring-rebalance is at work.");

    assertThat(cluster.step().decision().reason()).isEqualTo(Reason.RebalanceJobActive);
    cluster.unusable = null;
    assertThat(cluster.until(Complete.class, Reason.TargetReached).phase())
        .isEqualTo(Phase.Complete);
  }

  @Test
  void eachRingOfAnotherHandIsAnEventAndItsEndToo() {
    relinkOneNode();
    Runnable putBack = cluster.keep();
    cluster.reweigh("sdb1", 50);
    assertThat(news()).containsExactly("RingChangedExternally");
    assertThat(news()).isEmpty();
    cluster.reweigh("sdb1", 25);
    assertThat(news()).containsExactly("RingChangedExternally");
    putBack.run();
    assertThat(news()).containsExactly("RingRestored");
    assertThat(news()).isEmpty();
  }

  @Test
  void whatWasWrongBeforeIsWrongWhileNobodyLooksAndIsNotToldAgain() {
    relinkOneNode();
    cluster.finish(cluster.task("node-b", Step.Relink), Set.of("sdb1"));
    assertThat(news()).contains("DeviceFailed");
    Runnable putBack = cluster.keep();
    cluster.reweigh("sdb1", 50);

    assertThat(news()).containsExactly("RingChangedExternally");
    assertThat(status().problems()).extracting(Problem::reason).containsExactly("DeviceFailed");
    assertThat(news()).isEmpty();

    putBack.run();
    assertThat(news()).containsExactly("RingRestored");
    assertThat(status().problems()).extracting(Problem::reason).containsExactly("DeviceFailed");
    cluster.pass(Duration.ofMinutes(1));
    cluster.step();
    cluster.work(Set.of());
    assertThat(news()).contains("Recovered");
  }

  @Test
  void aRingThatIsAcceptedIsNoRecovery() {
    relinkOneNode();
    cluster.finish(cluster.task("node-b", Step.Relink), Set.of("sdb1"));
    cluster.step();
    cluster.reweigh("sdb1", 50);
    cluster.distribute();
    halt();
    cluster.acceptRing = cluster.ringMd5();

    assertThat(news()).containsExactly("PhaseChanged", "RingAccepted");
  }

  @Test
  void aPauseStaysOneWhileTheRingIsAnothers() {
    relinkOneNode();
    cluster.wish = spec -> spec.paused(true);
    cluster.step();
    cluster.reweigh("sdb1", 50);

    assertThat(news()).containsExactly("RingChangedExternally");
  }

  private List<String> news() {
    PartitionPowerIncreaseStatus old = cluster.status;
    Plan plan = cluster.step();
    return Announcements.of(old, status(), plan, cluster.now).stream()
        .map(Announcement::reason)
        .toList();
  }
}
