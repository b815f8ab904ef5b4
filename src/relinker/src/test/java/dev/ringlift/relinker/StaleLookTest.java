package dev.ringlift.relinker;

import static dev.ringlift.relinker.DeviceTree.hash;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringlift.relinker.FaultyPosix.Faults;
import dev.ringlift.relinker.FaultyPosix.Kind;
import dev.ringlift.relinker.FaultyPosix.Mode;
import dev.ringlift.relinker.Inventory.StaleLook;
import dev.ringlift.relinker.engine.LocalInventory;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Posix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is found of a cleanup that was missed, whatever of it is left, and that "nothing" is never
 * said of what was not seen.
 */
class StaleLookTest {
  private static final int POWER = 8;
  private static final String DATA = "1700000000.00000.data";
  private static final ObjectPolicy POLICY = ObjectPolicy.replication(0);

  private final DeviceTree tree;

  StaleLookTest(@TempDir Path root) {
    tree = new DeviceTree(root);
  }

  @Test
  void aCleanDeviceThatIsSmallIsLookedAtAsAWhole() {
    for (int i = 0; i < 30; i++) {
      tree.write(hash("%02x".formatted(8 * i), "%03x".formatted(i)), POWER, DATA);
    }

    assertThat(look(POWER, 100)).isEqualTo(new StaleLook(0, "", 30, true, Optional.empty()));
  }

  @Test
  void aDeviceWithoutObjectsHasNothingAtOldPlaces() throws IOException {
    Files.delete(tree.device().resolve("objects"));

    assertThat(look(POWER, 100)).isEqualTo(new StaleLook(0, "", 0, true, Optional.empty()));
  }

  @Test
  void ofALargeDeviceNoMoreIsReadThanIsAskedFor() {
    fill(POWER);

    StaleLook sample = look(POWER, 64);
    assertThat(sample.isClean()).isTrue();
    assertThat(sample.looked()).isBetween(4L, 64L);
    assertThat(sample.whole()).isFalse();
    assertThat(look(POWER, 0).looked()).isEqualTo(200 * 3);
  }

  @Test
  void aDeviceThatMissedAWholeCleanupIsFoundByASample() {
    fill(POWER - 1);

    assertThat(look(POWER, 64).found()).isPositive();
  }

  @Test
  void theLastPartitionsOfACleanupThatWasBrokenOffAreFoundByASample() {
    fill(POWER);
    tree.write(hash("02", "abc"), POWER - 1, DATA);

    StaleLook sample = look(POWER, 64);

    assertThat(sample.found()).isOne();
    assertThat(sample.example()).isEqualTo("d1/objects/1/abc/" + hash("02", "abc"));
  }

  @Test
  void whatACancelledIncreaseHasMadeIsFoundByASample() {
    fill(POWER);
    tree.write(hash("ff8", "abc"), POWER + 1, DATA);

    assertThat(look(POWER, 64).example()).isEqualTo("d1/objects/511/abc/" + hash("ff8", "abc"));
  }

  @Test
  void whateverCallFailsADeviceWithLeftoversIsNeverClean() {
    tree.write(hash("80", "abc"), POWER - 1, DATA);
    int calls = 0;
    for (int number = 1; calls == 0 || number <= calls; number++) {
      Faults faults = new Faults("d1", Mode.ONCE, Errno.EIO, Kind.LOOKING, number);
      StaleLook look = onTheDevicesThread(() -> inventory(faults).stale("d1", POLICY, POWER, 64));

      assertThat(look.isClean()).as("call %d failed: %s", number, look).isFalse();
      assertThat(faults.leaks()).as("call %d", number).isZero();
      calls = number == 1 ? callsOfALook() : calls;
    }
    assertThat(calls).isGreaterThan(6);
  }

  @Test
  void whateverCallFailsADataDirIsNeverMissingWithoutAWord() {
    tree.write(hash("80", "abc"), POWER, DATA);
    for (int number = 1; number <= 30; number++) {
      Faults faults = new Faults("d1", Mode.ONCE, Errno.EIO, Kind.LOOKING, number);
      Optional<Device> device =
          onTheDevicesThread(
              () -> {
                try {
                  return Optional.of(inventory(faults).devices().getFirst());
                } catch (UncheckedIOException e) {
                  return Optional.empty();
                }
              });

      device.ifPresent(
          found ->
              assertThat(found.dataDirs().size() + found.problem().length())
                  .as("%s", found)
                  .isPositive());
      assertThat(faults.leaks()).as("call %d", number).isZero();
    }
  }

  @Test
  void aRootThatCannotBeListedIsNotOneWithoutDevices() throws IOException {
    Path file = Files.writeString(tree.root().resolve("file"), "");

    assertThat(Inventory.of(tree.root().resolve("none")).devices()).isEmpty();
    assertThatThrownBy(() -> Inventory.of(file).devices())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("list the devices root");
  }

  @Test
  void aLinkInPlaceOfADataDirIsTold() throws IOException {
    Files.createSymbolicLink(tree.device().resolve("objects-1"), tree.device().resolve("objects"));

    assertThat(Inventory.of(tree.root()).devices().getFirst().problem())
        .isEqualTo("Its objects-1 could not be looked at: a symbolic link is where none may be.");
  }

  private int callsOfALook() {
    Faults none = Faults.none("d1", Kind.LOOKING);
    onTheDevicesThread(() -> inventory(none).stale("d1", POLICY, POWER, 64));
    return none.calls();
  }

  private LocalInventory inventory(Faults faults) {
    return new LocalInventory(tree.root(), () -> new FaultyPosix(faults));
  }

  /** Faults meet the threads of a device. */
  private static <T> T onTheDevicesThread(Supplier<T> what) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    answer.completeAsync(what, task -> Thread.ofPlatform().name("relink-d1").start(task));
    return answer.join();
  }

  private StaleLook look(int power, long limit) {
    return new LocalInventory(tree.root(), Posix::new).stale("d1", POLICY, power, limit);
  }

  /** Three objects in each of the 200 partitions from 20 on, at the places of this power. */
  private void fill(int power) {
    for (int partition = 20; partition < 220; partition++) {
      for (int i = 0; i < 3; i++) {
        tree.write(hash("%02x%d".formatted(partition, i), "%03x".formatted(i)), power, DATA);
      }
    }
  }
}
