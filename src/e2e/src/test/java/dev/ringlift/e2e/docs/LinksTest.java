package dev.ringlift.e2e.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every link between the documents leads somewhere, and the README leads to each of them. */
class LinksTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().resolve("../..").normalize();
  private static final Path DOCS = ROOT.resolve("docs");

  /** {@code [text](where)} and {@code ![text](where)}, but not in code. */
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  private static final Pattern CODE = Pattern.compile("(?s)```.*?```|`[^`\n]*`");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*)$");

  static List<Path> documents() throws IOException {
    try (Stream<Path> docs = Files.list(DOCS)) {
      return Stream.concat(
              Stream.of("README.md", "CHANGELOG.md", "CONTRIBUTING.md").map(ROOT::resolve),
              docs.filter(file -> file.toString().endsWith(".md")))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyLinkLeadsSomewhere(Path document) throws IOException {
    for (String link : links(document)) {
      if (link.contains("://") || link.startsWith("mailto:")) {
        continue;
      }
      String[] parts = link.split("#", 2);
      Path target = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]).normalize();
      assertThat(target).as(link).exists().startsWith(ROOT);
      if (parts.length == 2) {
        assertThat(anchors(target)).as("headings of " + target).contains(parts[1]);
      }
    }
  }

  @Test
  void theReadmeLeadsToEachDocument() throws IOException {
    Set<Path> linked =
        links(ROOT.resolve("README.md")).stream()
            .filter(link -> !link.contains("://"))
            .map(link -> ROOT.resolve(link.split("#", 2)[0]).normalize())
            .collect(Collectors.toSet());

    assertThat(linked).containsAll(documents().stream().filter(d -> d.startsWith(DOCS)).toList());
  }

  private static List<String> links(Path document) throws IOException {
    String text = CODE.matcher(Files.readString(document)).replaceAll("");
    return LINK.matcher(text).results().map(link -> link.group(1)).toList();
  }

  /** As GitHub makes them of headings. */
  private static Set<String> anchors(Path document) throws IOException {
    String text =
        Pattern.compile("(?s)```.*?```").matcher(Files.readString(document)).replaceAll("");
    List<String> anchors = new ArrayList<>();
    for (MatchResult heading : HEADING.matcher(text).results().toList()) {
      anchors.add(
          heading
              .group(1)
              .toLowerCase(Locale.ROOT)
              .replaceAll("\\[([^]]*)\\]\\([^)]*\\)", "$1")
              .replaceAll("[^\\p{L}\\p{N} _-]", "")
              .replace(' ', '-'));
    }
    return Set.copyOf(anchors);
  }
}
