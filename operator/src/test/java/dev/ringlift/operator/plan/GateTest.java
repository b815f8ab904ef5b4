package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.Gates;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.plan.Decision.Approve;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Wait;
import dev.ringlift.ring.Transition;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What waits for a user's approval. */
class GateTest {
  private final ModelCluster cluster = new ModelCluster(2, 4, 6);

  private void manual(Gate... gates) {
    Set<Gate> all = Set.of(gates);
    cluster.wish =
        spec ->
            spec.gates(
                new Gates(
                    setting(all, Gate.Relink),
                    setting(all, Gate.Increase),
                    setting(all, Gate.Cleanup)));
  }

  private static Gates.Gate setting(Set<Gate> manual, Gate gate) {
    return manual.contains(gate) ? Gates.Gate.Manual : Gates.Gate.Automatic;
  }

  private Plan untilAsked() {
    return cluster.until(Wait.class, Reason.ApprovalRequired);
  }

  private Plan stepAndTakeAnnotations() {
    Plan plan = cluster.step();
    cluster.takeAnnotations(plan);
    return plan;
  }

  @ParameterizedTest
  @EnumSource(Gate.class)
  void eachManualGateWaitsAndNamesTheCommandThatLetsItPass(Gate gate) {
    manual(gate);

    Plan plan = untilAsked();

    assertThat(plan.phase()).isEqualTo(Phase.AwaitingApproval);
    assertThat(plan.decision().message())
        .contains("kubectl annotate ppi grow ringlift.dev/approve=" + gate + "/1.");
    boolean increased = cluster.ring.partPower() == 5;
    assertThat(increased).isEqualTo(gate == Gate.Cleanup);
    assertThat(cluster.tasks.isEmpty()).isEqualTo(gate == Gate.Relink);
  }

  @Test
  void whatItAsksForIsAnnouncedOnceAndTheChangeOfThePhaseDoesNotRepeatIt() {
    manual(Gate.Relink);
    untilAsked();
    Plan plan = cluster.step();
    PartitionPowerIncreaseStatus status = Objects.requireNonNull(cluster.status);

    List<Announcement> news = Announcements.of(null, status, plan, cluster.now);

    assertThat(news)
        .filteredOn(told -> told.message().contains(ApiConstants.ANNOTATION_APPROVE))
        .extracting(Announcement::reason)
        .containsExactly(EventReason.ApprovalRequired.name());
    assertThat(news.getFirst().message()).isEqualTo("Now AwaitingApproval.");
  }

  @ParameterizedTest
  @EnumSource(Gate.class)
  void anApprovalLetsOnePassInThisCycleAndNotInTheNext(Gate gate) {
    manual(gate);
    untilAsked();
    cluster.approve = gate + "/1";

    assertThat(stepAndTakeAnnotations().decision()).isInstanceOf(Approve.class);

    assertThat(cluster.approve).as("used, and removed").isNull();
    assertThat(Objects.requireNonNull(cluster.status).approved()).containsExactly(gate + "/1");
    assertThat(cluster.plan().decision()).isInstanceOfAny(ChangeTasks.class, Publish.class);
    assertThat(untilAsked().decision().message()).contains(gate + "/2");
  }

  @Test
  void whatWasApprovedOutlivesTheOperatorThatNotedIt() {
    manual(Gate.Increase);
    untilAsked();
    cluster.approve = "Increase/1";
    cluster.say(cluster.plan()); // and dies before it removes the annotation

    Plan next = stepAndTakeAnnotations();

    assertThat(((Publish) next.decision()).transition()).isEqualTo(Transition.INCREASE);
    assertThat(cluster.approve).isNull();
  }

  @Test
  void anApprovalThatIsWithdrawnBeforeItWasNotedCountsNot() {
    manual(Gate.Increase);
    untilAsked();
    cluster.approve = "Increase/1";
    cluster.plan(); // seen, and not written: the object has changed meanwhile
    cluster.approve = null;

    assertThat(cluster.step().decision().reason()).isEqualTo(Reason.ApprovalRequired);
  }

  @Test
  void anApprovalOfAGateThatIsNotOpenIsRefusedAndRemoved() {
    manual(Gate.Increase);
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.approve = "Increase/1";
    Plan plan = cluster.step();

    SpentAnnotation spent = cluster.takeAnnotations(plan).getFirst();

    assertThat(Objects.requireNonNull(spent.refusal()).message())
        .contains("Increase/1 is not the gate that is open");
    assertThat(untilAsked().decision().message()).contains("Increase/1");
  }

  @Test
  void anApprovalOfAnotherGateThanTheOpenOneIsToldWhichIsOpen() {
    manual(Gate.Increase);
    untilAsked();
    cluster.approve = "Increase/2";

    Plan plan = cluster.step();

    assertThat(plan.decision().reason()).isEqualTo(Reason.ApprovalRequired);
    SpentAnnotation spent = cluster.takeAnnotations(plan).getFirst();
    assertThat(Objects.requireNonNull(spent.refusal()).message()).contains("=Increase/1.");
  }

  @Test
  void turningTheGateToAutomaticLetsAllPass() {
    manual(Gate.Relink, Gate.Increase, Gate.Cleanup);
    untilAsked();
    manual();

    assertThat(cluster.until(Complete.class, Reason.TargetReached).phase())
        .isEqualTo(Phase.Complete);
  }

  @Test
  void aStepThatHasToBeginAnewIsNotAskedForAgain() {
    manual(Gate.Relink);
    untilAsked();
    cluster.approve = "Relink/1";
    stepAndTakeAnnotations();
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    Runnable putBack = cluster.keep();
    cluster.transitByAnotherHand(Transition.CANCEL);
    cluster.step();
    putBack.run();

    assertThat(cluster.until(ChangeTasks.class, Reason.Relinking).phase())
        .isEqualTo(Phase.Relinking);
  }

  @Test
  void anApprovalMayBeGivenWhileAllIsPaused() {
    manual(Gate.Increase);
    untilAsked();
    cluster.wish =
        spec ->
            spec.paused(true)
                .gates(new Gates(Gates.Gate.Automatic, Gates.Gate.Manual, Gates.Gate.Automatic));
    cluster.approve = "Increase/1";

    stepAndTakeAnnotations();

    assertThat(cluster.step().decision().reason()).isEqualTo(Reason.Paused);
    assertThat(cluster.ring.partPower()).isEqualTo(4);
    manual(Gate.Increase);
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }
}
