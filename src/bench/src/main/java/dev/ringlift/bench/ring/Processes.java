package dev.ringlift.bench.ring;

import dev.ringlift.ring.Transition;
import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.swift.RealSwift;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Starts what is compared, and measures it from outside. */
final class Processes {
  /** How a command of this kind should be run: a short life, and no more heap than it needs. */
  private static final String[] JVM_OPTIONS = {
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xshare:auto",
    "-Xms8m",
    "-Xmn6m",
    "-XX:MinHeapFreeRatio=5",
    "-XX:MaxHeapFreeRatio=10"
  };

  private final Path python;
  private final Path measure;
  private final Path archive;
  private final String classPath = classPath();

  Processes(Path directory) throws IOException {
    python =
        Path.of(
            Objects.requireNonNull(
                System.getenv(RealSwift.PYTHON),
                RealSwift.PYTHON + " has to name a Python that has Swift 2.38.3."));
    measure = directory.resolve("measure.py");
    archive = directory.resolve("classes.jsa");
    try (InputStream in = Processes.class.getResourceAsStream("measure.py")) {
      Files.write(measure, Objects.requireNonNull(in).readAllBytes());
    }
  }

  /** swift-ring-builder, once for the transition and once to write the ring. */
  Measured swift(Transition transition, Path builderFile) {
    String command = python.resolveSibling("swift-ring-builder").toString();
    return measured(
            List.of(python.toString(), command, builderFile.toString(), transition.swiftCommand()))
        .then(measured(List.of(python.toString(), command, builderFile.toString(), "write_ring")));
  }

  Measured ours(Transition transition, Path builderFile) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JVM_OPTIONS));
    // As an installation would have it: classes parsed and verified once, not at every start.
    command.addAll(List.of("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + archive));
    command.addAll(List.of("-cp", classPath, RingTransition.class.getName()));
    command.addAll(List.of(transition.name(), builderFile.toString()));
    return measured(command);
  }

  /** What the command needs, of all that the benchmark has. */
  private static String classPath() {
    return String.join(
        File.pathSeparator,
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(
                entry ->
                    Stream.of("ringlift-bench", "ringlift-ring", "jackson-core")
                        .anyMatch(Path.of(entry).getFileName().toString()::startsWith))
            .toList());
  }

  private Measured measured(List<String> command) {
    List<String> words = new ArrayList<>(List.of(python.toString(), measure.toString()));
    words.addAll(command);
    Command.Result result = Command.of(words).run().orThrow();
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
