package dev.ringlift.bench.relinker;

import dev.ringlift.testkit.process.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The floor: a loop in C of the system calls that no relinker can do without ({@code
 * src/main/c/bare-loop.c}), compiled on the spot.
 */
final class BareLoop {
  private static final Path SOURCE = Path.of("src/bench/src/main/c/bare-loop.c");

  private final Path program;

  private BareLoop(Path program) {
    this.program = program;
  }

  /** Compiles it into this folder; empty, after saying so, where there is no C compiler. */
  static Optional<BareLoop> compile(Path directory) {
    Path program = directory.resolve("bare-loop");
    try {
      Command.of(List.of("gcc", "-O2", "-o", program.toString(), SOURCE.toString()))
          .timeout(Duration.ofMinutes(1))
          .run()
          .orThrow();
      return Optional.of(new BareLoop(program));
    } catch (RuntimeException e) {
      System.out.println("No bare C loop to compare with: gcc is missing, or fails here.");
      return Optional.empty();
    }
  }

  List<String> command(String step, int newPower, List<Path> devices) {
    List<String> words =
        new ArrayList<>(List.of(program.toString(), step, Integer.toString(newPower)));
    devices.forEach(device -> words.add(device.resolve("objects").toString()));
    return words;
  }
}
