package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Excluded;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck.Result;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.StorageNodeSpec.LeftOut;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.DeviceStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.PolicyStatus;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.operator.plan.Decision.Wait;
import dev.ringlift.operator.plan.Observation.Task;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Devices that are known to be dead, from the beginning or in the middle. */
class ExclusionsTest {
  private final ModelCluster cluster = new ModelCluster(3, 4, 5);

  private PreflightCheck check(Check check) {
    return Objects.requireNonNull(cluster.plan().facts().preflight()).stream()
        .filter(candidate -> candidate.check().equals(check.name()))
        .findFirst()
        .orElseThrow();
  }

  private void loseNodeC() {
    cluster.node("node-c").alive = false;
    cluster.pass(Duration.ofMinutes(2));
  }

  @Test
  void anIncreaseGoesTheWholeWayWithoutANodeThatIsDead() {
    loseNodeC();
    cluster.exclude("node-c/sdc1", "node-c/sdc2");
    assertThat(check(Check.Exclusions).result()).isEqualTo(Result.Warning);
    assertThat(check(Check.Exclusions).message()).startsWith("sdc1 of node-c, sdc2 of node-c:");

    cluster.until(Complete.class, Reason.TargetReached);

    assertThat(cluster.ring.partPower()).isEqualTo(5);
    assertThat(cluster.tasks.values())
        .extracting(task -> task.spec().nodeName())
        .containsOnly("node-a", "node-b");
    assertThat(Objects.requireNonNull(cluster.status).excluded())
        .containsExactly(
            new Excluded("node-c", "sdc1", 4, "10.0.0.3"),
            new Excluded("node-c", "sdc2", 5, "10.0.0.3"));
  }

  @Test
  void aPartitionThatWouldHaveNoReplicaIsNamedWithTheirCountAndNothingBegins() {
    cluster.exclude("node-a/sda1", "node-b/sdb1", "node-b/sdb2", "node-c/sdc1", "node-c/sdc2");

    PreflightCheck check = check(Check.Exclusions);

    assertThat(check.result()).isEqualTo(Result.Failed);
    int example = -1;
    int count = 0;
    for (int partition = 0; partition < 16; partition++) {
      boolean onSda2 = false;
      for (int replica = 0; replica < 3; replica++) {
        onSda2 |= cluster.ring.deviceId(replica, partition) == 1;
      }
      if (!onSda2) {
        count++;
        example = example < 0 ? partition : example;
      }
    }
    assertThat(count).isBetween(1, 15);
    assertThat(check.message())
        .contains("%d of 16 partitions would be left without a replica".formatted(count))
        .contains("such as partition %d, which is on d".formatted(example));
    assertThat(cluster.plan().decision()).isInstanceOf(Stall.class);
    assertThat(cluster.plan().facts().problems())
        .extracting(Problem::reason)
        .contains("ExclusionRefused");
  }

  @Test
  void anErasureCodingPolicyNeedsItsDataFragments() {
    cluster.policy = new PolicyStatus(0, 2, 3);
    cluster.exclude("node-c/sdc1", "node-c/sdc2");
    assertThat(check(Check.Exclusions).result()).isEqualTo(Result.Warning);

    cluster.policy = new PolicyStatus(0, 3, 3);

    assertThat(check(Check.Exclusions).result()).isEqualTo(Result.Failed);
    assertThat(check(Check.Exclusions).message())
        .contains("16 of 16 partitions")
        .contains("fewer than the 3 fragments");
  }

  @Test
  void copiesOfOneFragmentAreNoOtherFragment() {
    cluster.policy = new PolicyStatus(0, 2, 2); // replicas 0 and 2 hold the same
    cluster.exclude("node-b/sdb1", "node-b/sdb2");

    long onlyOnB = 0;
    for (int partition = 0; partition < 16; partition++) {
      onlyOnB += cluster.ring.deviceId(1, partition) / 2 == 1 ? 1 : 0;
    }
    assertThat(onlyOnB).isPositive();
    assertThat(check(Check.Exclusions).message())
        .contains(onlyOnB + " of 16 partitions", "fewer than the 2 fragments");
  }

  @Test
  void nothingIsLeftOutWhereNobodyTellsTheKindOfPolicy() {
    cluster.policy = new PolicyStatus(7, 1, 1);
    cluster.exclude("node-c/sdc1");

    assertThat(check(Check.Exclusions).message()).contains("which kind of policy 0 is");
    assertThat(check(Check.Exclusions).result()).isEqualTo(Result.Failed);
  }

  @Test
  void whatNobodyKnowsIsRefusedByName() {
    cluster.exclude("node-c/sdc9", "node-x/sda1");

    assertThat(check(Check.Exclusions).message())
        .contains("sdc9 of node-c, sda1 of node-x")
        .contains("neither in the ring nor on its node");
  }

  @Test
  void aDeviceOfTheRingIsFoundByItsAddressToo() {
    cluster.exclude("10.0.0.3/sdc1");

    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();

    RelinkTaskSpec spec = cluster.task("node-c", Step.Relink).spec();
    assertThat(spec.devices()).containsExactly("sdc2");
    assertThat(spec.excluded()).containsExactly("sdc1");
  }

  @Test
  void aNodeThatIsLostForGoodIsExcludedInMidStep() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.node("node-c").alive = false;
    cluster.work(Set.of());
    cluster.pass(Duration.ofMinutes(2));
    Plan held = cluster.step();
    assertThat(held.decision()).isInstanceOf(Wait.class);
    assertThat(held.decision().message()).contains("node-c");

    cluster.exclude("node-c/sdc1", "node-c/sdc2");
    Plan paused = cluster.step();

    assertThat(((ChangeTasks) paused.decision()).changes())
        .as("should it come back, it must not begin")
        .extracting(change -> change.spec().nodeName(), change -> change.spec().paused())
        .containsExactly(tuple("node-c", true));
    assertThat(paused.decision().message()).contains("2 device(s) left out");
    assertThat(cluster.until(Publish.class, Reason.PublishingRing).phase())
        .isEqualTo(Phase.Increasing);
    cluster.until(Complete.class, Reason.TargetReached);
    assertThat(cluster.tasks.values())
        .filteredOn(task -> task.spec().step() == Step.Cleanup)
        .extracting(task -> task.spec().nodeName())
        .containsExactly("node-a", "node-b");
  }

  @Test
  void aNodeThatWasDeletedIsExcludedByTheNameThatItHad() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.nodes.remove("node-c");
    cluster.work(Set.of());
    cluster.pass(Duration.ofMinutes(2));
    assertThat(cluster.step().decision().message()).contains("belongs to no node");

    cluster.exclude("node-c/sdc1", "node-c/sdc2");

    cluster.until(Complete.class, Reason.TargetReached);
    assertThat(cluster.ring.partPower()).isEqualTo(5);
  }

  @Test
  void aNodeThatIsDeletedAfterItWasExcludedStaysExcluded() {
    loseNodeC();
    cluster.exclude("node-c/sdc1", "node-c/sdc2");
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.nodes.remove("node-c");

    cluster.until(Complete.class, Reason.TargetReached);

    assertThat(cluster.ring.partPower()).isEqualTo(5);
  }

  @Test
  void aDiskThatFailedIsExcludedAndTheRestOfItsNodeGoesOnAtOnce() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.work(Set.of("sdc1"));
    assertThat(cluster.step().facts().problems()).extracting(Problem::device).contains("sdc1");

    cluster.exclude("node-c/sdc1");
    ChangeTasks changes = (ChangeTasks) cluster.step().decision();

    TaskChange change = changes.changes().getFirst();
    assertThat(change.spec().excluded()).containsExactly("sdc1");
    assertThat(change.spec().devices()).containsExactly("sdc2");
    assertThat(change.spec().attempt()).as("no back-off").isEqualTo(2);
    cluster.work(Set.of("sdc1"));
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  @Test
  void whatIsNoLongerExcludedHasToBeDoneLikeAllOthers() {
    cluster.exclude("node-c/sdc1");
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.work(Set.of());
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);

    cluster.wish = spec -> spec;
    cluster.step();

    Task task = cluster.task("node-c", Step.Relink);
    assertThat(task.spec().devices()).containsExactly("sdc1", "sdc2");
    assertThat(task.spec().excluded()).isEmpty();
    assertThat(cluster.plan().phase()).isEqualTo(Phase.Relinking);
    cluster.work(Set.of());
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  @Test
  void aRefusalInMidStepHoldsNothingThatCouldGoOn() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.exclude(
        "node-a/sda1", "node-a/sda2", "node-b/sdb1", "node-b/sdb2", "node-c/sdc1", "node-c/sdc2");

    Plan refused = cluster.step();

    assertThat(refused.decision().message()).contains("16 of 16 partitions");
    assertThat(refused.facts().problems()).extracting(Problem::reason).contains("ExclusionRefused");
    cluster.work(Set.of());
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  @Test
  void aNodeThatAnswersIsAskedForTheRingThoughNothingIsDoneThere() {
    cluster.exclude("node-c/sdc1", "node-c/sdc2");
    cluster.step();
    cluster.node("node-a").ringMd5 = cluster.ringMd5();
    cluster.node("node-b").ringMd5 = cluster.ringMd5();

    assertThat(cluster.step().decision().reason()).isEqualTo(Reason.RingNotDistributed);
  }

  @Test
  void whatWasLeftOutIsRememberedOnItsNodeUntilACleanupHasIncludedIt() {
    cluster.exclude("node-c/sdc1");
    assertThat(remembrances()).as("nothing has been done yet").isEmpty();
    cluster.until(ChangeTasks.class, Reason.Relinking);

    assertThat(remembrances())
        .containsExactly(
            new Remembrance("node-c", List.of(), List.of(new LeftOut("sdc1", 0, 4, "grow"))));
    cluster.node("node-c").leftOut = List.of(new LeftOut("sdc1", 0, 4, "grow"));
    assertThat(remembrances()).isEmpty();

    cluster.until(Complete.class, Reason.TargetReached);
    assertThat(remembrances()).as("it is still to be wiped").isEmpty();
  }

  @Test
  void whatWasCleanedUpAfterAllIsForgottenWhenTheCycleHasEnded() {
    cluster.exclude("node-c/sdc1");
    cluster.until(ChangeTasks.class, Reason.Relinking);
    LeftOut other = new LeftOut("sdc1", 1, 9, "another");
    cluster.node("node-c").leftOut = List.of(other, new LeftOut("sdc1", 0, 4, "grow"));
    cluster.until(ChangeTasks.class, Reason.CleaningUp);
    cluster.wish = spec -> spec;

    cluster.until(Complete.class, Reason.TargetReached);

    assertThat(remembrances())
        .containsExactly(new Remembrance("node-c", cluster.node("node-c").leftOut, List.of(other)));
  }

  @Test
  void whatIsStillRememberedIsRefusedUntilItIsTakenOffTheList() {
    cluster.node("node-c").leftOut = List.of(new LeftOut("sdc1", 0, 3, "earlier"));

    PreflightCheck check = check(Check.NoStaleDevices);
    assertThat(check.result()).isEqualTo(Result.Failed);
    assertThat(check.message())
        .contains("sdc1 of node node-c", "by increase earlier, at partition power 3", "Wipe it")
        .contains("kubectl edit storagenode node-c");
    assertThat(cluster.plan().decision().reason()).isEqualTo(Reason.PreflightFailed);

    cluster.node("node-c").leftOut = List.of(new LeftOut("sdc1", 1, 3, "another policy's"));
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
    cluster.node("node-c").leftOut = List.of(new LeftOut("sdz9", 0, 3, "not there any more"));
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  @Test
  void whatWasLeftOutInAnEarlierCycleGetsNoWorkWhenItIsNamedNoLonger() {
    cluster.node("node-c").leftOut = List.of(new LeftOut("sdc1", 0, 3, "grow"));
    cluster.exclude("node-c/sdc1");
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.work(Set.of());
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);

    cluster.wish = spec -> spec;
    Plan held = cluster.step();

    assertThat(held.decision()).isInstanceOf(Stall.class);
    assertThat(held.decision().reason()).isEqualTo(Reason.StaleDevice);
    assertThat(held.decision().message()).contains("sdc1 of node node-c", "Wipe it");
    assertThat(cluster.task("node-c", Step.Relink).spec().devices()).containsExactly("sdc2");
    assertThat(cluster.task("node-c", Step.Relink).spec().excluded()).containsExactly("sdc1");

    cluster.node("node-c").leftOut = List.of();
    cluster.step();
    assertThat(cluster.task("node-c", Step.Relink).spec().devices())
        .as("wiped, and taken off the list")
        .containsExactly("sdc1", "sdc2");
    cluster.work(Set.of());
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  @Test
  void aDeviceThatComesBackWithWhatItHeldIsToldAsStale() {
    DeviceStatus back =
        new DeviceStatus(
            "sdc1",
            true,
            "xfs",
            1000,
            900,
            1,
            1,
            List.of("objects"),
            List.of("objects: files at places that are wrong for partition power 4"),
            null);
    cluster.node("node-c").plugIn(back);
    assertThat(check(Check.NoStaleDevices).result()).isEqualTo(Result.Failed);
    assertThat(cluster.plan().facts().problems())
        .extracting(Problem::reason, Problem::device)
        .containsExactly(tuple("StaleDevice", "sdc1"));

    cluster.exclude("node-c/sdc1");

    assertThat(check(Check.NoStaleDevices).result()).isEqualTo(Result.Warning);
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  private List<Remembrance> remembrances() {
    Plan plan = cluster.plan();
    return Errands.of(cluster.observe(), plan).remembrances();
  }
}
