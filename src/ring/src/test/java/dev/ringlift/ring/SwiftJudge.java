package dev.ringlift.ring;

import dev.ringlift.testkit.process.LineProcess;
import dev.ringlift.testkit.swift.RealSwift;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Real Swift in one long-lived Python process, which makes builders and rings and compares ours
 * with them. Started once for many requests, since starting Python costs more than most of them.
 */
final class SwiftJudge implements AutoCloseable {
  private final Path script;
  private final LineProcess process;

  SwiftJudge() throws IOException {
    String python = System.getenv(RealSwift.PYTHON);
    if (python == null) {
      throw new IllegalStateException(
          RealSwift.PYTHON + " has to name a Python that has Swift " + RealSwift.RELEASE + ".");
    }
    script = Files.createTempFile("swift_judge", ".py");
    try (InputStream in = SwiftJudge.class.getResourceAsStream("swift_judge.py")) {
      if (in == null) {
        throw new IllegalStateException("swift_judge.py is missing from the test resources");
      }
      Files.write(script, in.readAllBytes());
    }
    process = LineProcess.start(List.of(python, script.toString()));
  }

  /** Asks, and returns what follows "ok"; fails the test with Swift's own words otherwise. */
  String ask(String verb, Object... arguments) {
    String answer =
        process.ask(
            verb
                + Arrays.stream(arguments)
                    .map(argument -> "\t" + argument)
                    .collect(Collectors.joining()));
    if (!answer.startsWith("ok")) {
      throw new AssertionError("Swift says of " + verb + ": " + answer);
    }
    return answer.substring(2).strip();
  }

  /** Whether this release writes rings of format 2, and device ids of four bytes. */
  boolean knowsFormat2() {
    return ask("formats").contains("2");
  }

  @Override
  public void close() throws IOException {
    process.close();
    Files.deleteIfExists(script);
  }
}
