package dev.ringlift.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the chart's alerts and dashboard against the metrics that there are. */
class ChartMetricsTest {
  private static final Pattern METRIC = Pattern.compile("ringlift_agent_[a-z_]+");

  @ParameterizedTest
  @ValueSource(strings = {"alerts.yaml", "dashboard.json"})
  void everyMetricThatTheChartAsksForIsThere(String file) throws IOException {
    String text = Files.readString(Path.of("../helm/ringlift/files", file));
    Set<String> asked =
        METRIC.matcher(text).results().map(found -> found.group()).collect(Collectors.toSet());
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    RunningAgent unused = new RunningAgent(registry);

    assertThat(unused).isNotNull();
    assertThat(asked).isNotEmpty();
    assertThat(
            registry.getMeters().stream().map(meter -> meter.getId().getName().replace('.', '_')))
        .containsAll(asked);
  }
}
