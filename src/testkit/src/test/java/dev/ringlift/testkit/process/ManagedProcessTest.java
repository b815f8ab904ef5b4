package dev.ringlift.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManagedProcessTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path folder;

  @Test
  void waitsForAnOutputLineAndEndsOnSigterm() {
    try (ManagedProcess process =
        shell("trap 'echo bye; exit 7' TERM; echo ready; sleep 60 & wait")) {
      assertThat(process.awaitOutput("^rea", SOON)).isEqualTo("ready");
      assertThat(process.terminate(SOON)).isEqualTo(7);
      assertThat(process.output()).contains("bye");
    }
  }

  @Test
  void saysWhatAProcessWroteThatEndedTooEarly() {
    try (ManagedProcess process = shell("echo no such ring; exit 3")) {
      assertThatThrownBy(() -> process.awaitOutput("ready", SOON))
          .hasMessageContaining("exit code 3")
          .hasMessageContaining("no such ring");
    }
  }

  @Test
  void kills() {
    ManagedProcess process = shell("trap '' TERM; echo ready; sleep 60");
    process.awaitOutput("ready", SOON);
    process.kill();
    assertThat(process.isAlive()).isFalse();
  }

  @Test
  void looksOnlyAtTheOutputOfItsOwnRun() {
    shell("echo from the first run").await(SOON);
    try (ManagedProcess second = shell("echo from the second run")) {
      assertThat(second.awaitOutput("from the", SOON)).isEqualTo("from the second run");
    }
  }

  @Test
  void childrenDieWithAJvmThatIsKilled() {
    ManagedProcess parent =
        ManagedProcess.builder("parent", folder.resolve("parent.log"))
            .command(JavaProcess.main(Parent.class, "-Xmx64m"))
            .command(folder.toString())
            .start();
    long child = Long.parseLong(parent.awaitOutput("^child ", SOON).substring("child ".length()));
    assertThat(ProcessHandle.of(child)).isPresent();

    parent.kill();

    await("the kernel ends the child, after its parent is gone")
        .atMost(SOON)
        .until(() -> ProcessHandle.of(child).map(p -> !p.isAlive()).orElse(true));
  }

  /** A JVM with a child, for the test above. */
  static final class Parent {
    public static void main(String[] arguments) {
      ManagedProcess child =
          ManagedProcess.builder("child", Path.of(arguments[0], "child.log"))
              .command("sleep", "300")
              .start();
      System.out.println("child " + child.pid());
      child.await(Duration.ofMinutes(5));
    }
  }

  private ManagedProcess shell(String script) {
    return ManagedProcess.builder("shell", folder.resolve("shell.log"))
        .command("sh", "-c", script)
        .start();
  }
}
