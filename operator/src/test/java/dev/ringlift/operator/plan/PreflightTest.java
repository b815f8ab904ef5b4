package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.ringlift.api.v1alpha1.LabelRules;
import dev.ringlift.api.v1alpha1.NodeSelection;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck.Result;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkerSettings;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.DeviceStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.MachineStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingProblem;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.operator.plan.Observation.Heartbeat;
import dev.ringlift.operator.plan.StoreSizes.PartSize;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What holds an increase back before its first change, each with a sentence that names it. */
class PreflightTest {
  private final ModelCluster cluster = new ModelCluster(2, 4, 5);

  private String refusal(Check check) {
    Plan plan = cluster.plan();
    assertThat(plan.phase()).isEqualTo(Phase.Preflight);
    assertThat(plan.decision()).isInstanceOf(Stall.class);
    assertThat(plan.decision().reason()).isEqualTo(Reason.PreflightFailed);
    PreflightCheck found = find(plan, check);
    assertThat(found.result()).isEqualTo(Result.Failed);
    return found.message();
  }

  private static PreflightCheck find(Plan plan, Check check) {
    return Objects.requireNonNull(plan.facts().preflight()).stream()
        .filter(candidate -> candidate.check().equals(check.name()))
        .findFirst()
        .orElseThrow();
  }

  private static DeviceStatus disk(
      String name, boolean mounted, long free, List<String> leftovers, boolean readable) {
    return new DeviceStatus(
        name,
        mounted,
        "xfs",
        1000,
        free,
        1,
        1,
        List.of("objects"),
        leftovers,
        readable ? null : "Input/output error");
  }

  @Test
  void everyCheckIsShownAndWithoutConsumersTheirProofWarns() {
    List<PreflightCheck> checks = Objects.requireNonNull(cluster.plan().facts().preflight());

    assertThat(checks)
        .extracting(PreflightCheck::check)
        .containsExactly(Arrays.stream(Check.values()).map(Check::name).toArray(String[]::new));
    assertThat(checks)
        .filteredOn(check -> check.result() != Result.Passed)
        .extracting(PreflightCheck::check, PreflightCheck::result)
        .containsExactly(
            tuple(Check.ProxyAmongConsumers.name(), Result.Warning),
            tuple(Check.SwiftVersion.name(), Result.Warning));
  }

  @Test
  void aBuilderOfAnotherRing() {
    cluster.builder = new ModelCluster(2, 3, 5).builder;

    assertThat(refusal(Check.RingAndBuilderAgree)).contains("partition power").contains("4", "3");
  }

  @Test
  void aDeviceWhoseAddressIsNoNodes() {
    cluster.node("node-b").addresses = Set.of("192.168.0.1");

    assertThat(refusal(Check.DevicesMatched))
        .contains("sdb1")
        .contains("10.0.0.2")
        .contains("ringlift.dev/ring-addresses");
  }

  @Test
  void aDeviceWhoseAddressIsThatOfTwoNodes() {
    cluster.node("node-b").addresses = Set.of("10.0.0.2", "10.0.0.1");

    assertThat(refusal(Check.DevicesMatched)).contains("sda1").contains("node-a, node-b");
  }

  @Test
  void aNodeWithDevicesThatTheSelectorLeavesOut() {
    cluster.node("node-a").labels = Map.of("disks", "yes");
    LabelRules selector = new LabelRules(Map.of("disks", "yes"), List.of());
    cluster.wish = spec -> spec.nodes(new NodeSelection(selector, "100%", false, List.of()));

    assertThat(refusal(Check.NodesSelected))
        .startsWith("Node node-b has devices that have to be done, and spec.nodes.selector");
    cluster.node("node-b").labels = Map.of("disks", "yes");
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  @Test
  void aNodeThatIsHeldBackByItsLabel() {
    cluster.node("node-b").labels = Map.of("ringlift.dev/skip", "true");

    assertThat(refusal(Check.NodesSelected)).contains("node-b", "ringlift.dev/skip");
  }

  @Test
  void aSilentAgent() {
    cluster.node("node-b").alive = false;
    cluster.pass(Duration.ofMinutes(2));

    assertThat(refusal(Check.AgentsAlive)).contains("node-b").contains("does not answer");
  }

  @Test
  void aNodeWithoutAnAgent() {
    cluster.node("node-b").reports = false;

    assertThat(refusal(Check.AgentsAlive)).contains("node-b").contains("no agent has reported");
  }

  @Test
  void aNodeThatHasAnotherRing() {
    cluster.node("node-a").ringMd5 = "0".repeat(32);
    cluster.node("node-a").ringProblems =
        List.of(
            new RingProblem("object.ring.gz", "swift-rings", "The ring that is there is newer."),
            new RingProblem("object-1.ring.gz", "swift-rings", "It is another's."));

    assertThat(refusal(Check.RingDistributed))
        .contains("node-a")
        .endsWith(
            cluster.ringMd5() + ". Of ConfigMap swift-rings: The ring that is there is newer.");
  }

  @Test
  void aDiskOfTheRingThatIsNotMounted() {
    cluster.node("node-a").plugIn(disk("sda2", false, 900, List.of(), true));

    assertThat(refusal(Check.DevicesMounted)).contains("sda2").contains("node-a", "not mounted");
  }

  @Test
  void aDiskOfTheRingThatIsNotThere() {
    cluster.node("node-a").devices.remove("sda2");

    assertThat(refusal(Check.DevicesMounted)).contains("sda2").contains("no such directory");
  }

  @Test
  void aDiskThatCanNotBeLookedAtEvenIfTheRingDoesNotNameIt() {
    cluster.node("node-a").plugIn(disk("other", true, 900, List.of(), false));

    assertThat(refusal(Check.DevicesMounted)).contains("other").contains("Input/output error");
  }

  @Test
  void aDiskWithWhatAnEarlierIncreaseLeftBehind() {
    cluster
        .node("node-b")
        .plugIn(disk("sdb1", true, 900, List.of("objects: files at power 3"), true));

    assertThat(refusal(Check.NoStaleDevices)).contains("sdb1").contains("files at power 3");
  }

  @Test
  void leftoversOfAnotherPolicyDoNotMatter() {
    cluster.node("node-b").plugIn(disk("sdb1", true, 900, List.of("objects-1: state"), true));

    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  @Test
  void fewInodesWarnAndTooFewRefuse() {
    cluster.node("node-b").plugIn(disk("sdb1", true, 300, List.of(), true));
    Plan tight = cluster.plan();
    assertThat(find(tight, Check.FreeInodes).result()).isEqualTo(Result.Warning);
    assertThat(find(tight, Check.FreeInodes).message()).contains("sdb1").contains("300");
    assertThat(tight.decision()).isInstanceOf(Publish.class);

    cluster.node("node-b").plugIn(disk("sdb1", true, 100, List.of(), true));
    assertThat(refusal(Check.FreeInodes)).contains("sdb1").contains("not enough");
  }

  @Test
  void aCordonedNodeTakesPartAndIsNamed() {
    cluster.node("node-b").cordoned = true;

    assertThat(warning(Check.NodesCordoned)).contains("node-b").contains("ringlift.dev/skip");
  }

  @Test
  void anAgentThatIsTooOldAndAgentsThatDiffer() {
    cluster.node("node-b").agentVersion = "0.0.9";
    assertThat(refusal(Check.AgentVersions)).contains("node-b", "0.0.9", "0.1");

    cluster.node("node-a").agentVersion = "0.1.0-SNAPSHOT";
    cluster.node("node-b").agentVersion = "0.2.0";
    assertThat(warning(Check.AgentVersions)).contains("0.1.0-SNAPSHOT, 0.2.0");
  }

  @Test
  void anAgentWhoseClockIsAhead() {
    cluster.node("node-b").lastBeat = cluster.now.plusSeconds(4);

    assertThat(warning(Check.AgentClocks)).contains("node-b").contains("4 s ahead");
    cluster.node("node-b").lastBeat = cluster.now.plusSeconds(3);
    assertThat(find(cluster.plan(), Check.AgentClocks).result()).isEqualTo(Result.Passed);
  }

  @Test
  void whatTheApiServerSaysOfARenewalCountsAndTellsTheAgentsClock() {
    Instant written = cluster.now.truncatedTo(ChronoUnit.SECONDS);
    Duration valid = Duration.ofSeconds(40);

    assertThat(Heartbeat.of(written.plusMillis(900), written, valid))
        .as("within the second that the API server names")
        .isEqualTo(new Heartbeat(written.plusMillis(900), valid, Duration.ZERO));
    assertThat(Heartbeat.of(written.plusSeconds(601), written, valid))
        .as("ahead")
        .isEqualTo(new Heartbeat(written.plusSeconds(1), valid, Duration.ofMinutes(10)));
    assertThat(Heartbeat.of(written.minusSeconds(600), written, valid))
        .as("behind")
        .isEqualTo(new Heartbeat(written, valid, Duration.ofMinutes(-10)));
  }

  @Test
  void partitionsBeforeAndAfterAndWhetherTheyAreFew() {
    assertThat(find(cluster.plan(), Check.Needed).message())
        .isEqualTo("8 partitions a device on average now (8 to 8), 16 at the target.");

    ModelCluster fine = new ModelCluster(2, 11, 12);
    PreflightCheck many = find(fine.plan(), Check.Needed);

    assertThat(many.result()).isEqualTo(Result.Warning);
    assertThat(many.message()).startsWith("1,024 partitions a device").contains("2,048 at the");
  }

  @Test
  void memoryThatASecondTreeOfDirectoriesWouldWant() {
    cluster.node("node-a").plugIn(large("sda1", 300_000_000));
    cluster.node("node-a").machine = new MachineStatus(1L << 40, 100);
    assertThat(find(cluster.plan(), Check.Memory).result()).isEqualTo(Result.Passed);

    cluster.node("node-a").machine = new MachineStatus(64L << 30, 100);
    assertThat(warning(Check.Memory))
        .contains("node-a")
        .contains("of 65,536 MiB")
        .contains("vm.vfs_cache_pressure is 100, and 1 would");
    cluster.node("node-a").machine = new MachineStatus(64L << 30, 1);
    assertThat(warning(Check.Memory)).endsWith("vm.vfs_cache_pressure is 1.");
  }

  @Test
  void inodesThatAreGoneForGood() {
    cluster.node("node-a").plugIn(disk("sda1", true, 60, List.of(), true));
    assertThat(find(cluster.plan(), Check.LastingInodes).message())
        .contains("sda1")
        .contains("321 inodes fewer for good, of 60");
    cluster.node("node-a").plugIn(large("sda1", 300_000_000));
    assertThat(find(cluster.plan(), Check.LastingInodes).message())
        .contains("at most 32,776 inodes"); // 8 partitions with 4096 suffixes each
  }

  @Test
  void aStepThatCouldNotEndInTimeEvenAtBest() {
    cluster.node("node-a").plugIn(large("sda1", 300_000_000));
    assertThat(find(cluster.plan(), Check.TimeBudget).result()).isEqualTo(Result.Passed);
    assertThat(find(cluster.plan(), Check.TimeBudget).message())
        .contains("each step takes at least 84 min", "Raise reclaim_age on the object servers");

    cluster.wish = spec -> spec.relinker(RelinkerSettings.of(0, 300));
    assertThat(warning(Check.TimeBudget)).contains("at least 92 h 36 min");

    cluster.wish = spec -> spec.relinker(RelinkerSettings.of(0, 100));
    assertThat(refusal(Check.TimeBudget)).contains("longer than reclaimAge (168h)");
  }

  private String warning(Check check) {
    Plan plan = cluster.plan();
    assertThat(plan.decision()).isInstanceOf(Publish.class);
    assertThat(find(plan, check).result()).isEqualTo(Result.Warning);
    return find(plan, check).message();
  }

  private static DeviceStatus large(String name, long used) {
    return new DeviceStatus(
        name, true, "xfs", 10 * used, 9 * used, 1, 1, List.of("objects"), List.of(), null);
  }

  @Test
  void aStoreThatTheDoubledRingWouldNotFitInto() {
    cluster.otherBytes = (1L << 20) - cluster.ring.toBytes().length - 700;

    assertThat(refusal(Check.StoreSize)).contains("partition power 5").contains("1,048,576");
  }

  @Test
  void theMapThatWouldNotHoldItIsNamedWithBothFigures() {
    cluster.sizes =
        (ring, builder) ->
            List.of(
                new PartSize("ConfigMap rings", 1_048_576, 1_048_576),
                new PartSize("ConfigMap builders", 1_048_577, 1_048_576));

    assertThat(refusal(Check.StoreSize))
        .contains("ConfigMap builders would hold 1,048,577 bytes; it can hold 1,048,576")
        .contains("let agents install the ring (type HostPath)")
        .doesNotContain("ConfigMap rings");
  }

  @Test
  void anUnusableStoreIsShownWithTheChecksBeforeIt() {
    cluster.unusable = new StoredRing.Unusable(Check.BuilderReadable, "It is no builder.");

    Plan plan = cluster.plan();

    assertThat(plan.facts().preflight())
        .extracting(PreflightCheck::check, PreflightCheck::result)
        .containsExactly(
            tuple("RingStore", Result.Passed),
            tuple("RingReadable", Result.Passed),
            tuple("BuilderReadable", Result.Failed));
    assertThat(plan.decision().message()).isEqualTo("It is no builder.");
  }

  @Test
  void devicesOfDifferentUsersAreToldForAnAgentHasOne() {
    assertThat(find(cluster.plan(), Check.DeviceOwners).result()).isEqualTo(Result.Passed);
    cluster
        .node("node-a")
        .plugIn(
            new DeviceStatus(
                "sda2", true, "xfs", 1000, 900, 0, 0, List.of("objects"), List.of(), null));

    assertThat(warning(Check.DeviceOwners))
        .contains("Devices of node node-a", "sda2 to uid 0, sda1 to uid 1");
  }
}
