package dev.ringlift.ring;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Real Swift in one long-lived Python process, which makes builders and rings and compares ours
 * with them. Started once for many requests, since starting Python costs more than most of them.
 */
final class SwiftJudge implements AutoCloseable {
  private final Path script;
  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader answers;

  SwiftJudge() throws IOException {
    String python = System.getenv("RINGLIFT_SWIFT_PYTHON");
    if (python == null) {
      throw new IllegalStateException(
          "RINGLIFT_SWIFT_PYTHON has to name a Python that has Swift 2.38.3.");
    }
    script = Files.createTempFile("swift_judge", ".py");
    try (InputStream in = SwiftJudge.class.getResourceAsStream("swift_judge.py")) {
      if (in == null) {
        throw new IllegalStateException("swift_judge.py is missing from the test resources");
      }
      Files.write(script, in.readAllBytes());
    }
    process =
        new ProcessBuilder(python, script.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    requests = process.outputWriter(StandardCharsets.UTF_8);
    answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Asks, and returns what follows "ok"; fails the test with Swift's own words otherwise. */
  String ask(String verb, Object... arguments) {
    try {
      requests.write(
          verb
              + Arrays.stream(arguments)
                  .map(argument -> "\t" + argument)
                  .collect(Collectors.joining()));
      requests.newLine();
      requests.flush();
      String answer = answers.readLine();
      if (answer == null || !answer.startsWith("ok")) {
        throw new AssertionError("Swift says of " + verb + ": " + answer);
      }
      return answer.substring(2).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    requests.close();
    process.destroy();
    Files.deleteIfExists(script);
  }
}
