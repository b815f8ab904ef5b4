package dev.ringlift.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Holds {@code crds/} and the chart against the types; {@code bin/generate-crds} brings them up to
 * date.
 */
class CustomResourceDefinitionsTest {

  /** For users without Helm, and as the chart has them: Helm takes nothing from outside of it. */
  static final List<Path> CHECKED_IN =
      List.of(Path.of("../../crds"), Path.of("../../helm/ringlift/files/crds"));

  @ParameterizedTest
  @FieldSource("CHECKED_IN")
  void checkedInDefinitionsAreThoseOfTheTypes(Path folder, @TempDir Path scratch)
      throws IOException {
    Map<String, String> generated = CustomResourceDefinitions.generate(scratch);
    if (Boolean.getBoolean("ringlift.crds.write")) {
      for (Map.Entry<String, String> file : generated.entrySet()) {
        Files.writeString(folder.resolve(file.getKey()), file.getValue());
      }
    }
    Map<String, String> checkedIn = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        checkedIn.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    assertThat(checkedIn)
        .as(
            "%s differs from the types in src/api: run bin/generate-crds and commit the result",
            folder)
        .isEqualTo(generated);
  }

  @Test
  void everyListSaysHowItIsMergedAndHowLongItMayGrow(@TempDir Path scratch) throws IOException {
    for (String yaml : CustomResourceDefinitions.generate(scratch).values()) {
      String[] lists = yaml.split("(?m)type: array", -1);
      assertThat(lists.length).isGreaterThan(1);
      assertThat(yaml.split("x-kubernetes-list-type:", -1)).hasSameSizeAs(lists);
      assertThat(yaml.split("maxItems:", -1)).hasSameSizeAs(lists);
    }
  }
}
