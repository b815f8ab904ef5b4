package dev.ringlift.relinker;

import static dev.ringlift.relinker.DeviceTree.hash;
import static dev.ringlift.relinker.DeviceTree.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What relink and cleanup do on one device, and what they must never do. */
class RelinkerTest {
  private static final int POWER = 4;
  private static final String DATA = "1700000000.00000.data";
  private static final String NEWER = "1700000001.00000.data";
  private static final String TOMBSTONE = "1700000002.00000.ts";
  private static final String LOW = hash("10", "abc");
  private static final String HIGH = hash("f8", "abc");

  private final DeviceTree tree;

  RelinkerTest(@TempDir Path root) {
    tree = new DeviceTree(root);
  }

  @Test
  void relinkMakesHardLinksAtTheNewPlaceAndCleanupLeavesNothingAtTheOld() {
    tree.write(LOW, POWER, DATA);
    tree.write(HIGH, POWER, DATA);

    DeviceProgress relinked = run(tree.relink(POWER));

    assertThat(relinked.result()).contains(new DeviceResult.Succeeded(false));
    assertThat(relinked.counters()).isEqualTo(new Counters(2, 2, 2, 0, 0));
    Map<String, Object> both = tree.files();
    assertThat(both)
        .containsEntry("31/abc/" + HIGH + "/" + DATA, both.get("15/abc/" + HIGH + "/" + DATA))
        .hasSize(4);

    DeviceProgress cleaned = run(tree.cleanup(POWER + 1));

    assertThat(cleaned.result()).contains(new DeviceResult.Succeeded(false));
    assertThat(cleaned.counters()).isEqualTo(new Counters(2, 2, 0, 2, 0));
    assertThat(tree.files().keySet())
        .containsExactly("2/abc/" + LOW + "/" + DATA, "31/abc/" + HIGH + "/" + DATA);
    assertThat(tree.names(tree.device().resolve("objects"))).containsExactly("2", "31");
  }

  @Test
  void cleanupAfterACancelBringsTheOldPlacesBackToBeTheOnlyOnes() {
    tree.write(HIGH, POWER, DATA);
    run(tree.relink(POWER));

    DeviceProgress cleaned = run(tree.cleanup(POWER));

    assertThat(cleaned.result()).contains(new DeviceResult.Succeeded(false));
    assertThat(tree.files().keySet()).containsExactly("15/abc/" + HIGH + "/" + DATA);
  }

  @Test
  void anEmptyHashDirLeavesNoEmptyPartitionBehind() throws IOException {
    Files.createDirectories(tree.hashDir(HIGH, POWER));

    DeviceProgress relinked = run(tree.relink(POWER));

    assertThat(relinked.counters()).isEqualTo(new Counters(1, 0, 0, 0, 0));
    assertThat(tree.names(tree.device().resolve("objects"))).containsExactly("15");
  }

  @Test
  void nothingIsRemovedByAge() {
    String ancient = "1000000000.00000.ts";
    tree.write(HIGH, POWER, ancient);

    run(tree.relink(POWER));
    run(tree.cleanup(POWER + 1));

    assertThat(tree.files().keySet()).containsExactly("31/abc/" + HIGH + "/" + ancient);
  }

  @Test
  void reclaimOnRequestRemovesAncientTombstones() {
    tree.write(HIGH, POWER, "1000000000.00000.ts");
    tree.write(LOW, POWER, DATA);
    var reclaim = new RelinkRequest.Reclaim(Duration.ofDays(7), Duration.ofSeconds(60));

    DeviceProgress relinked = run(tree.relink(POWER).reclaim(reclaim));

    assertThat(relinked.result()).contains(new DeviceResult.Succeeded(false));
    assertThat(tree.files().keySet())
        .containsExactly("1/abc/" + LOW + "/" + DATA, "2/abc/" + LOW + "/" + DATA);
  }

  @Test
  void whatIsSupersededByTheNewPlaceIsNotLinkedBackToLife() {
    tree.write(HIGH, POWER, DATA);
    tree.write(HIGH, POWER + 1, TOMBSTONE);

    DeviceProgress relinked = run(tree.relink(POWER));

    assertThat(relinked.counters()).isEqualTo(new Counters(1, 0, 0, 0, 0));
    assertThat(tree.names(tree.hashDir(HIGH, POWER + 1))).containsExactly(TOMBSTONE);
  }

  @Test
  void anotherFileOfTheSameNameIsAnErrorAndBothStay() {
    tree.write(HIGH, POWER, DATA);
    tree.write(HIGH, POWER + 1, DATA);

    DeviceProgress relinked = run(tree.relink(POWER));
    DeviceProgress cleaned = run(tree.cleanup(POWER + 1));

    assertThat(relinked.result().orElseThrow()).isInstanceOf(DeviceResult.Failed.class);
    assertThat(relinked.problems().getFirst().path())
        .isEqualTo("d1/objects/31/abc/" + HIGH + "/" + DATA);
    assertThat(cleaned.counters()).isEqualTo(new Counters(1, 1, 0, 0, 1));
    assertThat(cleaned.errorsByKind()).isEqualTo(Map.of(ErrorKind.COLLISION, 1L));
    assertThat(tree.files()).hasSize(2);
    assertThat(tree.state()).contains("\"15\":false");
  }

  @Test
  void aCollisionOfTombstonesIsNone() {
    tree.write(HIGH, POWER, TOMBSTONE);
    tree.write(HIGH, POWER + 1, TOMBSTONE);

    assertThat(run(tree.relink(POWER)).result()).contains(new DeviceResult.Succeeded(false));
    assertThat(run(tree.cleanup(POWER + 1)).counters().removed()).isEqualTo(1);
  }

  @Test
  void clobberingMovesTheOtherFileToQuarantineAndLinksEverythingAgain() throws IOException {
    tree.write(HIGH, POWER, DATA);
    tree.write(HIGH, POWER, "1700000005.00000.meta");
    Path other = tree.write(HIGH, POWER + 1, DATA);
    Files.writeString(other, "another");

    DeviceProgress relinked = run(tree.relink(POWER).clobberHardlinkCollisions(true));

    assertThat(relinked.result()).contains(new DeviceResult.Succeeded(false));
    assertThat(tree.names(tree.hashDir(HIGH, POWER + 1)))
        .containsExactly(DATA, "1700000005.00000.meta");
    assertThat(tree.device().resolve("quarantined/objects/" + HIGH + "/" + DATA))
        .hasContent("another");
  }

  @Test
  void namesOfAnyBytesAreMoved() throws IOException {
    tree.write(HIGH, POWER, DATA);
    tree.write(HIGH, POWER, "line\nbreak");

    run(tree.relink(POWER));
    run(tree.cleanup(POWER + 1));

    assertThat(tree.names(tree.hashDir(HIGH, POWER + 1))).containsExactly(DATA, "line\nbreak");
    assertThat(tree.hashDir(HIGH, POWER)).doesNotExist();
  }

  @Test
  void symbolicLinksLeadNowhereAndAreNotPassedOverInSilence(@TempDir Path outside)
      throws IOException {
    Path treasure =
        Files.writeString(
            Files.createDirectories(outside.resolve("abc/" + HIGH)).resolve(DATA), "treasure");
    Files.createSymbolicLink(tree.device().resolve("objects/15"), outside);

    DeviceProgress relinked = run(tree.relink(POWER));

    assertThat(relinked.result().orElseThrow()).isInstanceOf(DeviceResult.Failed.class);
    assertThat(relinked.problems().getFirst().errno()).isEqualTo("ELOOP");
    assertThat(run(tree.cleanup(POWER + 1)).result().orElseThrow())
        .isInstanceOf(DeviceResult.Failed.class);
    assertThat(treasure).hasContent("treasure");
    assertThat((Integer) Files.getAttribute(treasure, "unix:nlink")).isEqualTo(1);
  }

  @Test
  void aLinkInPlaceOfTheNewSuffixDirIsAnError(@TempDir Path outside) throws IOException {
    tree.write(HIGH, POWER, DATA);
    Files.createDirectories(tree.device().resolve("objects/31"));
    Files.createSymbolicLink(tree.device().resolve("objects/31/abc"), outside);

    DeviceProgress relinked = run(tree.relink(POWER));

    assertThat(relinked.result().orElseThrow()).isInstanceOf(DeviceResult.Failed.class);
    assertThat(tree.names(outside)).isEmpty();
    assertThat(run(tree.cleanup(POWER + 1)).counters().removed()).isZero();
    assertThat(tree.names(outside)).isEmpty();
  }

  @Test
  void theGuardStopsTheRunBeforeAPartitionAndTheNextRunGoesOn() {
    tree.write(LOW, POWER, DATA);
    tree.write(HIGH, POWER, DATA);
    Guard guard =
        (device, partition) ->
            partition < 8 ? Optional.of("the ring has changed") : Optional.empty();

    DeviceProgress stopped = run(tree.relink(POWER).ringVersion(7), new LiveSettings(), guard);
    DeviceProgress resumed = run(tree.relink(POWER).ringVersion(7));

    assertThat(stopped.result()).contains(new DeviceResult.Stopped("the ring has changed"));
    assertThat(stopped.partitionsDone()).isEqualTo(1);
    assertThat(resumed.counters()).isEqualTo(new Counters(1, 1, 1, 0, 0));
    assertThat(resumed.result()).contains(new DeviceResult.Succeeded(false));
    assertThat(resumed.partitionsDone()).isEqualTo(2);
  }

  @Test
  void stateOfAnotherRingOrIncreaseIsNotTrusted() {
    tree.write(HIGH, POWER, DATA);
    RunIdentity first = new RunIdentity("uid-1", 1);
    run(tree.relink(POWER).ringVersion(7).identity(first));
    tree.write(hash("f8", "def"), POWER, NEWER);

    assertThat(run(tree.relink(POWER).ringVersion(7).identity(first)).counters().hashDirs())
        .isZero();
    assertThat(
            run(tree.relink(POWER).ringVersion(7).identity(new RunIdentity("uid-2", 1)))
                .counters()
                .linked())
        .isOne();
    assertThat(run(tree.relink(POWER).ringVersion(8).identity(first)).counters().hashDirs())
        .isEqualTo(2);
  }

  @Test
  void stateOfAnEarlierRoundIsNotTrusted() {
    tree.write(HIGH, POWER, DATA);
    run(tree.relink(POWER).ringVersion(7).identity(new RunIdentity("uid", 1, 1)));
    tree.write(hash("f8", "def"), POWER, NEWER);

    assertThat(
            run(tree.relink(POWER).ringVersion(7).identity(new RunIdentity("uid", 1, 1)))
                .counters()
                .hashDirs())
        .isZero();
    assertThat(
            run(tree.relink(POWER).ringVersion(7).identity(new RunIdentity("uid", 1, 2)))
                .counters()
                .linked())
        .isOne();
  }

  @Test
  void swiftsOwnStateIsTrustedOnlyWhenItIsYoungerThanTheRing() throws IOException {
    tree.write(HIGH, POWER, DATA);
    Path state = tree.device().resolve("relink.objects.json");
    Files.writeString(
        state, "{\"part_power\": 4, \"next_part_power\": 5, \"state\": {\"15\": true}}");
    var written = Files.getLastModifiedTime(state).toInstant();

    assertThat(run(tree.relink(POWER).ringModified(written.minusSeconds(9))).counters().linked())
        .isZero();
    assertThat(run(tree.relink(POWER).ringModified(written.plusSeconds(3600))).counters().linked())
        .isOne();
  }

  /** A builder that was restored comes to the version that it had, with other objects since. */
  @Test
  void ofTheSameVersionStateByHandMustBeYoungerThanTheRingToo() throws IOException {
    tree.write(HIGH, POWER, DATA);
    run(tree.relink(POWER).ringVersion(7));
    tree.write(LOW, POWER, DATA);
    Instant written =
        Files.getLastModifiedTime(tree.device().resolve("relink.objects.json")).toInstant();

    DeviceProgress preparedAgain =
        run(tree.relink(POWER).ringVersion(7).ringModified(written.plusSeconds(3600)));

    assertThat(preparedAgain.counters().linked()).isEqualTo(1);
  }

  /** Under the operator the ring's file is written anew with each mount of its ConfigMap. */
  @Test
  void ofTheSameIncreaseStateMayBeOlderThanTheRing() throws IOException {
    RunIdentity identity = new RunIdentity("uid", 1);
    tree.write(HIGH, POWER, DATA);
    run(tree.relink(POWER).ringVersion(7).identity(identity));
    Instant written =
        Files.getLastModifiedTime(tree.device().resolve("relink.objects.json")).toInstant();

    DeviceProgress again =
        run(
            tree.relink(POWER)
                .ringVersion(7)
                .identity(identity)
                .ringModified(written.plusSeconds(3600)));

    assertThat(again.counters().hashDirs()).isZero();
  }

  @Test
  void cleanupPassesPartitionsOverOnlyByTheStateOfTheRelinkingBefore() throws IOException {
    Path state = tree.device().resolve("relink.objects.json");
    String relinked =
        "{\"part_power\": 3, \"next_part_power\": 4, \"state\": {\"7\": true}, \"ringlift\": {\"ring_version\": 7}}";
    String impossible = "{\"part_power\": 2, \"next_part_power\": 4, \"state\": {\"7\": true}}";

    tree.write(hash("38", "abc"), POWER + 1, DATA);
    tree.write(HIGH, POWER + 1, DATA);
    Files.writeString(state, relinked);
    assertThat(run(tree.cleanup(POWER).ringVersion(8)).partitionsTotal()).isEqualTo(1);

    Files.writeString(state, relinked);
    DeviceProgress cancelledLater = run(tree.cleanup(POWER).ringVersion(11));
    assertThat(cancelledLater.counters().removed()).isEqualTo(1);
    assertThat(tree.hashDir(HIGH, POWER).resolve(DATA)).exists();

    tree.write(hash("e8", "abc"), POWER + 1, DATA);
    Files.writeString(state, impossible);
    assertThat(run(tree.cleanup(POWER)).counters().removed()).isEqualTo(1);
  }

  @Test
  void anAgeThatNothingReachesReclaimsNothing() {
    tree.write(HIGH, POWER, "1700000000.00000.ts");
    Duration never = Duration.ofSeconds(Long.MAX_VALUE);

    DeviceProgress relinked =
        run(tree.relink(POWER).reclaim(new RelinkRequest.Reclaim(never, never)));

    assertThat(relinked.result()).contains(new DeviceResult.Succeeded(false));
    assertThat(relinked.counters().linked()).isOne();
  }

  @Test
  void aBrokenStateFileStartsOver() throws IOException {
    tree.write(HIGH, POWER, DATA);
    Files.writeString(tree.device().resolve("relink.objects.json"), "{\"part_power\": 4, \"next");

    assertThat(run(tree.relink(POWER)).counters().linked()).isOne();
  }

  @Test
  void whatAnEarlierIncreaseLeftAtOldPlacesIsRefused() {
    tree.write(hash("38", "abc"), POWER - 1, DATA);
    DeviceProgress stale = run(tree.relink(POWER).ringVersion(9));

    assertThat(stale.result().orElseThrow()).isInstanceOf(DeviceResult.Stale.class);
    assertThat(stale.counters()).isEqualTo(Counters.ZERO);
    assertThat(Inventory.of(tree.root()).stale("d1", ObjectPolicy.replication(0), POWER, 0).found())
        .isOne();
  }

  @Test
  void aRestrictionToPartitionsLeavesTheOthersForLater() {
    tree.write(LOW, POWER, DATA);
    tree.write(HIGH, POWER, DATA);

    DeviceProgress some = run(tree.relink(POWER).partitions(Set.of(1L)));

    assertThat(some.counters().linked()).isOne();
    assertThat(tree.state()).contains("\"15\":false").contains("\"1\":true");
    assertThat(run(tree.relink(POWER)).counters().linked()).isOne();
  }

  @Test
  void aDryRunCountsAndWritesNothing() {
    tree.write(HIGH, POWER, DATA);
    Map<String, Object> before = tree.files();

    assertThat(run(tree.relink(POWER).dryRun(true)).counters())
        .isEqualTo(new Counters(1, 1, 1, 0, 0));
    assertThat(tree.files()).isEqualTo(before);
    assertThat(tree.names(tree.device())).containsExactly("objects");
  }

  @Test
  void severalWorkersOnOneDeviceComeToTheSame() {
    for (int i = 0; i < 256; i++) {
      tree.write(hash("%02x%02x".formatted(i, i * 7 & 0xff), "%03x".formatted(i)), POWER, DATA);
    }

    DeviceProgress relinked =
        run(tree.relink(POWER), new LiveSettings().workersPerDevice(4), Guard.NONE);
    DeviceProgress cleaned =
        run(tree.cleanup(POWER + 1), new LiveSettings().workersPerDevice(4), Guard.NONE);

    assertThat(relinked.counters().linked() + 8).isGreaterThanOrEqualTo(240);
    assertThat(cleaned.result()).contains(new DeviceResult.Succeeded(false));
    assertThat(tree.files()).hasSize(256);
    Inventory.StaleLook left =
        Inventory.of(tree.root()).stale("d1", ObjectPolicy.replication(0), POWER + 1, 0);
    assertThat(left).isEqualTo(new Inventory.StaleLook(0, "", 256, true, Optional.empty()));
  }

  @Test
  void aDeviceThatMustBeMountedAndIsNotIsNotTouched() {
    tree.write(HIGH, POWER, DATA);

    DeviceProgress relinked = run(tree.relink(POWER).mountCheck(true));

    assertThat(relinked.result().orElseThrow()).isInstanceOf(DeviceResult.Unmounted.class);
    assertThat(tree.names(tree.device())).containsExactly("objects");
  }

  @Test
  void aDeviceThatDoesNotExistIsNeverASuccess() {
    DeviceProgress relinked = run(tree.relink(POWER).devices(Set.of("d9")));

    assertThat(relinked.result().orElseThrow().succeeded()).isFalse();
  }

  @Test
  void leftoversAreRemovedAndNothingElse() {
    tree.write(HIGH, POWER, DATA);
    run(tree.relink(POWER));

    assertThat(Leftovers.of(tree.root()).remove("d1", ObjectPolicy.replication(0))).isEmpty();
    assertThat(tree.names(tree.device())).containsExactly("objects");
  }

  @Test
  void theInventoryTellsWhatADeviceHolds() {
    tree.write(HIGH, POWER, DATA);
    run(tree.relink(POWER).identity(new RunIdentity("uid", 2)));

    Device device = Inventory.of(tree.root()).devices().getFirst();

    assertThat(device.name()).isEqualTo("d1");
    assertThat(device.mounted()).isFalse();
    assertThat(device.problem()).isEmpty();
    Device.DataDir objects = device.dataDirs().getFirst();
    assertThat(objects.policyIndex()).isZero();
    assertThat(objects.partitions()).isEqualTo(2);
    assertThat(objects.state())
        .contains(new Device.StateFound(4, 5, Optional.of(new RunIdentity("uid", 2))));
  }
}
