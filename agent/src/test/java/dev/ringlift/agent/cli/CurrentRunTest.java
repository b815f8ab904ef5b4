package dev.ringlift.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.relinker.Counters;
import dev.ringlift.relinker.DeviceProgress;
import dev.ringlift.relinker.DeviceResult;
import dev.ringlift.relinker.RelinkRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What SIGTERM does while a device hangs in a system call that no signal ends. */
class CurrentRunTest {
  private final List<String> asked = new ArrayList<>();
  private final List<String> said = new ArrayList<>();

  @Test
  @Timeout(60)
  void aDeviceThatHangsIsNamedAndNotWaitedForLongerThanThePatience() {
    CurrentRun current = new CurrentRun();
    current.ifHanging(devices -> said.add("hanging: " + devices));
    current.start(HangingRun::new);

    current.stop();

    assertThat(asked).containsExactly("The process was asked to end.", "patience PT2S");
    assertThat(said).containsExactly("hanging: [sdb]");
    current.close();
  }

  @Test
  void namesThatATerminalWouldObeyAreShown() {
    assertThat(Messages.printable("sd\033[2Jb\r\nDevice sda: done \u009bé"))
        .isEqualTo("sd\\x1b[2Jb\\x0d\\x0aDevice sda: done \\x9bé");
  }

  /** Of sda and sdb, of which sdb never comes to its end. */
  private final class HangingRun implements RelinkRun {
    @Override
    public List<DeviceProgress> progress() {
      return List.of(
          device("sda", Optional.of(new DeviceResult.Stopped("asked to"))),
          device("sdb", Optional.empty()));
    }

    @Override
    public void stop(String reason) {
      asked.add(reason);
    }

    @Override
    public Map<String, DeviceResult> await() throws InterruptedException {
      throw new InterruptedException("for ever");
    }

    @Override
    public Optional<Map<String, DeviceResult>> await(Duration timeout) {
      asked.add("patience " + timeout);
      return Optional.empty();
    }

    @Override
    public void close() {
      throw new IllegalStateException("for ever");
    }
  }

  private static DeviceProgress device(String name, Optional<DeviceResult> result) {
    return new DeviceProgress(
        name,
        DeviceProgress.State.RUNNING,
        0,
        0,
        Counters.ZERO,
        Map.of(),
        List.of(),
        0,
        Optional.empty(),
        Duration.ZERO,
        Duration.ZERO,
        Optional.empty(),
        Optional.empty(),
        result);
  }
}
