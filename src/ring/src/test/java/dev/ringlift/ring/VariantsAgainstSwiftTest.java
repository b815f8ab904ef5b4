package dev.ringlift.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringlift.testkit.swift.RealSwift;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What real Swift says of our own builders, of rare forms of rings, and of the file commands. */
@Tag("swift")
class VariantsAgainstSwiftTest {
  private static SwiftJudge swift;

  @TempDir private Path directory;

  @BeforeAll
  static void startSwift() throws IOException {
    swift = new SwiftJudge();
  }

  @AfterAll
  static void stopSwift() throws IOException {
    swift.close();
  }

  @Test
  void aBuilderFromNothingIsLoadedAndRebalancedBySwift() throws Exception {
    Path builderFile = directory.resolve("object.builder");
    Path ringFile = directory.resolve("object.ring.gz");
    RingBuilder builder = Clusters.builder(7, 2.75, 9);
    Files.write(builderFile, builder.toBytes());

    assertThat(Double.parseDouble(swift.ask("balance", builderFile)))
        .isEqualTo(RingReport.of(builder, 0).balance());
    swift.ask("rebalance", builderFile, ringFile, 1);

    RingBuilder after = RingBuilder.read(Files.readAllBytes(builderFile));
    assertThat(after.id()).isEqualTo(builder.id());
    assertThat(RingPair.difference(Ring.read(Files.readAllBytes(ringFile)), after)).isEmpty();
  }

  @Test
  void aRingOfTheOtherByteOrderIsKeptSoAndMeansTheSame() throws Exception {
    RingContent little = Clusters.builder(6, 3, 300).toRing(1).content();
    Dict metadata = little.metadata().copy();
    metadata.put("byteorder", "big");
    Ring big =
        new Ring(
            new RingContent(
                1,
                little.gzipName(),
                ByteOrder.BIG_ENDIAN,
                metadata,
                little.deviceDicts(),
                little.devices(),
                little.table(),
                List.of()),
            new Power(6, null));
    Ring read = Ring.read(big.toBytes());

    Path bigFile = Files.write(directory.resolve("big.ring.gz"), read.toBytes());
    Path littleFile =
        Files.write(
            directory.resolve("little.ring.gz"), Clusters.builder(6, 3, 300).toRing(1).toBytes());

    assertThat(bigFile).hasBinaryContent(big.toBytes());
    assertThat(swift.ask("compare_ring", bigFile, littleFile)).isEqualTo("equal");
  }

  @Test
  void aRingWithoutVersionGetsNone() throws Exception {
    RingContent content = Clusters.builder(3, 2, 4).toRing(1).content();
    Dict metadata = content.metadata().copy();
    metadata.remove("version");
    metadata.put("of another release", 7L);
    Ring ring = new Ring(content.with(metadata, content.table()), new Power(3, null));

    Ring after = Ring.read(ring.toBytes()).after(Transition.PREPARE);

    assertThat(after.version()).isNull();
    assertThat(after.content().metadata().get("of another release")).isEqualTo(7L);
    Path file = Files.write(directory.resolve("object.ring.gz"), after.toBytes());
    assertThat(swift.ask("compare_ring", file, file)).isEqualTo("identical");
  }

  @Test
  void moreDevicesThanTwoBytesHold() throws Exception {
    assumeTrue(swift.knowsFormat2(), "this Swift has device ids of two bytes alone");
    List<@Nullable RingDevice> devices =
        IntStream.range(0, 70_000)
            .mapToObj(id -> id < 69_990 ? null : Clusters.device(id, id % 3))
            .collect(Collectors.toCollection(ArrayList::new));
    int[] row = IntStream.range(0, 16).map(partition -> 69_990 + partition % 10).toArray();
    RingBuilder builder = RingBuilder.create(4, List.of(row), devices);
    Path builderFile = Files.write(directory.resolve("object.builder"), builder.toBytes());
    Path ringFile = Files.write(directory.resolve("object.ring.gz"), builder.toRing(2).toBytes());
    Path swiftsRing = directory.resolve("swifts.ring.gz");
    Path ourBuilder = directory.resolve("ours-object.builder");
    Instant now = Instant.now();

    swift.ask("step", "PREPARE", builderFile, now.getEpochSecond(), swiftsRing, 2);
    Files.write(ourBuilder, builder.after(Transition.PREPARE, now).toBytes());
    Files.write(
        ringFile, Ring.read(Files.readAllBytes(ringFile)).after(Transition.PREPARE).toBytes());

    swift.ask("compare", ourBuilder, builderFile);
    swift.ask("compare_ring", ringFile, swiftsRing);
    assertThat(Ring.read(Files.readAllBytes(swiftsRing)).deviceIdBytes()).isEqualTo(4);
  }

  @Test
  void theFileCommandsLeaveWhatSwiftsCommandsLeave() throws Exception {
    Path ours = Files.createDirectory(directory.resolve("ours"));
    Path swifts = Files.createDirectory(directory.resolve("swifts"));
    Path builderFile = ours.resolve("object.builder");
    RingFiles files = new RingFiles(Clock.system(ZoneOffset.UTC));
    try (RealSwift command = RealSwift.in(directory)) {
      swift.ask("make", 4, swifts);
      for (String name : List.of("object.builder", "object.ring.gz")) {
        Files.copy(swifts.resolve(name), ours.resolve(name));
      }
      int format = Ring.read(Files.readAllBytes(ours.resolve("object.ring.gz"))).formatVersion();
      for (Transition transition :
          List.of(Transition.PREPARE, Transition.FINISH, Transition.INCREASE, Transition.FINISH)) {
        String swiftsBuilder = swifts.resolve("object.builder").toString();
        int swiftsExitCode =
            command.ringBuilder(swiftsBuilder, transition.swiftCommand()).exitCode();
        command.ringBuilder(
            Stream.concat(
                    Stream.of(swiftsBuilder, "write_ring"),
                    swift.knowsFormat2() ? Stream.of("--format-version", "" + format) : Stream.of())
                .toArray(String[]::new));

        RingFiles.Outcome outcome = files.apply(transition, builderFile, null);

        assertThat(outcome.exitCode()).isEqualTo(swiftsExitCode);
        swift.ask("compare", builderFile, swiftsBuilder);
        swift.ask("compare_ring", ours.resolve("object.ring.gz"), swifts.resolve("object.ring.gz"));
      }
      assertThat(command.ringBuilder(builderFile.toString()).orThrow().out())
          .contains("object.ring.gz is up-to-date");
    }
  }
}
