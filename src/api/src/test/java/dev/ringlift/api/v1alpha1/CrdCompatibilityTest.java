package dev.ringlift.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Holds the definitions against those of each release ({@code src/test/resources/released}), and
 * the comparison itself against changes that it has to find.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrdCompatibilityTest {
  private static final Path RELEASED = Path.of("src/test/resources/released");
  private static final KubernetesSerialization YAML = new KubernetesSerialization();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String INCREASES = "partitionpowerincreases.ringlift.dev.yaml";
  private static final String SPEC =
      "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties";

  private final Map<String, JsonNode> present = new TreeMap<>();

  CrdCompatibilityTest(@TempDir Path scratch) throws IOException {
    CustomResourceDefinitions.generate(scratch)
        .forEach((name, text) -> present.put(name, tree(text)));
  }

  private JsonNode present(String file) {
    return Objects.requireNonNull(present.get(file), file);
  }

  private static JsonNode tree(String yaml) {
    return JSON.valueToTree(YAML.unmarshal(yaml, Map.class));
  }

  @Test
  void whatAReleaseTookAndShowedIsTakenAndShown() throws IOException {
    List<Path> releases;
    try (Stream<Path> folders = Files.list(RELEASED)) {
      releases = folders.sorted().toList();
    }
    assertThat(releases).isNotEmpty();
    for (Path release : releases) {
      try (Stream<Path> definitions = Files.list(release)) {
        for (Path definition : definitions.toList()) {
          String file = String.valueOf(definition.getFileName());
          assertThat(present).as("definitions since " + release.getFileName()).containsKey(file);
          assertThat(CrdCompatibility.breaks(tree(Files.readString(definition)), present(file)))
              .as("what breaks %s of release %s; see docs/release.md", file, release.getFileName())
              .isEmpty();
        }
      }
    }
  }

  /** Each is a change of the spec's schema, as JSON, at a path in it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "remove  | /paused                                   |                 | v1alpha1.spec.paused: is gone",
        "remove  | /consumers/items/properties/port          |                 | v1alpha1.spec.consumers[].port: is gone",
        "replace | /policyIndex/type                         | \"string\"      | v1alpha1.spec.policyIndex: type was \"integer\" and is \"string\"",
        "replace | /policyIndex/default                      | 1               | v1alpha1.spec.policyIndex: default was 0 and is 1",
        "remove  | /verify/default                           |                 | v1alpha1.spec.verify: default was \"Sample\" and is absent",
        "replace | /targetPartPower/maximum                  | 31              | v1alpha1.spec.targetPartPower: maximum is 31 now",
        "replace | /targetPartPower/minimum                  | 2               | v1alpha1.spec.targetPartPower: minimum is 2 now",
        "add     | /targetPartPower/multipleOf               | 2               | v1alpha1.spec.targetPartPower: multipleOf is 2 now",
        "replace | /consumers/maxItems                       | 63              | v1alpha1.spec.consumers: maxItems is 63 now",
        "add     | /consumers/minItems                       | 1               | v1alpha1.spec.consumers: minItems is 1 now",
        "replace | /windows/items/properties/start/maxLength | 99              | v1alpha1.spec.windows[].start: maxLength is 99 now",
        "replace | /verify/enum                              | [\"None\",\"Full\"] | v1alpha1.spec.verify: does not take Sample any more",
        "add     | /reclaimAge/enum                          | [\"168h\"]      | v1alpha1.spec.reclaimAge: takes only some values now",
        "replace | /reclaimAge/pattern                       | \"^[0-9]+h$\"   | v1alpha1.spec.reclaimAge: pattern is \"^[0-9]+h$\" now",
        "add     | /nodes/required                           | [\"selector\"]  | v1alpha1.spec.nodes: selector is required now",
        "replace | /consumers/x-kubernetes-list-type         | \"atomic\"      | v1alpha1.spec.consumers: x-kubernetes-list-type was \"map\" and is \"atomic\"",
        "add     | /paused/x-kubernetes-validations          | [{\"rule\":\"!self\"}] | v1alpha1.spec.paused: a new rule, !self",
        "replace | /nodes/properties/selector/properties/matchLabels/additionalProperties | {\"type\":\"integer\"} | v1alpha1.spec.nodes.selector.matchLabels{}: type was \"string\" and is \"integer\"",
      })
  void findsWhatBreaks(String change, String path, String value, String found) throws IOException {
    JsonNode earlier = present(INCREASES);
    JsonNode later = earlier.deepCopy();
    int end = path.lastIndexOf('/');
    ObjectNode parent = (ObjectNode) later.at(SPEC + path.substring(0, end));
    String key = path.substring(end + 1);
    assertThat(parent.has(key))
        .as("a test that changes something")
        .isNotEqualTo(change.equals("add"));
    if (change.equals("remove")) {
      parent.remove(key);
    } else {
      parent.set(key, JSON.readTree(value));
    }

    assertThat(CrdCompatibility.breaks(earlier, later)).containsExactly(found);
  }

  @Test
  void findsADefinitionThatIsAnother() {
    JsonNode earlier = present(INCREASES);
    ObjectNode later = earlier.deepCopy();
    ((ObjectNode) later.path("spec")).put("scope", "Cluster");
    ((ObjectNode) later.at("/spec/names")).remove("shortNames");
    ObjectNode version = (ObjectNode) later.at("/spec/versions/0");
    version.remove("subresources");

    assertThat(CrdCompatibility.breaks(earlier, later))
        .containsExactly(
            "spec: scope was \"Namespaced\" and is \"Cluster\"",
            "spec.names.shortNames: ppi is gone",
            "v1alpha1: has no subresource status any more");

    version.put("served", false);
    assertThat(CrdCompatibility.breaks(earlier, later)).contains("v1alpha1: is no longer served");
  }

  @Test
  void moreIsNoBreak() throws IOException {
    JsonNode earlier = present(INCREASES);
    JsonNode later = earlier.deepCopy();
    ObjectNode spec = (ObjectNode) later.at(SPEC);
    spec.set("colour", JSON.readTree("{\"type\": \"string\", \"maxLength\": 5}"));
    ((ObjectNode) spec.path("targetPartPower")).put("maximum", 40).remove("minimum");
    ((ObjectNode) spec.path("reclaimAge")).remove("pattern");
    ((ArrayNode) spec.at("/verify/enum")).add("Half");
    ((ObjectNode) spec.path("paused")).put("description", "Otherwise said.");
    ((ObjectNode) spec.path("gates")).set("required", JSON.readTree("[\"relink\"]"));

    assertThat(CrdCompatibility.breaks(earlier, later)).isEmpty();
  }
}
