package dev.ringlift.e2e.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.process.ManagedProcess;
import dev.ringlift.testkit.tree.SyntheticTree;
import dev.ringlift.testkit.tree.TreeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A relinker that is told to end, or killed: what it saved, what it told, and who goes on. It ends
 * within two seconds; the time that is asserted leaves much for a machine that is busy.
 */
@Tag("swift")
class StoppedRelinkerTest {
  private static final int POWER = 7;
  private static final int OBJECTS = 1000;
  private static final Duration SLOW_MACHINE = Duration.ofSeconds(20);
  private static final int SIGTERM = 128 + 15;

  @TempDir private Path directory;
  private Path devices;
  private Path device;
  private SyntheticTree tree;
  private IncreaseByHand node;

  @BeforeEach
  void prepare() throws IOException {
    devices = directory.resolve("devices");
    device = devices.resolve("d1");
    tree =
        SyntheticTree.create(
            TreeSettings.of(OBJECTS, POWER, Instant.ofEpochSecond(1_700_000_000)),
            partition -> List.of(device));
    node = new IncreaseByHand(directory.resolve("swift"), POWER);
    node.ring("prepare");
  }

  @AfterEach
  void close() {
    node.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"relink", "cleanup"})
  void savesItsStateOnSigtermAndEitherToolGoesOn(String step) throws IOException {
    if (step.equals("cleanup")) {
      node.ringlift("relink", devices).orThrow();
      node.ring("increase");
    }

    try (ManagedProcess process =
        node.start(step, devices, "--files-per-second", "50", "--stats-interval", "1")) {
      await()
          .alias("some partitions done")
          .atMost(Duration.ofMinutes(1))
          .until(() -> partitionsDone(step) > 10);
      assertThat(process.terminate(SLOW_MACHINE)).isEqualTo(SIGTERM);
    }

    assertThat(count(IncreaseByHand.state(device), true)).isGreaterThan(10);
    assertThat(count(IncreaseByHand.state(device), false)).isPositive();
    assertThat(node.returnCode().asInt()).isEqualTo(1);
    long hashDirs = hashDirs();
    assertThat(hashDirs).isBetween(20L, OBJECTS - 1L);

    Path copy = directory.resolve("copy");
    Command.of("cp", "-a", devices.toString(), copy.toString()).run().orThrow();
    assertThat(node.swiftRelinker(step, copy).exitCode()).isZero();
    assertThat(hashDirs()).as("Swift goes on").isLessThan(OBJECTS).isPositive();
    node.ringlift(step, devices).orThrow();
    assertThat(node.returnCode().asInt()).isZero();
    assertThat(hashDirs()).as("Ringlift goes on").isLessThan(OBJECTS).isPositive();
    assertThat(files(devices)).isEqualTo(files(copy));
    if (step.equals("cleanup")) {
      assertThat(tree.check(POWER + 1, partition -> List.of(device)).faults()).isZero();
    }
  }

  @Test
  void endsOnSigtermWhileItWaitsForTheNextFile() throws IOException {
    try (ManagedProcess process = node.start("relink", devices, "--files-per-second", "0.001")) {
      await()
          .alias("the first file is linked")
          .atMost(Duration.ofMinutes(1))
          .until(() -> files(devices).size() > tree.files());
      assertThat(process.terminate(SLOW_MACHINE)).isEqualTo(SIGTERM);
    }

    assertThat(node.returnCode().asInt()).isEqualTo(1);
    node.ringlift("relink", devices).orThrow();
    node.ringlift("verify", devices).orThrow();
  }

  @Test
  void endsOnSigtermWhileAnotherHoldsTheDevice() throws IOException {
    Path lock = device.resolve(".relink.objects.lock");
    try (ManagedProcess holder =
            ManagedProcess.builder("flock", directory.resolve("flock.log"))
                .command("flock", lock.toString(), "sh", "-c", "echo held; exec sleep 600")
                .start();
        ManagedProcess process = node.start("relink", devices)) {
      holder.awaitOutput("held", Duration.ofMinutes(1));
      await()
          .alias("it has begun")
          .atMost(Duration.ofMinutes(1))
          .until(() -> Files.exists(node.swift().reconDirectory().resolve("relinker.recon")));
      assertThat(process.terminate(SLOW_MACHINE)).isEqualTo(SIGTERM);
    }

    assertThat(node.returnCode().asInt()).isEqualTo(1);
    assertThat(files(devices)).hasSize((int) tree.files());
  }

  /** Killed without a word, at no moment that the test chooses; and what Swift alone would make. */
  @ParameterizedTest(name = "{0}, Swift goes on: {1}")
  @CsvSource({"relink, true", "relink, false", "cleanup, true", "cleanup, false"})
  void eitherToolGoesOnWhereTheOtherWasKilled(String step, boolean swiftGoesOn) throws IOException {
    if (step.equals("cleanup")) {
      assertThat(node.swiftRelinker("relink", devices).exitCode()).isZero();
      node.ring("increase");
    }
    Path alone = directory.resolve("alone");
    Command.of("cp", "-a", devices.toString(), alone.toString()).run().orThrow();
    assertThat(node.swiftRelinker(step, alone).exitCode()).isZero();
    Map<String, Object> before = inodes(devices);

    String[] slowly = {"--files-per-second", "50"};
    try (ManagedProcess process =
        swiftGoesOn
            ? node.start(step, devices, slowly)
            : node.startSwift(step, devices, "--workers", "0", slowly[0], slowly[1])) {
      await()
          .alias("some files are linked, or removed")
          .atMost(Duration.ofMinutes(1))
          .until(() -> Math.abs(files(devices).size() - before.size()) > 20);
      process.kill();
    }
    if (swiftGoesOn) {
      assertThat(node.swiftRelinker(step, devices).exitCode()).isZero();
    } else {
      node.ringlift(step, devices).orThrow();
    }

    assertThat(files(devices)).isEqualTo(files(alone));
    assertThat(Set.copyOf(inodes(devices).values())).isEqualTo(Set.copyOf(before.values()));
    assertThat(node.returnCode().asInt()).isZero();
    node.ringlift("verify", devices).orThrow();
  }

  /** Of one that was killed nobody can tell at once; but the next run does. */
  @Test
  void theNextRunTellsReconWhatOneThatWasKilledCouldNot() throws IOException {
    try (ManagedProcess process = node.start("relink", devices, "--files-per-second", "50")) {
      await()
          .alias("it works")
          .atMost(Duration.ofMinutes(1))
          .until(() -> files(devices).size() > tree.files());
      process.kill();
    }
    assertThat(node.returnCode().isNull()).isTrue();

    node.ringlift("relink", devices).orThrow();

    assertThat(node.returnCode().asInt()).isZero();
    node.ringlift("verify", devices).orThrow();
  }

  /** Of this step, as recon knows it. */
  private long partitionsDone(String step) throws IOException {
    if (!Files.exists(node.swift().reconDirectory().resolve("relinker.recon"))) {
      return 0;
    }
    JsonNode policy = node.recon().path("devices").path("d1").path("policies").path("0");
    return policy.path("step").asText().equals(step) ? policy.path("parts_done").asLong() : 0;
  }

  private long hashDirs() throws IOException {
    return node.recon().path("devices").path("d1").path("stats").path("hash_dirs").asLong();
  }

  private static long count(JsonNode state, boolean done) {
    long count = 0;
    for (JsonNode each : state) {
      count += each.asBoolean() == done ? 1 : 0;
    }
    return count;
  }

  /** The inode at each path of an object's file. */
  private static Map<String, Object> inodes(Path root) throws IOException {
    Map<String, Object> inodes = new HashMap<>();
    for (String file : files(root)) {
      inodes.put(file, Files.getAttribute(root.resolve(file), "unix:ino"));
    }
    return inodes;
  }

  /** The paths of all objects' files. */
  private static SortedSet<String> files(Path root) throws IOException {
    SortedSet<String> files = new TreeSet<>();
    try (Stream<Path> walk = Files.walk(root)) {
      walk.map(path -> root.relativize(path))
          .filter(path -> path.getNameCount() == 6)
          .forEach(path -> files.add(path.toString()));
    } catch (java.io.UncheckedIOException e) {
      // A directory that went while it was listed: the caller looks again.
      return new TreeSet<>();
    }
    return files;
  }
}
