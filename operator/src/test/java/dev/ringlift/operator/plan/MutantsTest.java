package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringlift.api.v1alpha1.Consumer.Proof;
import dev.ringlift.api.v1alpha1.Gates;
import dev.ringlift.api.v1alpha1.NodeSelection;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.operator.plan.Decision.Cancelled;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Halt;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.operator.plan.Decision.Wait;
import dev.ringlift.operator.plan.OperatorModel.Decider;
import dev.ringlift.operator.plan.Surroundings.Fault;
import dev.ringlift.operator.plan.World.Luck;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.Transition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Each invariant broken on purpose, in the planner or around it: the {@link Explorer} finds it. */
class MutantsTest {
  private static final Luck ONE_FAULT = new Luck(1, 0, 0);
  private static final Luck TWO_FAULTS = new Luck(2, 0, 0);
  private static final Luck ONE_WISH = new Luck(0, 1, 0);
  private static final Luck ONE_DEATH = new Luck(0, 0, 1);
  private static final Planner PLANNER = new Planner(Site.SETTINGS);

  private final Site site = new Site(2, 3, 4);

  /** What to leave unchecked, so that another invariant has to find it. */
  private Set<Invariant> unchecked = EnumSet.noneOf(Invariant.class);

  private boolean guarded = true;
  private boolean looksTwice = true;
  private boolean interleaved;

  private static Decider believing(UnaryOperator<Observation> hearsay) {
    return (seen, now) -> PLANNER.plan(hearsay.apply(seen), now);
  }

  @Test
  void everyInvariantHasAMutant() throws IOException {
    Path source = Path.of("src/test/java/dev/ringlift/operator/plan/MutantsTest.java");
    String mutants = Files.readString(source);

    assertThat(Invariant.values())
        .allSatisfy(
            invariant ->
                assertThat(mutants)
                    .containsPattern("caught\\(\\s*Invariant\\." + invariant.name() + ","));
  }

  private void caught(Invariant by, Site at, Decider decider, Luck luck, Fault... faults) {
    caught(by, at, decider, writes -> writes, luck, faults);
  }

  private void caught(
      Invariant by,
      Site at,
      Decider decider,
      UnaryOperator<List<Write>> writes,
      Luck luck,
      Fault... faults) {
    Set<Fault> possible = EnumSet.noneOf(Fault.class);
    possible.addAll(List.of(faults));
    OperatorModel operator =
        new OperatorModel(at, decider, writes, guarded, looksTwice, new Checks(at, unchecked));
    Explorer explorer = new Explorer(operator, new Surroundings(at, possible), interleaved);

    assertThatThrownBy(() -> explorer.from(at.untouched(luck)))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(by.name())
        .hasMessageContaining("events:");
  }

  @Test
  void aBarrierThatIsAlwaysPassed() {
    caught(Invariant.BARRIER, site, believing(Hearsay::everybodyHasTheRing), Luck.OUT);
  }

  @Test
  void aBarrierThatIsAlwaysPassedMakesObjectsUnreadable() {
    unchecked = EnumSet.of(Invariant.BARRIER, Invariant.OLD_POWER, Invariant.ENDS);
    caught(Invariant.READABLE, site, believing(Hearsay::everybodyHasTheRing), Luck.OUT);
  }

  @Test
  void noTimeToSettle() {
    caught(Invariant.BARRIER, site, believing(Hearsay::settledLongAgo), Luck.OUT);
  }

  @Test
  void aDiskThatIsNotThereIsOverlookedBeforeTheFirstRing() {
    Decider decider = believing(Hearsay::everyDiskIsMounted);
    caught(Invariant.FIRST_RING, site, decider, ONE_FAULT, Fault.DISK_UNMOUNTS);
  }

  @Test
  void aFirstRingOnWhatACacheSaysOfTheDisks() {
    looksTwice = false;
    caught(
        Invariant.FIRST_RING,
        site,
        PLANNER::plan,
        TWO_FAULTS,
        Fault.CACHE_STALLS,
        Fault.DISK_UNMOUNTS);
  }

  @Test
  void aBarrierThatIsPassedOnWhatACacheSaysOfTheNodesMakesObjectsUnreadable() {
    looksTwice = false;
    caught(
        Invariant.READABLE,
        site,
        PLANNER::plan,
        TWO_FAULTS,
        Fault.CACHE_STALLS,
        Fault.NODE_FALLS_BACK);
  }

  @Test
  void anOlderIncreaseThatIsOverlooked() {
    caught(
        Invariant.FIRST_COME,
        site.behindAnotherIncrease(),
        believing(Hearsay::thereIsNoOther),
        Luck.OUT);
  }

  @Test
  void aFurtherCycleBeforeReplicationHasHadItsTurn() {
    Site further = new Site(1, 3, 5);
    caught(Invariant.REPLICATED, further, believing(Hearsay::everybodyHasReplicated), Luck.OUT);
  }

  @Test
  void aRestartThatNobodyWaitsFor() {
    caught(
        Invariant.BARRIER,
        site.provingBy(Proof.Restart),
        believing(Hearsay::everyPodIsNew),
        Luck.OUT);
  }

  @Test
  void nodesOfSeveralZonesThatWorkAtOnce() {
    NodeSelection all = new NodeSelection(null, "100%", false, List.of());
    Decider decider = believing(seen -> Hearsay.wanting(seen, spec -> spec.nodes(all)));
    caught(Invariant.TURNS, site.workingZoneByZone(), decider, Luck.OUT);
  }

  @Test
  void workOutsideOfAllWindows() {
    Decider decider = believing(seen -> Hearsay.wanting(seen, spec -> spec.windows()));
    caught(Invariant.REST, site, decider, ONE_WISH, Fault.CLOSES);
  }

  @Test
  void aDeviceThatIsForgotten() {
    Decider decider = believing(seen -> Hearsay.isDone(seen, Step.Relink, "node-2"));
    caught(Invariant.RELINKED, site, decider, Luck.OUT);
  }

  @Test
  void resultsOfAFormerRoundThatCount() {
    Decider decider = believing(Hearsay::inTheFirstRound);
    caught(Invariant.RELINKED, site, decider, ONE_FAULT, Fault.RING_CANCELLED);
  }

  @Test
  void verifyingThatIsForgotten() {
    Decider decider = believing(seen -> Hearsay.wanting(seen, spec -> spec.verify(Verify.None)));
    caught(Invariant.VERIFIED, site.verifying(Verify.Sample), decider, Luck.OUT);
  }

  @Test
  void anApprovalThatIsNotAskedFor() {
    Gates all = new Gates(Gates.Gate.Automatic, Gates.Gate.Automatic, Gates.Gate.Automatic);
    Decider decider = believing(seen -> Hearsay.wanting(seen, spec -> spec.gates(all)));
    caught(Invariant.APPROVED, site.withGates(), decider, Luck.OUT);
  }

  @Test
  void anApprovalThatIsNotedAfterItWasWithdrawn() {
    guarded = false;
    interleaved = true;
    caught(Invariant.APPROVED, site.withGates(), PLANNER::plan, ONE_WISH, Fault.WITHDRAWS);
  }

  @Test
  void finishingEarly() {
    Decider decider = believing(seen -> Hearsay.isDone(seen, Step.Cleanup, "node-1"));
    caught(Invariant.CLEANED, site, decider, Luck.OUT);
  }

  @Test
  void aCancelThatIsOverlooked() {
    Decider decider = believing(seen -> Hearsay.wanting(seen, spec -> spec.cancel(false)));
    caught(Invariant.NOT_CANCELLED, site, decider, ONE_WISH, Fault.CANCELS);
  }

  @Test
  void anIncreaseThatWasCancelledBetweenItsDecisionAndItsWrites() {
    guarded = false;
    interleaved = true;
    caught(Invariant.NOT_CANCELLED, site, PLANNER::plan, ONE_WISH, Fault.CANCELS);
  }

  @Test
  void aCancelThatLeavesItsLinks() {
    Decider decider =
        (seen, now) -> {
          Plan plan = PLANNER.plan(seen, now);
          Ring ring = ((StoredRing.Pair) seen.store()).ring();
          boolean takesBack =
              plan.phase() == Phase.Cancelling
                  && Objects.equals(ring.nextPartPower(), ring.partPower());
          return takesBack
              ? new Plan(Phase.Cancelled, new Cancelled(Reason.Cancelled, ""), plan.facts())
              : plan;
        };
    caught(Invariant.OLD_POWER, site, decider, ONE_WISH, Fault.CANCELS);
  }

  @Test
  void aRingWithoutItsBuilder() {
    UnaryOperator<List<Write>> ringOnly =
        writes -> writes.stream().map(MutantsTest::withoutBuilder).toList();
    caught(Invariant.AGREE, site, PLANNER::plan, ringOnly, Luck.OUT);
  }

  private static Write withoutBuilder(Write write) {
    return write instanceof Write.OfRing ring
        ? new Write.OfRing(ring.transition(), ring.from(), ring.ring(), null)
        : write;
  }

  @Test
  void aRingThatIsWrittenBeforeItsBuilderWhereTheyStandApart() {
    UnaryOperator<List<Write>> ringFirst = writes -> movedLast(writes, Write.OfBuilder.class);
    caught(Invariant.AGREE, site.withSplitStore(), PLANNER::plan, ringFirst, ONE_DEATH);
  }

  @Test
  void anIntentThatIsWrittenAfterTheRing() {
    UnaryOperator<List<Write>> intentLast = writes -> movedLast(writes, Write.OfStatus.class);
    caught(Invariant.INTENT_FIRST, site, PLANNER::plan, intentLast, Luck.OUT);
  }

  @Test
  void anEndThatIsSaidBeforeTheLastRingIsThere() {
    unchecked = EnumSet.of(Invariant.ENDS);
    Decider decider =
        (seen, now) -> {
          Plan plan = PLANNER.plan(seen, now);
          return plan.decision() instanceof Publish publish
                  && publish.transition() == Transition.FINISH
              ? new Plan(Phase.Complete, publish, plan.facts())
              : plan;
        };
    caught(Invariant.REMAINS, site, decider, Luck.OUT);
  }

  private static List<Write> movedLast(List<Write> writes, Class<? extends Write> which) {
    List<Write> moved = new ArrayList<>(writes);
    moved.removeIf(which::isInstance);
    writes.stream().filter(which::isInstance).forEach(moved::add);
    return moved;
  }

  @Test
  void anotherHandsRingThatIsTakenForOurs() {
    Decider decider = believing(Hearsay::thatIsOurRing);
    caught(Invariant.OURS, site, decider, ONE_FAULT, Fault.RING_REWEIGHED);
  }

  @Test
  void anotherHandsRingThatIsWrittenOver() {
    guarded = false;
    interleaved = true;
    caught(Invariant.OURS, site, PLANNER::plan, ONE_FAULT, Fault.RING_REWEIGHED);
  }

  @Test
  void deadlinesThatNobodyWatchesWhileARingIsAnothers() {
    Decider decider =
        (seen, now) -> {
          Plan plan = PLANNER.plan(seen, now);
          return plan.decision() instanceof Halt
              ? new Plan(plan.phase(), plan.decision(), Plan.Facts.NONE)
              : plan;
        };
    caught(Invariant.WATCHED, site, decider, ONE_FAULT, Fault.RING_REWEIGHED);
  }

  @Test
  void workInAPause() {
    Decider decider = believing(seen -> Hearsay.wanting(seen, spec -> spec.paused(false)));
    caught(Invariant.REST, site, decider, ONE_WISH, Fault.PAUSES);
  }

  @Test
  void aTaskWhoseRoundGoesBack() {
    Decider decider =
        changingTasks(
            change ->
                change.resourceVersion() == null
                    ? change
                    : new TaskChange(
                        change.name(),
                        change.spec().withRound(-1, change.spec().attempt()),
                        change.resourceVersion()));
    caught(Invariant.TASK_RULES, site, decider, ONE_WISH, Fault.PAUSES);
  }

  @Test
  void whatFailedIsNeverTriedAgain() {
    Decider decider =
        (seen, now) -> {
          Plan plan = PLANNER.plan(seen, now);
          boolean again =
              plan.decision() instanceof ChangeTasks change
                  && change.changes().stream()
                      .map(TaskChange::spec)
                      .mapToInt(RelinkTaskSpec::attempt)
                      .anyMatch(attempt -> attempt > 1);
          return again
              ? new Plan(
                  plan.phase(),
                  new Wait(Reason.Relinking, "", Site.SETTINGS.recheck()),
                  plan.facts())
              : plan;
        };
    caught(Invariant.ENDS, site, decider, ONE_FAULT, Fault.DISK_FAILS);
  }

  private static Decider changingTasks(UnaryOperator<TaskChange> mutation) {
    return (seen, now) -> {
      Plan plan = PLANNER.plan(seen, now);
      return plan.decision() instanceof ChangeTasks change
          ? new Plan(
              plan.phase(),
              new ChangeTasks(
                  change.reason(),
                  change.message(),
                  change.changes().stream().map(mutation).toList(),
                  change.after()),
              plan.facts())
          : plan;
    };
  }
}
