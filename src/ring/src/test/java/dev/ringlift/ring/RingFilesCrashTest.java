package dev.ringlift.ring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.process.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command is killed at each of its file operations; what is left is a pair that works. */
class RingFilesCrashTest {
  /**
   * One directory and four files, each made, written, synced, renamed, and its directory synced.
   */
  private static final int OPERATIONS = 1 + 4 * 5;

  @Test
  void leavesAValidPairWhereverItDies(@TempDir Path directory) throws Exception {
    RingBuilder before = Clusters.builder(6, 3, 6).after(Transition.PREPARE, Instant.now());
    Path builderFile = directory.resolve("object.builder");
    Path ringFile = directory.resolve("object.ring.gz");
    List<Integer> exitCodes = new ArrayList<>();
    for (int operation = 1; operation <= OPERATIONS + 1; operation++) {
      Files.write(builderFile, before.toBytes());
      Files.write(ringFile, before.toRing(1).toBytes());

      exitCodes.add(increaseDyingAt(operation, builderFile));

      RingBuilder builder = RingBuilder.read(Files.readAllBytes(builderFile));
      Ring ring = Ring.read(Files.readAllBytes(ringFile));
      assertThat(builder.partPower())
          .as("the builder is never behind the ring, at operation %s", operation)
          .isGreaterThanOrEqualTo(ring.partPower());
      RingFiles.Outcome again =
          new RingFiles(Clock.systemUTC()).apply(Transition.INCREASE, builderFile, null);
      assertThat(again.exitCode())
          .as("the same command again, after operation %s", operation)
          .isEqualTo(ring.partPower() == 7 ? 2 : 0);
      assertWholeAndTogether(builderFile, ringFile);
    }
    assertThat(exitCodes.subList(0, OPERATIONS)).containsOnly(137);
    assertThat(exitCodes.getLast()).isZero();
  }

  private static void assertWholeAndTogether(Path builderFile, Path ringFile)
      throws IOException, RingFormatException {
    RingBuilder builder = RingBuilder.read(Files.readAllBytes(builderFile));
    assertThat(builder.partPower()).isEqualTo(7);
    assertThat(RingPair.difference(Ring.read(Files.readAllBytes(ringFile)), builder)).isEmpty();
  }

  private static int increaseDyingAt(int operation, Path builderFile) {
    List<String> command =
        new ArrayList<>(
            JavaProcess.main(
                DyingDisk.class, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
    command.addAll(List.of("" + operation, "INCREASE", builderFile.toString()));
    return Command.of(command).run().exitCode();
  }
}
