package dev.ringlift.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds {@code crds/} against the types; {@code bin/generate-crds} brings it up to date. */
class CustomResourceDefinitionsTest {

  private static final Path CHECKED_IN = Path.of("../../crds");

  @Test
  void checkedInDefinitionsAreThoseOfTheTypes(@TempDir Path scratch) throws IOException {
    Map<String, String> generated = CustomResourceDefinitions.generate(scratch);
    if (Boolean.getBoolean("ringlift.crds.write")) {
      for (Map.Entry<String, String> file : generated.entrySet()) {
        Files.writeString(CHECKED_IN.resolve(file.getKey()), file.getValue());
      }
    }
    Map<String, String> checkedIn = new TreeMap<>();
    try (Stream<Path> files = Files.list(CHECKED_IN)) {
      for (Path file : files.toList()) {
        checkedIn.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    assertThat(checkedIn)
        .as("crds/ differs from the types in src/api: run bin/generate-crds and commit the result")
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
