package dev.ringlift.testkit.swift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("swift")
class RealSwiftTest {
  @TempDir private static Path made;

  private RealSwift swift;
  private Path devices;
  private Path ring;
  private Path builder;

  @BeforeAll
  static void makeARingOfThreeDevices() {
    try (RealSwift maker = RealSwift.in(made)) {
      String file = made.resolve("object.builder").toString();
      maker.ringBuilder(file, "create", "4", "3", "0").orThrow();
      maker
          .ringBuilder(
              file,
              "add",
              "r1z1-127.0.0.1:6200/d1",
              "100",
              "r1z2-127.0.0.1:6200/d2",
              "100",
              "r1z3-127.0.0.1:6200/d3",
              "100")
          .orThrow();
      maker.ringBuilder(file, "rebalance").orThrow();
    }
  }

  @BeforeEach
  void aRingOfThreeDevices(@TempDir Path folder) throws IOException {
    swift = RealSwift.in(folder.resolve("etc"));
    devices = Files.createDirectories(folder.resolve("node"));
    for (String device : List.of("d1", "d2", "d3")) {
      Files.createDirectories(devices.resolve(device));
    }
    builder = swift.directory().resolve("object.builder");
    ring = swift.directory().resolve("object.ring.gz");
    Files.copy(made.resolve("object.builder"), builder);
    Files.copy(made.resolve("object.ring.gz"), ring);
  }

  @AfterEach
  void close() {
    swift.close();
  }

  @Test
  void loadsRingsAndBuilders() {
    JsonNode loaded = swift.ring(ring);
    assertThat(loaded.get("part_power").asInt()).isEqualTo(4);
    assertThat(loaded.get("replica2part2dev_id")).hasSize(3);
    assertThat(loaded.get("replica2part2dev_id").get(0)).hasSize(16);
    assertThat(swift.builder(builder).get("devs").get(0).get("device").asText()).isEqualTo("d1");
    assertThat(swift.builder(builder).get("next_part_power").isNull()).isTrue();
  }

  @Test
  void writesObjectsWhereTheRingSaysAndReadsThem() {
    Operation put = Operation.put("/AUTH_t/c/kept", "1700000000.00000", "hello");
    Operation gone = Operation.put("/AUTH_t/c/gone", "1700000000.00000", "bye");
    Map<String, Path> roots = Map.of("*", devices);

    swift.write(
        ring,
        0,
        roots,
        List.of(
            put,
            gone,
            Operation.post(put.path(), "1700000001.00000", Map.of("X-Object-Meta-Colour", "red")),
            Operation.delete(gone.path(), "1700000002.00000")));

    assertThat(swift.read(ring, 0, roots, List.of(put)))
        .hasSize(3)
        .allSatisfy(
            found -> {
              assertThat(found.state()).isEqualTo("present");
              assertThat(found.body()).isEqualTo("hello");
              assertThat(found.metadata()).containsEntry("X-Object-Meta-Colour", "red");
            });
    assertThat(swift.read(ring, 0, roots, List.of(gone)))
        .extracting(Found::state)
        .containsExactly("deleted", "deleted", "deleted");
    assertThat(swift.read(ring, 0, roots, List.of(Operation.delete("/AUTH_t/c/never", "0"))))
        .extracting(Found::state)
        .containsOnly("missing");
    assertThat(swift.tree(devices).stream().filter(SwiftFile::isFile))
        .filteredOn(file -> file.name().startsWith("17"))
        .extracting(SwiftFile::name)
        .hasSize(9)
        .contains("1700000000.00000.data", "1700000001.00000.meta", "1700000002.00000.ts");
  }

  @Test
  void relinksAndCleansUpByItsOwnCommand() throws IOException {
    List<Operation> objects = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      objects.add(Operation.put("/AUTH_t/c/o" + i, "1700000000.00000", "body " + i));
    }
    swift.write(ring, 0, Map.of("*", devices), objects);

    swift.ringBuilder(builder.toString(), "prepare_increase_partition_power").orThrow();
    swift.ringBuilder(builder.toString(), "write_ring").orThrow();
    swift.relinker("relink", devices).orThrow();
    assertThat(dataFiles()).extracting(SwiftFile::links).contains(2);
    swift.ringBuilder(builder.toString(), "increase_partition_power").orThrow();
    swift.ringBuilder(builder.toString(), "write_ring").orThrow();
    swift.relinker("cleanup", devices).orThrow();

    assertThat(dataFiles()).hasSize(90).extracting(SwiftFile::links).containsOnly(1);
    assertThat(swift.read(ring, 0, Map.of("*", devices), objects))
        .extracting(Found::state)
        .containsOnly("present");
    assertThat(swift.audit(devices).quarantined()).isEmpty();
  }

  @Test
  void theAuditorSeesABrokenObject() throws IOException {
    Operation put = Operation.put("/AUTH_t/c/o", "1700000000.00000", "hello");
    swift.write(ring, 0, Map.of("*", devices), List.of(put));
    Files.writeString(devices.resolve(dataFiles().getFirst().path()), "jello");

    assertThat(swift.audit(devices).quarantined()).hasSize(1);
  }

  @Test
  void knowsHashesAndDecodesHashesPkl() {
    Operation put = Operation.put("/AUTH_t/c/o", "1700000000.00000", "hello");
    swift.writeAt(devices, "d1", 0, 4, List.of(put));
    String hash = swift.hash(put.path());
    long partition = Long.parseLong(hash.substring(0, 1), 16);
    Path partitionFolder = devices.resolve("d1/objects/" + partition);

    assertThat(partitionFolder.resolve(hash.substring(29)).resolve(hash)).isDirectory();
    assertThat(swift.hashes(partitionFolder).get("invalid")).hasSize(1);
    assertThat(swift.hashes(partitionFolder).get("hashes").isNull()).isTrue();
    assertThat(
            swift.recalculatedHashes(devices, "d1", 0, partition).get(hash.substring(29)).asText())
        .hasSize(32);
    assertThat(
            swift.metadata(
                partitionFolder
                    .resolve(hash.substring(29))
                    .resolve(hash)
                    .resolve("1700000000.00000.data")))
        .containsEntry("name", "/AUTH_t/c/o");
  }

  @Test
  void runsPythonWithSwiftAndSaysWhatFailed() {
    String source =
        """
        from swift import __version__
        def main(value):
            return {'release': __version__, 'twice': value * 2}
        """;
    assertThat(swift.python(source, 21).get("twice").asInt()).isEqualTo(42);
    assertThat(swift.python(source, 21).get("release").asText()).isEqualTo(RealSwift.RELEASE);
    assertThatThrownBy(() -> swift.python(source, Map.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("TypeError");
  }

  private List<SwiftFile> dataFiles() {
    return swift.tree(devices).stream().filter(file -> file.path().endsWith(".data")).toList();
  }
}
