package dev.ringlift.e2e.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.swift.RealSwift;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/ringlift verify} as a process, at every stage of an increase of a ring of Swift's. */
@Tag("swift")
class VerifyCommandTest {
  private static final Path RINGLIFT =
      Path.of("").toAbsolutePath().resolve("../../bin/ringlift").normalize();
  private static final String HASH = "f8000000000000000000000000000abc";
  private static final String FILE = "1700000000.00000.data";

  @TempDir private Path directory;

  @Test
  void tellsAtEveryStageWhetherTheStepIsDone() throws IOException {
    Path builder = directory.resolve("object.builder");
    try (RealSwift swift = RealSwift.in(directory)) {
      swift.ringBuilder(builder.toString(), "create", "4", "1", "1").orThrow();
      swift.ringBuilder(builder.toString(), "add", "r1z1-127.0.0.1:6200/d1", "1").orThrow();
      swift.ringBuilder(builder.toString(), "rebalance").orThrow();
    }
    Files.writeString(
        directory.resolve("swift.conf"), "[swift-hash]\nswift_hash_path_suffix = x\n");
    Path old = directory.resolve("devices/d1/objects/15/abc/" + HASH);
    Files.writeString(Files.createDirectories(old).resolve(FILE), "content");

    assertThat(verify().exitCode()).isZero();

    ring("prepare", builder);
    Command.Result notRelinked = verify();
    assertThat(notRelinked.exitCode()).isEqualTo(1);
    assertThat(notRelinked.out())
        .contains("d1/objects/15/abc/" + HASH + "/" + FILE + ": The file has no link");
    assertThat(walk("relink").exitCode()).isZero();
    assertThat(verify().exitCode()).isZero();

    ring("increase", builder);
    Command.Result notCleanedUp = verify("--json");
    assertThat(notCleanedUp.exitCode()).isEqualTo(1);
    assertThat(notCleanedUp.out())
        .contains(
            "{\"event\":\"finding\",\"path\":\"d1/objects/15/abc/"
                + HASH
                + "/"
                + FILE
                + "\",\"message\":\"The file was left at its old place\"}");
    assertThat(walk("cleanup").exitCode()).isZero();
    assertThat(verify("--sample", "10").exitCode()).isZero();

    ring("finish", builder);
    assertThat(verify().exitCode()).isZero();
    assertThat(verify("--sample", "0").exitCode()).isEqualTo(2);
  }

  private static void ring(String transition, Path builder) {
    Command.of(RINGLIFT.toString(), "ring", transition, builder.toString()).run().orThrow();
  }

  private Command.Result verify(String... more) {
    return walk("verify", more);
  }

  private Command.Result walk(String command, String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                RINGLIFT.toString(),
                command,
                "--swift-dir",
                directory.toString(),
                "--devices",
                directory.resolve("devices").toString(),
                "--skip-mount-check"));
    line.addAll(List.of(more));
    return Command.of(line).run();
  }
}
