package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/conditions.md} against what the operator can say. */
class DocumentationTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\|");

  @Test
  void everyConditionReasonCheckAndEventIsDocumentedAndNoOther() throws IOException {
    String[] sections = Files.readString(Path.of("../docs/conditions.md")).split("(?m)^## ", -1);

    assertThat(rows(sections, "Conditions")).isEqualTo(names(ConditionType.values()));
    assertThat(rows(sections, "Reasons")).isEqualTo(names(Reason.values()));
    assertThat(rows(sections, "Preflight checks")).isEqualTo(names(Check.values()));
    assertThat(rows(sections, "Events")).isEqualTo(names(EventReason.values()));
  }

  private static List<String> rows(String[] sections, String title) {
    return Arrays.stream(sections)
        .filter(section -> section.startsWith(title + "\n"))
        .flatMap(section -> ROW.matcher(section).results())
        .map(row -> row.group(1))
        .toList();
  }

  private static List<String> names(Enum<?>[] values) {
    return Arrays.stream(values).map(Enum::name).toList();
  }
}
