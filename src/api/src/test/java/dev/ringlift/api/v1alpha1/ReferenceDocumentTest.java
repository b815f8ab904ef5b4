package dev.ringlift.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds docs/reference.md against the schemas; bin/generate-crds brings it up to date. */
class ReferenceDocumentTest {
  private static final Path DOCUMENT = Path.of("../../docs/reference.md");

  private final List<JsonNode> definitions;

  ReferenceDocumentTest(@TempDir Path scratch) throws IOException {
    Map<String, String> generated = CustomResourceDefinitions.generate(scratch);
    definitions =
        Stream.of("partitionpowerincreases", "relinktasks", "storagenodes")
            .map(plural -> generated.get(plural + ".ringlift.dev.yaml"))
            .map(yaml -> new KubernetesSerialization().unmarshal(yaml, Map.class))
            .map(yaml -> new ObjectMapper().<JsonNode>valueToTree(yaml))
            .toList();
  }

  @Test
  void theReferenceSaysWhatTheSchemasSay() throws IOException {
    String reference = ReferenceDocument.of(definitions);
    if (Boolean.getBoolean("ringlift.crds.write")) {
      Files.writeString(DOCUMENT, reference);
    }
    assertThat(Files.readString(DOCUMENT))
        .as("docs/reference.md differs from the types in src/api: run bin/generate-crds")
        .isEqualTo(reference);
  }

  @Test
  void everyFieldSaysWhatItIs() {
    for (String line : ReferenceDocument.of(definitions).lines().toList()) {
      assertThat(line).doesNotEndWith("|  |");
    }
  }
}
