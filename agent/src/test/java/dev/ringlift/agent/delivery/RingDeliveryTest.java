package dev.ringlift.agent.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.agent.FakeClock;
import dev.ringlift.agent.node.RingDirectory;
import dev.ringlift.agent.node.RingParser;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingProblem;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingDevice;
import dev.ringlift.ring.RingInstaller;
import dev.ringlift.ring.RingParts;
import dev.ringlift.ring.Transition;
import dev.ringlift.ring.TransitionRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingDeliveryTest {
  private static final String RINGS = "swift-rings";
  private static final String RING = "object.ring.gz";

  @TempDir Path directory;
  private final FakeClock clock = new FakeClock();
  private final FakeMaps maps = new FakeMaps();
  private final RingBuilder builder = builder();

  private static RingBuilder builder() {
    List<RingDevice> devices =
        IntStream.range(0, 6)
            .mapToObj(
                id -> {
                  String ip = "10.0.0." + id;
                  return new RingDevice(id, 1, id % 3, ip, 6200, ip, 6200, "d" + id, 100, "");
                })
            .toList();
    return RingBuilder.create(6, 3, devices);
  }

  private RingDelivery delivery(String... names) {
    RingDirectory rings =
        new RingDirectory(
            directory,
            file -> {
              Ring ring = Ring.read(file);
              return new RingParser.Facts(ring.version(), ring.partPower(), ring.nextPartPower());
            },
            clock);
    return new RingDelivery(List.of(names), maps, rings, new RingInstaller(clock), clock);
  }

  private byte[] ring() {
    return builder.toRing(1).toBytes();
  }

  private byte[] prepared() throws TransitionRefusedException {
    return builder.after(Transition.PREPARE, Instant.EPOCH).toRing(1).toBytes();
  }

  private Path file() {
    return directory.resolve(RING);
  }

  @Test
  void installsWhatAMapHoldsWheneverItChanges() throws Exception {
    RingDelivery delivery = delivery(RINGS);
    maps.put(RINGS, Map.of(RING, ring(), "object-3.ring.gz", ring()));

    assertThat(delivery.turn()).isTrue();

    assertThat(file()).hasBinaryContent(ring());
    assertThat(directory.resolve("object-3.ring.gz")).hasBinaryContent(ring());
    assertThat(delivery.turn()).as("nothing is new").isFalse();

    maps.put(RINGS, Map.of(RING, prepared()));
    assertThat(delivery.turn()).isTrue();
    assertThat(file()).hasBinaryContent(prepared());
    assertThat(directory.resolve("object-3.ring.gz")).as("nothing is removed").exists();
    assertThat(delivery.problems()).isEmpty();
  }

  @Test
  void putsBackWhatAnotherHandRemovedOrReplacedByAnOlderRing() throws Exception {
    RingDelivery delivery = delivery(RINGS);
    maps.put(RINGS, Map.of(RING, prepared()));
    delivery.turn();

    Files.delete(file());
    delivery.turn();
    assertThat(file()).hasBinaryContent(prepared());

    Files.write(file(), ring());
    delivery.turn();
    assertThat(file()).hasBinaryContent(prepared());
  }

  @Test
  void touchesNoOtherFile() throws Exception {
    Path account = Files.writeString(directory.resolve("account.ring.gz"), "an account ring");
    maps.put(
        RINGS,
        Map.of(
            "account.ring.gz", ring(),
            "container.ring.gz", ring(),
            "object.builder", builder.toBytes(),
            "../object.ring.gz", ring(),
            "object.ring.gz.bak", ring()));

    delivery(RINGS).turn();

    assertThat(account).hasContent("an account ring");
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(account);
    }
    assertThat(directory.resolveSibling(RING)).doesNotExist();
  }

  @Test
  void putsPartsTogetherAndFetchesThemOnce() throws Exception {
    RingDelivery delivery = delivery(RINGS);
    maps.putInParts(RINGS, ring());

    delivery.turn();
    delivery.turn();

    assertThat(file()).hasBinaryContent(ring());
    int fetched = maps.fetched;
    assertThat(fetched).isGreaterThan(2);
    delivery(RINGS).turn();
    assertThat(maps.fetched).as("an agent that starts anew").isEqualTo(fetched);
  }

  @Test
  void waitsForAPartThatIsMissing() throws Exception {
    RingDelivery delivery = delivery(RINGS);
    Files.write(file(), ring());
    maps.putInParts(RINGS, prepared());
    byte[] kept = maps.parts.remove("p-00002");

    delivery.turn();

    assertThat(delivery.problems())
        .containsExactly(
            new RingProblem(RING, RINGS, "Its part object.ring.gz.00002 is not in p-00002."));
    assertThat(file()).hasBinaryContent(ring());
    maps.parts.put("p-00002", kept);
    clock.advance(Duration.ofSeconds(31));
    delivery.turn();
    assertThat(delivery.problems()).isEmpty();
    assertThat(file()).hasBinaryContent(prepared());
  }

  @Test
  void keepsANewerRingUntilAnAdministratorNamesTheOlderOne() throws Exception {
    RingDelivery delivery = delivery(RINGS);
    Files.write(file(), prepared());
    maps.put(RINGS, Map.of(RING, ring()));

    assertThat(delivery.turn()).isTrue();

    assertThat(file()).hasBinaryContent(prepared());
    String md5 = Md5.hex(ring());
    assertThat(delivery.problems())
        .containsExactly(
            new RingProblem(
                RING,
                RINGS,
                "The ring that is there is newer: version 8, and that to be installed is version 7."
                    + " If it is meant nevertheless, annotate ConfigMap swift-rings with"
                    + " ringlift.dev/install-over-newer="
                    + md5
                    + "."));
    assertThat(delivery.turn()).as("nothing is new").isFalse();

    maps.meant = Set.of("0".repeat(32));
    delivery.turn();
    assertThat(file()).hasBinaryContent(prepared());

    maps.meant = Set.of("0".repeat(32), md5);
    assertThat(delivery.turn()).isTrue();
    assertThat(file()).hasBinaryContent(ring());
    assertThat(delivery.problems()).isEmpty();
  }

  @Test
  void saysWhatIsWrongAndGoesOnWithTheOthers() throws Exception {
    maps.put(
        RINGS,
        Map.of(
            RING,
            "no ring".getBytes(UTF_8),
            "object-1.ring.gz.index",
            "{".getBytes(UTF_8),
            "object-2.ring.gz",
            ring()));
    maps.put("more", Map.of("object-2.ring.gz", prepared()));
    RingDelivery delivery = delivery(RINGS, "more", "none");

    delivery.turn();

    assertThat(delivery.problems())
        .containsExactly(
            new RingProblem("object-1.ring.gz", RINGS, "Its index is not the JSON text of one."),
            new RingProblem(
                RING,
                RINGS,
                "What is to be installed is no ring that could be used. It is not a ring: it is"
                    + " not compressed by gzip."),
            new RingProblem(
                "object-2.ring.gz", "more", "It is in another ConfigMap too, which counts."),
            new RingProblem(null, "none", "There is no such ConfigMap."));
    assertThat(directory.resolve("object-2.ring.gz")).hasBinaryContent(ring());
    assertThat(file()).doesNotExist();
  }

  @Test
  void givesAMapTimeToBeRead() {
    maps.known = false;
    RingDelivery delivery = delivery(RINGS);

    delivery.turn();
    assertThat(delivery.problems()).isEmpty();

    clock.advance(Duration.ofSeconds(31));
    delivery.turn();
    assertThat(delivery.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("could not be read yet"));
  }

  @Test
  void replacesNoMountedConfigMap() throws IOException {
    Path mounted = Files.write(directory.resolve("..data"), "mounted".getBytes(UTF_8));
    Files.createSymbolicLink(file(), mounted.getFileName());
    maps.put(RINGS, Map.of(RING, ring()));
    RingDelivery delivery = delivery(RINGS);

    delivery.turn();

    assertThat(delivery.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("is a symbolic link"));
    assertThat(mounted).hasContent("mounted");
  }

  private static final class FakeMaps implements RingMaps {
    final Map<String, Map<String, byte[]>> maps = new HashMap<>();
    final Map<String, byte[]> parts = new HashMap<>();
    Set<String> meant = Set.of();
    boolean known = true;
    int fetched;

    void put(String name, Map<String, byte[]> values) {
      maps.put(name, values);
    }

    /** Places are called p-00001 and so on. */
    void putInParts(String name, byte[] ring) {
      RingParts split = RingParts.split(RING, ring, 100, "p");
      String index = new String(split.index().toBytes(), UTF_8);
      List<byte[]> contents = new ArrayList<>(split.contents());
      for (int i = 0; i < contents.size(); i++) {
        String place = "p-%05d".formatted(i + 1);
        index = index.replace(split.index().parts().get(i).where(), place);
        parts.put(place, contents.get(i));
      }
      put(name, Map.of(RING + ".index", index.getBytes(UTF_8)));
    }

    @Override
    public boolean known(String name) {
      return known;
    }

    @Override
    public Optional<RingMap> map(String name) {
      return Optional.ofNullable(maps.get(name)).map(values -> new RingMap(values, meant));
    }

    @Override
    public Optional<byte[]> part(String where, String name) {
      fetched++;
      return Optional.ofNullable(parts.get(where));
    }
  }
}
