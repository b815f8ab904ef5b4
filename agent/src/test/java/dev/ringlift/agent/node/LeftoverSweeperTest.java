package dev.ringlift.agent.node;

import static dev.ringlift.agent.node.Devices.device;
import static dev.ringlift.agent.node.Devices.objects;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.relinker.Device;
import dev.ringlift.relinker.Inventory.StaleLook;
import dev.ringlift.relinker.Problem;
import dev.ringlift.relinker.RunIdentity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LeftoverSweeperTest {
  private static final Device OURS = device("sda", 1, objects(state(true)));
  private static final Device FOREIGN = device("sdb", 1, objects(state(false)));

  private final List<String> removed = new ArrayList<>();
  private List<Problem> problems = List.of();

  private static final StaleLook STALE =
      new StaleLook(3, "sdb/objects/7/abc/hash", 9, true, Optional.empty());

  private final Devices inventory = new Devices();
  private final StaleDevices stale = new StaleDevices(inventory);

  @Test
  void removesWhatRingliftLeftAndLeavesAloneWhatOthersLeft() {
    assertThat(sweep(ring(null), false)).isEmpty();
    assertThat(removed).containsExactly("sda objects");
  }

  @Test
  void namesADeviceThatMissedACleanupAndLooksOncePerRingAtTheOthers() {
    inventory.stale.put("sdb", STALE);
    Map<String, List<String>> expected =
        Map.of(
            "sdb",
            List.of(
                "objects: files at places that are wrong for partition power 10, such as sdb/objects/7/abc/hash"));

    assertThat(sweep(ring(null), false)).isEqualTo(expected);
    assertThat(sweep(ring(null), false)).isEqualTo(expected);

    assertThat(inventory.looksForStale).as("sda once, sdb twice").isEqualTo(3);
  }

  @Test
  void seesThatADeviceWasWiped() {
    inventory.stale.put("sdb", STALE);
    sweep(ring(null), false);
    inventory.stale.clear();

    assertThat(sweep(ring(null), false)).isEmpty();
  }

  @Test
  void looksAgainWhereSomethingCouldNotBeLookedAt() {
    Problem problem = new Problem("sdb/objects/3", "EIO", "It could not be looked at");
    inventory.stale.put("sdb", new StaleLook(0, "", 2, false, Optional.of(problem)));
    assertThat(sweep(ring(null), false)).isEmpty();
    inventory.stale.put("sdb", STALE);

    assertThat(sweep(ring(null), false)).containsOnlyKeys("sdb");
  }

  @Test
  void looksAgainAtADeviceThatWasAway() {
    sweep(ring(null), false);
    sweeper(ring(null), false).sweep(List.of(OURS));
    inventory.stale.put("sdb", STALE);

    assertThat(sweep(ring(null), false)).containsOnlyKeys("sdb");
  }

  @Test
  void touchesNothingWhileAnIncreaseIsUnderWay() {
    assertThat(sweep(ring(11), false)).isEmpty();
    assertThat(sweep(ring(10), false)).isEmpty();
    assertThat(removed).isEmpty();
  }

  @Test
  void touchesNothingWhileTheRingIsUnknownOrWorkIsUnderWay() {
    assertThat(sweep(Optional.empty(), false)).isEmpty();
    assertThat(sweep(ring(null), true)).isEmpty();
    assertThat(removed).isEmpty();
  }

  @Test
  void reportsWhatCouldNotBeRemoved() {
    problems = List.of(new Problem("sda/relink.objects.json", "EROFS", "read-only file system"));

    assertThat(sweep(ring(null), false).get("sda"))
        .containsExactly("objects: sda/relink.objects.json: read-only file system (EROFS)");
  }

  private Map<String, List<String>> sweep(Optional<SeenRing> ring, boolean busy) {
    return sweeper(ring, busy).sweep(List.of(OURS, FOREIGN));
  }

  private LeftoverSweeper sweeper(Optional<SeenRing> ring, boolean busy) {
    return new LeftoverSweeper(
        (device, policy) -> {
          removed.add(device + " " + policy.dataDir());
          return problems;
        },
        stale,
        policy -> ring,
        policy -> busy);
  }

  private static Optional<SeenRing> ring(@Nullable Integer next) {
    return Optional.of(
        new SeenRing("object.ring.gz", 0, "", 1L, 10, next, Instant.EPOCH, Instant.EPOCH, null));
  }

  private static Optional<Device.StateFound> state(boolean ours) {
    return Optional.of(
        new Device.StateFound(
            10, 11, ours ? Optional.of(new RunIdentity("increase", 1)) : Optional.empty()));
  }
}
