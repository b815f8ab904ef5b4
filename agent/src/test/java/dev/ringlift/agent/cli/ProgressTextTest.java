package dev.ringlift.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringlift.relinker.Counters;
import dev.ringlift.relinker.DeviceProgress;
import dev.ringlift.relinker.DeviceProgress.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is said of a run under way. */
class ProgressTextTest {
  @Test
  void tellsOfAllDevicesTogetherAndOfEachThatIsAtWork() {
    ProgressText text =
        new ProgressText(
            "gold",
            List.of(
                device("sda", State.RUNNING, 10, 200),
                device("sdb", State.PAUSED, 20, 4000),
                device("sdc", State.ENDED, 128, 0)));

    assertThat(text.lines())
        .containsExactly(
            "gold: 158 of 384 partitions, 100 hash dirs/s, 6 errors, about 1 h 6 min left",
            "  sda: 10 of 128 partitions, 50 hash dirs/s, 2 errors, about 3 min left",
            "  sdb: 20 of 128 partitions, 50 hash dirs/s, 2 errors, about 1 h 6 min left, held back");
  }

  @Test
  void saysNoTimeForAllWhileADeviceWaitsForItsTurn() {
    ProgressText text =
        new ProgressText(
            "gold",
            List.of(device("sda", State.RUNNING, 10, 20), device("sdb", State.PENDING, 0, 0)));

    assertThat(text.line()).isEqualTo("gold: 10 of 256 partitions, 50 hash dirs/s, 4 errors");
  }

  @Test
  void isJsonForMachinesWhateverTheNames() throws JsonProcessingException {
    ProgressText text =
        new ProgressText("go\"ld\\\n", List.of(device("sda", State.RUNNING, 10, 20)));

    JsonNode json = new ObjectMapper().readTree(text.json().toString());

    assertThat(json.path("event").asText()).isEqualTo("progress");
    assertThat(json.path("policy").asText()).isEqualTo("go\"ld\\\n");
    assertThat(json.path("seconds_left").asLong()).isEqualTo(20);
    JsonNode device = json.path("devices").path(0);
    assertThat(device.path("device").asText()).isEqualTo("sda");
    assertThat(device.path("state").asText()).isEqualTo("running");
    assertThat(device.path("partitions_done").asLong()).isEqualTo(10);
    assertThat(device.path("hash_dirs_per_second").asDouble()).isEqualTo(50);
  }

  private static DeviceProgress device(String name, State state, long done, long secondsLeft) {
    return new DeviceProgress(
        name,
        state,
        done,
        128,
        new Counters(1, 1, 1, 0, 2),
        Map.of(),
        List.of(),
        50,
        Optional.empty(),
        Duration.ZERO,
        Duration.ZERO,
        secondsLeft == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(secondsLeft)),
        Optional.empty(),
        Optional.empty());
  }
}
