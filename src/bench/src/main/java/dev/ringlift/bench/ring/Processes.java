package dev.ringlift.bench.ring;

import dev.ringlift.bench.Measured;
import dev.ringlift.bench.Stopwatch;
import dev.ringlift.ring.Transition;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Starts what is compared. */
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

  private final Stopwatch stopwatch;
  private final Path archive;
  private final String classPath = classPath();

  Processes(Path directory) throws IOException {
    stopwatch = new Stopwatch(directory);
    archive = directory.resolve("classes.jsa");
  }

  /** swift-ring-builder, once for the transition and once to write the ring. */
  Measured swift(Transition transition, Path builderFile) {
    return swift(builderFile, transition.swiftCommand()).then(swift(builderFile, "write_ring"));
  }

  private Measured swift(Path builderFile, String command) {
    List<String> words = new ArrayList<>(stopwatch.swiftCommand("swift-ring-builder"));
    words.addAll(List.of(builderFile.toString(), command));
    return stopwatch.run(words);
  }

  Measured ours(Transition transition, Path builderFile) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JVM_OPTIONS));
    // As an installation would have it: classes parsed and verified once, not at every start.
    command.addAll(List.of("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + archive));
    command.addAll(List.of("-cp", classPath, RingTransition.class.getName()));
    command.addAll(List.of(transition.name(), builderFile.toString()));
    return stopwatch.run(command);
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
}
