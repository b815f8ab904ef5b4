package dev.ringlift.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandTest {

  @Test
  void gathersOutputErrorsAndExitCode(@TempDir Path folder) {
    Command.Result result =
        Command.of("sh", "-c", "cat; pwd; echo $COLOUR >&2; exit 4")
            .input("input\n")
            .environment("COLOUR", "red")
            .in(folder)
            .run();
    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.out()).isEqualTo("input\n" + folder + "\n");
    assertThat(result.err()).isEqualTo("red\n");
    assertThatThrownBy(result::orThrow)
        .hasMessageContaining("exit code 4")
        .hasMessageContaining("red");
  }

  @Test
  void endsWhatRunsTooLong() {
    assertThatThrownBy(() -> Command.of("sleep", "60").timeout(Duration.ofMillis(100)).run())
        .hasMessageContaining("ran for more than");
  }
}
