package dev.ringlift.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds docs/configuration.md and docs/metrics.md against the agent's options and metrics. */
class DocumentationTest {
  private static final Path DOCS = Path.of("../docs");
  private static final Pattern OPTION =
      Pattern.compile("(?m)^\\| `(RINGLIFT_AGENT_\\w+)` \\| (?:`(.*?)`)? ?\\|");
  private static final Pattern METRIC = Pattern.compile("(?m)^\\| `(ringlift_agent_\\w+)` \\|");

  @Test
  void everyOptionIsDocumentedWithItsDefaultAndNoOther() throws IOException {
    Map<String, String> options = new TreeMap<>();
    for (Method option : AgentConfig.class.getDeclaredMethods()) {
      WithDefault value = option.getAnnotation(WithDefault.class);
      options.put(name(option.getName()), value == null ? "" : value.value());
    }

    assertThat(documented()).isEqualTo(options);
  }

  @Test
  void theChartKnowsNoOptionThatThereIsNot() throws IOException {
    var settings =
        new ObjectMapper()
            .readTree(Path.of("../helm/ringlift/values.schema.json").toFile())
            .at("/properties/agent/properties/settings/properties");

    assertThat(settings.fieldNames()).toIterable().isNotEmpty();
    assertThat(settings.fieldNames())
        .toIterable()
        .allSatisfy(option -> assertThat(documented()).containsKey(name(option)));
  }

  @Test
  void everyMetricIsDocumentedAndNoOther() throws IOException {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    RunningAgent unused = new RunningAgent(registry);
    assertThat(unused).isNotNull();

    Stream<String> documented =
        METRIC
            .matcher(Files.readString(DOCS.resolve("metrics.md")))
            .results()
            .map(row -> row.group(1));
    assertThat(documented)
        .containsExactlyInAnyOrderElementsOf(
            registry.getMeters().stream()
                .map(meter -> meter.getId().getName().replace('.', '_'))
                .toList());
  }

  private static String name(String camelCase) {
    return "RINGLIFT_AGENT_" + camelCase.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
  }

  private static Map<String, String> documented() throws IOException {
    Matcher rows = OPTION.matcher(Files.readString(DOCS.resolve("configuration.md")));
    return rows.results()
        .collect(
            Collectors.toMap(row -> row.group(1), row -> row.group(2) == null ? "" : row.group(2)));
  }
}
