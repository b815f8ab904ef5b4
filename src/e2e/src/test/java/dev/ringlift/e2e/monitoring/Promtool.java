package dev.ringlift.e2e.monitoring;

import dev.ringlift.testkit.process.Command;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Prometheus' own checker of rules and metrics. */
final class Promtool {
  /** The environment variable that names it; bin/test sets it. */
  static final String VARIABLE = "RINGLIFT_PROMTOOL";

  private Promtool() {}

  /** A call of it in this folder. */
  static Command command(Path folder, String... arguments) {
    String program = System.getenv(VARIABLE);
    if (program == null) {
      throw new IllegalStateException(
          "%s is not set: let it name promtool, of Prometheus (bin/test does so)."
              .formatted(VARIABLE));
    }
    List<String> words = new ArrayList<>(List.of(program));
    words.addAll(List.of(arguments));
    return Command.of(words).in(folder);
  }
}
