package dev.ringlift.e2e.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents name the tests that hold what they claim: these tests are there. */
class NamedTestsTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().resolve("../..").normalize();
  private static final Pattern NAMED = Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`");

  @ParameterizedTest
  @ValueSource(strings = {"security.md", "failure-modes.md"})
  void everyTestThatIsNamedIsThere(String document) throws IOException {
    Map<String, String> tests = tests();
    List<MatchResult> named =
        NAMED.matcher(Files.readString(ROOT.resolve("docs").resolve(document))).results().toList();

    assertThat(named).hasSizeGreaterThan(20);
    for (MatchResult test : named) {
      assertThat(tests).containsKey(test.group(1));
      if (test.group(2) != null) {
        assertThat(tests.get(test.group(1)))
            .as(test.group())
            .contains("void " + test.group(2) + "(");
      }
    }
  }

  /** By name; of several with the same name, all that they say. */
  private static Map<String, String> tests() throws IOException {
    Map<String, String> tests = new HashMap<>();
    for (String module : List.of("src", "operator", "agent")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module))) {
        for (Path file : files.filter(file -> file.toString().endsWith("Test.java")).toList()) {
          tests.merge(
              String.valueOf(file.getFileName()).replace(".java", ""),
              Files.readString(file),
              String::concat);
        }
      }
    }
    return tests;
  }
}
