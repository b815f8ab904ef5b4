package dev.ringlift.agent.task;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringlift.agent.FakeClock;
import dev.ringlift.agent.contact.ApiContact;
import dev.ringlift.agent.node.LeftoverSweeper;
import dev.ringlift.agent.node.NodeInventory;
import dev.ringlift.agent.node.RingDirectory;
import dev.ringlift.agent.node.RingParser;
import dev.ringlift.agent.node.SeenRing;
import dev.ringlift.agent.node.StaleDevices;
import dev.ringlift.relinker.Device;
import dev.ringlift.relinker.Inventory;
import dev.ringlift.relinker.ObjectPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A node with these devices whose executor works with a relinker that obeys the test. */
final class TestNode {
  final FakeClock clock = new FakeClock();
  final FakeTaskApi api = new FakeTaskApi();
  final FakeRelinker relinker = new FakeRelinker();
  final FakeRecon recon = new FakeRecon();
  final TaskExecutor executor;
  private final Path ringDirectory;

  TestNode(Path ringDirectory, String... devices) {
    this.ringDirectory = ringDirectory;
    ApiContact contact = new ApiContact(Duration.ofSeconds(40), clock::nanoTime);
    contact.reached(contact.begin());
    NodeInventory inventory = inventory(devices);
    inventory.look();
    RunSettings settings = new RunSettings(Path.of("/srv/node"), ringDirectory, true, 1);
    try {
      Files.writeString(ringDirectory.resolve("swift.conf"), "[swift-hash]\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    executor =
        new TaskExecutor(
            api,
            contact,
            rings(),
            inventory,
            new RunStarter(relinker, relinker, rings(), inventory, contact, settings),
            recon,
            Duration.ofSeconds(5),
            clock,
            () -> {});
  }

  void turn() {
    executor.turn(List.copyOf(api.tasks.values()));
  }

  /** A ring file whose content is its powers; returns its md5. */
  String writeRing(String powers) throws IOException {
    Files.writeString(ringDirectory.resolve("object.ring.gz"), powers);
    return rings().ofPolicy(0).map(SeenRing::md5).orElseThrow();
  }

  private RingDirectory rings() {
    return new RingDirectory(
        ringDirectory,
        file -> {
          String[] powers = new String(file, UTF_8).split(" ", -1);
          return new RingParser.Facts(7L, Integer.parseInt(powers[0]), Integer.parseInt(powers[1]));
        },
        clock);
  }

  private static NodeInventory inventory(String... names) {
    Inventory inventory =
        new Inventory() {
          @Override
          public List<Device> devices() {
            return Tasks.devices(names).all();
          }

          @Override
          public StaleLook stale(String device, ObjectPolicy policy, int partPower, long limit) {
            return new StaleLook(0, "", 0, true, Optional.empty());
          }
        };
    return new NodeInventory(
        inventory,
        new LeftoverSweeper(
            (device, policy) -> List.of(),
            new StaleDevices(inventory),
            policy -> Optional.empty(),
            p -> false));
  }
}
