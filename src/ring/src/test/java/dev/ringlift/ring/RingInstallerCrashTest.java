package dev.ringlift.ring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.process.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An installation is killed at each of its file operations; the node always has a whole ring. */
class RingInstallerCrashTest {
  /** The file is made, written, synced and renamed, and its directory synced. */
  private static final int OPERATIONS = 5;

  @TempDir private Path directory;

  @Test
  void leavesAWholeRingWhereverItDies() throws Exception {
    RingBuilder builder = Clusters.builder(6, 3, 6);
    byte[] old = builder.toRing(1).toBytes();
    byte[] prepared = builder.after(Transition.PREPARE, Instant.EPOCH).toRing(1).toBytes();
    Path source = Files.write(directory.resolve("to-install"), prepared);
    Path node = Files.createDirectory(directory.resolve("node"));
    Path file = node.resolve("object.ring.gz");
    List<Integer> exitCodes = new ArrayList<>();
    for (int operation = 1; operation <= OPERATIONS + 1; operation++) {
      Files.write(file, old);

      exitCodes.add(installDyingAt(operation, node, source));

      boolean renamed = operation >= OPERATIONS;
      assertThat(file).as("at operation %s", operation).hasBinaryContent(renamed ? prepared : old);
      assertThat(
              new RingInstaller(Clock.systemUTC())
                  .install(node, new RingFileName(0, RingFileName.Kind.RING), prepared, false))
          .as("the same again, after operation %s", operation)
          .isEqualTo(renamed ? new RingInstaller.Unchanged() : new RingInstaller.Installed());
      assertThat(file).hasBinaryContent(prepared);
    }
    assertThat(exitCodes.subList(0, OPERATIONS)).containsOnly(137);
    assertThat(exitCodes.getLast()).isZero();
  }

  private static int installDyingAt(int operation, Path node, Path ring) {
    List<String> command =
        new ArrayList<>(
            JavaProcess.main(
                DyingDisk.class, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
    command.addAll(List.of("" + operation, "INSTALL", node.toString(), ring.toString()));
    return Command.of(command).run().exitCode();
  }
}
