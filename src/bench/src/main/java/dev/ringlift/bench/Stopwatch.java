package dev.ringlift.bench;

import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.swift.RealSwift;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Runs commands and measures them from outside, start included. The Python that has Swift does the
 * measuring, too: the kernel tells a parent what its children took.
 */
public final class Stopwatch {
  private static final Duration LONGEST = Duration.ofMinutes(30);

  private final Path python;
  private final Path script;

  /**
   * @param directory for the script that measures
   */
  public Stopwatch(Path directory) throws IOException {
    python =
        Path.of(
            Objects.requireNonNull(
                System.getenv(RealSwift.PYTHON),
                RealSwift.PYTHON + " has to name a Python that has Swift 2.38.3."));
    script = directory.resolve("measure.py");
    try (InputStream in = Stopwatch.class.getResourceAsStream("measure.py")) {
      Files.write(script, Objects.requireNonNull(in).readAllBytes());
    }
  }

  /** The words that start a command of Swift. */
  public List<String> swiftCommand(String name) {
    return List.of(python.toString(), python.resolveSibling(name).toString());
  }

  /** Runs a command to its end; fails with all that it said unless its exit code is 0. */
  public Measured run(List<String> command) {
    List<String> words = new ArrayList<>(List.of(python.toString(), script.toString()));
    words.addAll(command);
    Command.Result result = Command.of(words).timeout(LONGEST).run().orThrow();
    String[] values = result.out().strip().split(" ", 4);
    if (!values[0].equals("0")) {
      throw new IllegalStateException(command + " failed: " + result.err());
    }
    return new Measured(
        Double.parseDouble(values[1]),
        Double.parseDouble(values[2]),
        Double.parseDouble(values[3]) / 1024);
  }
}
