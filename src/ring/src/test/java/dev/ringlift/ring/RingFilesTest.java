package dev.ringlift.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingFilesTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

  @TempDir private Path directory;
  private Path builderFile;
  private Path ringFile;
  private final RingBuilder before = Clusters.builder(4, 3, 6);
  private final RingFiles files = new RingFiles(Clock.fixed(NOW, ZoneOffset.UTC));

  @BeforeEach
  void writePair() throws IOException {
    builderFile = directory.resolve("object-1.builder");
    ringFile = directory.resolve("object-1.ring.gz");
    Files.write(builderFile, before.toBytes());
    Files.write(ringFile, ring(before, 2));
  }

  private static byte[] ring(RingBuilder builder, int formatVersion) {
    return builder.toRing(formatVersion).named("object-1.ring.gz").toBytes();
  }

  @Test
  void changesBuilderAndRingInTheFormatThatWasThere() throws Exception {
    RingFiles.Outcome outcome = files.apply(Transition.PREPARE, builderFile, null);

    RingBuilder after = before.after(Transition.PREPARE, NOW);
    assertThat(outcome).isInstanceOf(RingFiles.Changed.class);
    assertThat(outcome.exitCode()).isZero();
    assertThat(builderFile).hasBinaryContent(after.toBytes());
    assertThat(ringFile).hasBinaryContent(ring(after, 2));
  }

  @Test
  void takesTheRingsNameForTheBuildersAndAFormatThatIsAskedFor() throws Exception {
    assertThat(files.apply(Transition.PREPARE, ringFile, 1).exitCode()).isZero();

    assertThat(Ring.read(Files.readAllBytes(ringFile)).formatVersion()).isEqualTo(1);
    assertThat(RingBuilder.read(Files.readAllBytes(builderFile)).nextPartPower()).isEqualTo(5);
  }

  @Test
  void backsUpTheBuilderThatWasAndTheRingThatCame() throws Exception {
    files.apply(Transition.PREPARE, builderFile, null);

    Path backups = directory.resolve("backups");
    assertThat(backups.resolve("1800000000.object-1.builder.before"))
        .hasBinaryContent(before.toBytes());
    assertThat(backups.resolve("1800000000.object-1.ring.gz"))
        .hasBinaryContent(Files.readAllBytes(ringFile));
  }

  @Test
  void keepsTheModeOfAFileAndLeavesNoOtherBehind() throws Exception {
    Files.setPosixFilePermissions(builderFile, PosixFilePermissions.fromString("rw-rw----"));

    files.apply(Transition.PREPARE, builderFile, null);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(builderFile)))
        .isEqualTo("rw-rw----");
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("object-1.builder", "object-1.ring.gz", "backups");
    }
  }

  @Test
  void refusesWhatIsNotTheNextStepAndChangesNothing() throws Exception {
    RingFiles.Outcome outcome = files.apply(Transition.INCREASE, builderFile, null);

    assertThat(outcome)
        .isEqualTo(new RingFiles.Refused("The ring can't be increased: it has not been prepared."));
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(builderFile).hasBinaryContent(before.toBytes());
    assertThat(directory.resolve("backups")).doesNotExist();
  }

  @Test
  void refusesABuilderThatNoObjectRingHas() throws Exception {
    Path account = Files.copy(builderFile, directory.resolve("account.builder"));

    assertThat(files.apply(Transition.PREPARE, account, null).exitCode()).isEqualTo(2);
    assertThat(account).hasBinaryContent(before.toBytes());
  }

  @Test
  void refusesAPathThatHasNoName() {
    assertThat(files.apply(Transition.PREPARE, Path.of("/"), null))
        .isInstanceOf(RingFiles.Refused.class);
  }

  @Test
  void refusesABuilderWithChangesThatNobodyHasPublished() throws Exception {
    Files.write(builderFile, Clusters.builder(4, 2, 6).toBytes());

    RingFiles.Outcome outcome = files.apply(Transition.PREPARE, builderFile, null);

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.message())
        .endsWith("Ring and builder differ: the ring has 3.0 replicas and the builder 2.0.");
  }

  @Test
  void completesARunThatWasInterruptedBetweenBuilderAndRing() throws Exception {
    RingBuilder after = before.after(Transition.PREPARE, NOW);
    Files.write(builderFile, after.toBytes());

    RingFiles.Outcome outcome = files.apply(Transition.PREPARE, builderFile, null);

    assertThat(outcome.message()).startsWith("An interrupted run had changed the builder only");
    assertThat(builderFile).hasBinaryContent(after.toBytes());
    assertThat(ringFile).hasBinaryContent(ring(after, 2));
  }

  @Test
  void writesARingWhereThereIsNone() throws Exception {
    Files.delete(ringFile);

    assertThat(files.apply(Transition.PREPARE, builderFile, null).exitCode()).isZero();
    assertThat(ringFile).hasBinaryContent(ring(before.after(Transition.PREPARE, NOW), 1));
  }

  @Test
  void namesABadFileAndWhy() throws Exception {
    Files.write(ringFile, new byte[] {1, 2, 3});

    assertThat(files.apply(Transition.PREPARE, builderFile, null))
        .isEqualTo(
            new RingFiles.BadFile(ringFile + ": It is not a ring: it is not compressed by gzip."));
    assertThat(files.show(directory.resolve("missing.builder")))
        .isEqualTo(
            new RingFiles.BadFile(
                directory.resolve("missing.builder") + " can't be read: it does not exist."));
    assertThat(builderFile).hasBinaryContent(before.toBytes());
  }

  @Test
  void showsWhatAFileHoldsAndHowLargeItGrows() throws Exception {
    RingFiles.Shown shown = (RingFiles.Shown) files.show(ringFile);

    RingReport report = shown.report();
    assertThat(report.fileSize()).isEqualTo(Files.size(ringFile));
    assertThat(report.balance()).isEqualTo(0.0);
    assertThat(report.devices()).hasSize(6);
    assertThat(report.state()).isEqualTo("No increase is under way; the partition power is 4.");
    long doubled =
        Ring.read(ring(before, 2))
            .after(Transition.PREPARE)
            .after(Transition.INCREASE)
            .after(Transition.FINISH)
            .toBytes()
            .length;
    assertThat(report.doubledFileSize())
        .isCloseTo(doubled, org.assertj.core.data.Offset.offset(4L));
    assertThat(report.toJson()).startsWith("{\"balance\": 0.0, \"dev_id_bytes\": 2, \"devices\"");
    assertThat(report.toText()).contains("devices      6 (1 regions, 3 zones, 0 holes");
  }
}
