package dev.ringlift.agent.node;

import static dev.ringlift.agent.node.Devices.device;
import static dev.ringlift.agent.node.Devices.objects;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.ringlift.agent.FakeClock;
import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.DeviceStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingProblem;
import dev.ringlift.relinker.Device;
import io.fabric8.kubernetes.api.model.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageNodeReporterTest {
  @TempDir Path directory;
  private final FakeClock clock = new FakeClock();
  private final Devices devices = new Devices(device("sda", 500_000, objects(Optional.empty())));
  private final NodeInventory inventory =
      new NodeInventory(
          devices,
          new LeftoverSweeper(
              (device, policy) -> List.of(),
              new StaleDevices(new Devices()),
              p -> Optional.empty(),
              p -> false));
  private final FakeApi api = new FakeApi();
  private List<RingProblem> ringProblems = List.of();
  private Optional<ObjectServer> objectServer = Optional.empty();

  @BeforeEach
  void setUp() throws IOException {
    ring("10");
    inventory.look();
  }

  @Test
  void saysWhatTheNodeIs() {
    reporter(true).report();

    StorageNodeStatus status = api.last();
    assertThat(status.agentVersion()).isEqualTo("1.2.3");
    assertThat(status.devices())
        .containsExactly(
            new DeviceStatus(
                "sda", true, "xfs", 500_000, 500_000, 7, 8, List.of("objects"), List.of(), null));
    assertThat(status.rings()).extracting(ring -> ring.partPower()).containsExactly(10);
  }

  @Test
  void aDeviceThatMissedACleanupIsACondition() {
    reporter(true).report();
    assertThat(api.last().conditions().getFirst().getStatus()).isEqualTo("False");

    Condition stale =
        StaleCondition.of(
            List.of(
                new DeviceStatus(
                    "sdb", true, "xfs", 1, 1, 7, 8, List.of(), List.of("objects: files"), null)),
            api.last(),
            clock.instant());

    assertThat(stale.getType()).isEqualTo("StaleDevice");
    assertThat(stale.getStatus()).isEqualTo("True");
    assertThat(stale.getMessage())
        .isEqualTo(
            "Devices that an earlier increase left uncleaned: sdb (objects: files). Wipe them.");
  }

  @Test
  void saysAtOnceWhichRingIsNotInstalled() {
    StorageNodeReporter reporter = reporter(true);
    reporter.report();

    ringProblems = List.of(new RingProblem("object.ring.gz", "swift-rings", "It is older."));
    reporter.report();

    assertThat(api.last().ringProblems()).isEqualTo(ringProblems);
  }

  @Test
  void saysWhatItsObjectServerHasAndOnlyOnce() throws IOException {
    try (FakeObjectServer swift = new FakeObjectServer();
        ObjectServer asked = new ObjectServer(swift.uri())) {
      objectServer = Optional.of(asked);
      StorageNodeReporter reporter = reporter(true);
      reporter.report();
      assertThat(api.written).as("before it was asked").isEmpty();

      String other = "0123456789abcdef0123456789abcdef";
      swift.has("object.ring.gz", other);
      asked.ask();
      reporter.report();
      assertThat(api.last().rings().getFirst().objectServerMd5()).isEqualTo(other);
      assertThat(api.last().conditions())
          .extracting(Condition::getType, Condition::getStatus)
          .containsExactly(tuple("StaleDevice", "False"), tuple("ObjectServerRings", "False"));

      swift.has("object.ring.gz", api.last().rings().getFirst().md5());
      asked.ask();
      reporter.report();
      assertThat(api.last().conditions().getLast().getStatus()).isEqualTo("True");

      reporter(true).report();
      assertThat(api.written).as("nothing new, not even after a restart").hasSize(2);
      clock.advance(Duration.ofHours(1));
      asked.ask();
      reporter.report();
      assertThat(api.written).as("nothing new").hasSize(2);
    }
  }

  @Test
  void saysNothingBeforeTheDevicesHaveBeenLookedAt() {
    NodeInventory young =
        new NodeInventory(
            devices,
            new LeftoverSweeper(
                (device, policy) -> List.of(),
                new StaleDevices(new Devices()),
                p -> Optional.empty(),
                p -> false));

    reporter(true, young).report();

    assertThat(api.written).isEmpty();
  }

  @Test
  void writesNothingWhileTheNodeIsIdleNotEvenAfterARestart() {
    StorageNodeReporter reporter = reporter(true);
    reporter.report();
    for (int hour = 0; hour < 24; hour++) {
      clock.advance(Duration.ofHours(1));
      devices.devices.set(0, device("sda", 500_000 - 400 * hour, objects(Optional.empty())));
      inventory.look();
      reporter.report();
    }
    assertThat(api.written).hasSize(1);
  }

  @Test
  void writesANewRingAtOnceAndDevicesAtMostOnceAnInterval() throws IOException {
    StorageNodeReporter reporter = reporter(true);
    reporter.report();

    ring("11");
    reporter.report();
    assertThat(api.last().rings()).extracting(ring -> ring.partPower()).containsExactly(11);

    devices.devices.add(device("sdb", 1));
    inventory.look();
    reporter.report();
    assertThat(api.last().deviceCount()).isEqualTo(1);
    clock.advance(Duration.ofSeconds(5));
    reporter.report();
    assertThat(api.last().deviceCount()).isEqualTo(2);
  }

  @Test
  void writesAgainWhatAnotherHandChanged() {
    StorageNodeReporter reporter = reporter(true);
    reporter.report();
    assertThat(reporter.isForeign(api.last())).isFalse();
    assertThat(reporter.isForeign(new StorageNodeStatus("x", 0, List.of(), List.of(), List.of())))
        .isTrue();

    reporter.forget();
    reporter.report();

    assertThat(api.written).hasSize(2);
  }

  @Test
  void triesAgainAfterAWriteThatFailed() {
    StorageNodeReporter reporter = reporter(true);
    api.cutOff = true;
    try {
      reporter.report();
    } catch (IllegalStateException expected) {
      assertThat(expected).hasMessage("cut off");
    }
    api.cutOff = false;

    reporter.report();

    assertThat(api.written).hasSize(1);
  }

  @Test
  void takesEveryDeviceForMountedWhereNoneNeedsToBe() {
    devices.devices.set(
        0,
        new Device("sda", false, "ext4", 1, Long.MAX_VALUE, 7, 8, List.of(), "Input/output error"));
    inventory.look();

    reporter(false).report();

    DeviceStatus status = api.last().devices().getFirst();
    assertThat(status.mounted()).isTrue();
    assertThat(status.inodesTotal()).isZero();
    assertThat(status.problem()).isEqualTo("Input/output error");
    reporter(true).report();
    clock.advance(Duration.ofMinutes(1));
    assertThat(api.last().devices().getFirst().mounted()).isFalse();
  }

  private StorageNodeReporter reporter(boolean mountCheck) {
    return reporter(mountCheck, inventory);
  }

  private StorageNodeReporter reporter(boolean mountCheck, NodeInventory of) {
    return new StorageNodeReporter(
        "1.2.3",
        mountCheck,
        new RingDirectory(
            directory,
            file -> new RingParser.Facts(null, Integer.parseInt(new String(file, UTF_8)), null),
            clock),
        () -> ringProblems,
        of,
        new Machine(directory.resolve("proc"), directory),
        objectServer,
        api,
        Duration.ofSeconds(5),
        clock);
  }

  private void ring(String power) throws IOException {
    Files.writeString(directory.resolve("object.ring.gz"), power);
  }

  private static final class FakeApi implements StorageNodeApi {
    final List<StorageNodeStatus> written = new ArrayList<>();
    boolean cutOff;

    StorageNodeStatus last() {
      return written.getLast();
    }

    @Override
    public Optional<StorageNodeStatus> read() {
      return written.isEmpty() ? Optional.empty() : Optional.of(last());
    }

    @Override
    public void write(StorageNodeStatus status) {
      if (cutOff) {
        throw new IllegalStateException("cut off");
      }
      written.add(status);
    }
  }
}
