package dev.ringlift.e2e.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringlift.e2e.chart.RingliftChart;
import dev.ringlift.testkit.process.Command;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The chart's alerts fire when they should, and only then: alert-tests.yaml, judged by promtool.
 */
@Tag("e2e")
class AlertsTest {
  private static final KubernetesSerialization YAML = new KubernetesSerialization();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TESTS = "alert-tests.yaml";
  private static final String RULES = "rules.yaml";
  private static final JsonNode RENDERED = render();

  @TempDir Path folder;

  @Test
  void eachFiresWhenItShould() throws IOException {
    write(rules());

    assertThat(Promtool.command(folder, "check", "rules", RULES).run().orThrow().out())
        .contains("SUCCESS");
    test().orThrow();
  }

  static Stream<String> alerts() {
    return rulesOf(rules()).map(rule -> rule.path("alert").asText());
  }

  /** Else the tests would tell nothing of this alert. */
  @ParameterizedTest
  @MethodSource("alerts")
  void oneThatNeverFiresIsFound(String alert) throws IOException {
    write(changed(alert, expression -> "vector(0) > 1"));

    assertThat(test().exitCode()).isNotZero();
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void oneThatLooksAtOtherNamespacesIsFound(String alert) throws IOException {
    write(
        changed(
            alert,
            expression ->
                expression
                    .replace("namespace=\"swift\"", "namespace=~\".+\"")
                    .replace(".*swift/", ".*/")));

    assertThat(test().exitCode()).isNotZero();
  }

  static Stream<String> alertsThatWait() {
    return rulesOf(rules())
        .filter(rule -> rule.has("for"))
        .map(rule -> rule.path("alert").asText());
  }

  @ParameterizedTest
  @MethodSource("alertsThatWait")
  void oneThatDoesNotWaitIsFound(String alert) throws IOException {
    JsonNode rules = rules();
    rule(rules, alert).remove("for");
    write(rules);

    assertThat(test().exitCode()).isNotZero();
  }

  /** As recording rules, for those are checked. */
  @Test
  void whatTheDashboardAsksForIsUnderstood() throws IOException {
    JsonNode dashboard =
        JSON.readTree(RingliftChart.folder().resolve("files/dashboard.json").toFile());
    List<String> expressions =
        dashboard.findValuesAsText("expr").stream()
            .map(text -> text.replace("$namespace", "swift").replace("$increase", "grow"))
            .toList();
    assertThat(expressions).isNotEmpty().noneMatch(text -> text.contains("$"));
    List<Map<String, String>> records =
        IntStream.range(0, expressions.size())
            .mapToObj(i -> Map.of("record", "dashboard:" + i, "expr", expressions.get(i)))
            .toList();
    write(
        JSON.valueToTree(Map.of("groups", List.of(Map.of("name", "dashboard", "rules", records)))));

    assertThat(Promtool.command(folder, "check", "rules", RULES).run().orThrow().out())
        .contains("SUCCESS: %d rules found".formatted(expressions.size()));
  }

  private Command.Result test() {
    return Promtool.command(folder, "test", "rules", TESTS).run();
  }

  private static JsonNode rules() {
    return RENDERED.deepCopy();
  }

  /** The rules as the chart installs them. */
  private static JsonNode render() {
    String manifests =
        RingliftChart.render(
            "swift",
            List.of(),
            Map.of("monitoring.prometheusRule", true, "monitoring.runbooks", "RUNBOOKS"));
    String manifest =
        Arrays.stream(manifests.split("(?m)^---$", -1))
            .filter(text -> text.contains("\nkind: PrometheusRule\n"))
            .findFirst()
            .orElseThrow();
    return JSON.valueToTree(YAML.unmarshal(manifest, Map.class)).path("spec");
  }

  private static JsonNode changed(String alert, UnaryOperator<String> expression) {
    JsonNode rules = rules();
    ObjectNode rule = rule(rules, alert);
    String before = rule.path("expr").asText();
    rule.put("expr", expression.apply(before));
    assertThat(rule.path("expr").asText()).isNotEqualTo(before);
    return rules;
  }

  private static ObjectNode rule(JsonNode rules, String alert) {
    return (ObjectNode)
        rulesOf(rules)
            .filter(rule -> rule.path("alert").asText().equals(alert))
            .findFirst()
            .orElseThrow();
  }

  private static Stream<JsonNode> rulesOf(JsonNode rules) {
    return StreamSupport.stream(
        rules.path("groups").path(0).path("rules").spliterator(), /* parallel= */ false);
  }

  /** JSON is YAML, too. */
  private void write(JsonNode rules) throws IOException {
    Files.writeString(folder.resolve(RULES), JSON.writeValueAsString(rules));
    try (var tests = AlertsTest.class.getResourceAsStream("/" + TESTS)) {
      Files.write(folder.resolve(TESTS), Objects.requireNonNull(tests).readAllBytes());
    }
  }
}
