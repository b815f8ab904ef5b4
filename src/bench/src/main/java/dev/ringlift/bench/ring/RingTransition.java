package dev.ringlift.bench.ring;

import dev.ringlift.ring.RingFiles;
import dev.ringlift.ring.Transition;
import java.nio.file.Path;
import java.time.Clock;

/** One transition of a builder and its ring, as a process: the part that is timed. */
final class RingTransition {
  private RingTransition() {}

  /** Arguments: the transition, the builder file. */
  public static void main(String[] arguments) {
    RingFiles files = new RingFiles(Clock.systemUTC());
    RingFiles.Outcome outcome =
        files.apply(Transition.valueOf(arguments[0]), Path.of(arguments[1]), null);
    if (outcome.exitCode() != 0) {
      System.err.println(outcome.message());
    }
    System.exit(outcome.exitCode());
  }
}
