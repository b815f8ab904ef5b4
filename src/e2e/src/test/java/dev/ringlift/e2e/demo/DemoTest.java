package dev.ringlift.e2e.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.process.JavaProcess;
import dev.ringlift.testkit.process.ManagedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a process, from its start to whatever ends it. */
@Tag("e2e")
class DemoTest {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  @TempDir Path temporary;

  @Test
  void endsWithEveryObjectCheckedAndNothingLeftBehind() throws IOException {
    try (ManagedProcess demo = start("--objects", "400", "--part-power", "5", "--nodes", "2")) {
      int code = demo.await(PATIENCE);

      assertThat(code).as(demo.output()).isZero();
      assertThat(demo.output())
          .contains("400 objects, ")
          .containsPattern("status page, to look at in a browser: http://127\\.0\\.0\\.1:\\d+/")
          .contains("each the same file as before, in its new partition, none left behind")
          .contains("no state file and no lock file is left")
          .contains("Complete: ");
      assertThat(leftFiles()).isEmpty();
    }
  }

  @Test
  void ctrlCLeavesNoProcessAndNoFile() throws IOException {
    try (ManagedProcess demo = start("--objects", "400", "--part-power", "5")) {
      demo.awaitOutput("kubectl apply", PATIENCE);
      List<ProcessHandle> children = children(demo);

      Command.of("kill", "-INT", Long.toString(demo.pid())).run().orThrow();

      assertThat(demo.await(Duration.ofSeconds(60))).isEqualTo(130);
      assertGone(children);
      assertThat(leftFiles()).isEmpty();
    }
  }

  @Test
  void evenSigkillLeavesNoProcess() {
    try (ManagedProcess demo = start("--objects", "400", "--part-power", "5")) {
      demo.awaitOutput("kubectl apply", PATIENCE);
      List<ProcessHandle> children = children(demo);

      demo.kill();

      assertGone(children);
    }
  }

  private ManagedProcess start(String... options) {
    return ManagedProcess.builder("demo", temporary.resolve("demo.log"))
        // Tests that run in the background of a shell inherit that Ctrl-C is ignored.
        .command("env", "--default-signal=INT")
        .command(
            JavaProcess.main(DemoMain.class, "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + temporary))
        .command(options)
        .start();
  }

  /** API server, etcd, operator and agents. */
  private static List<ProcessHandle> children(ManagedProcess demo) {
    List<ProcessHandle> children =
        ProcessHandle.of(demo.pid()).orElseThrow().descendants().toList();
    assertThat(children).hasSizeGreaterThanOrEqualTo(5);
    return children;
  }

  private static void assertGone(List<ProcessHandle> processes) {
    await("every process that the demo started ends with it")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(processes).noneMatch(ProcessHandle::isAlive));
  }

  private List<Path> leftFiles() throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("ringlift-demo-"))
          .toList();
    }
  }
}
