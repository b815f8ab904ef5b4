package dev.ringlift.relinker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Real Swift, by the Python that RINGLIFT_SWIFT_PYTHON names: makes rings and trees, runs its
 * relinker, and describes trees.
 */
final class SwiftTree {
  private final Path directory;
  private final Path script;
  private final Path python;

  /** Keeps its rings and swift.conf in this directory; {@code policies} like {@code r,e}. */
  SwiftTree(Path directory, String policies) {
    this.directory = directory;
    String named = System.getenv("RINGLIFT_SWIFT_PYTHON");
    if (named == null || named.isBlank()) {
      throw new IllegalStateException(
          "This test needs real Swift: set RINGLIFT_SWIFT_PYTHON to a Python that has swift 2.38.3 installed.");
    }
    python = Path.of(named);
    script = directory.resolve("swift_tree.py");
    try {
      Files.createDirectories(directory);
      try (var in = SwiftTree.class.getResourceAsStream("swift_tree.py")) {
        Files.copy(
            java.util.Objects.requireNonNull(in), script, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    run("conf", directory.toString(), policies);
  }

  Path swiftDir() {
    return directory;
  }

  /** Writes the rings of all policies; {@code stage} is plain, prepared, increased or cancelled. */
  void rings(int power, String stage) {
    run("rings", directory.toString(), Integer.toString(power), stage);
  }

  void make(Path root, long seed, int power, String options) {
    run(
        "make",
        directory.toString(),
        root.toString(),
        Long.toString(seed),
        Integer.toString(power),
        options);
  }

  void copyKeepingLinks(Path from, Path to) {
    run("copy", from.toString(), to.toString());
  }

  void rehash(Path root) {
    run("rehash", root.toString(), directory.toString());
  }

  JsonNode describe(Path root) {
    try {
      return new ObjectMapper().readTree(run("describe", root.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes a partition's suffix hashes, so that the next rehash computes all of them. */
  void forgetHashes(Path partition) throws IOException {
    Files.deleteIfExists(partition.resolve("hashes.pkl"));
    Files.deleteIfExists(partition.resolve("hashes.invalid"));
  }

  /**
   * Runs swift-object-relinker in one process and returns its exit code. Swift removes old
   * tombstones by age, and Ringlift does not; everything else must be equal, so age plays no part
   * here.
   */
  int relinker(String step, Path root, Path recon, String... more) {
    return relinkerWithReclaimAge(10_000_000_000L, step, root, recon, more);
  }

  /** As {@link #relinker}, with a reclaim age in seconds. */
  int relinkerWithReclaimAge(long reclaimAge, String step, Path root, Path recon, String... more) {
    List<String> command = new ArrayList<>();
    try {
      Files.createDirectories(recon);
      Path conf = directory.resolve("relinker-" + root.getFileName() + ".conf");
      // Swift removes old tombstones by age, and Ringlift does not; everything else must be equal,
      // so age plays no part here.
      Files.writeString(
          conf,
          "[object-relinker]\nrecon_cache_path = "
              + recon
              + "\nworkers = 0\nreclaim_age = "
              + reclaimAge
              + "\n");
      command.add(python.toString());
      command.addAll(List.of(script.toString(), "relinker", directory.toString()));
      command.addAll(List.of(step, conf.toString()));
      command.addAll(List.of("--devices", root.toString(), "--skip-mount-check"));
      command.addAll(List.of(more));
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.redirectOutput(directory.resolve("relinker.log").toFile());
      return builder.start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String run(String... arguments) {
    List<String> command = new ArrayList<>(List.of(python.toString(), script.toString()));
    command.addAll(List.of(arguments));
    try {
      Path out = Files.createTempFile(directory, "out", ".txt");
      Path err = Files.createTempFile(directory, "err", ".txt");
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().put("SWIFT_TEST_CONFIG_FILE", "");
      int exit = builder.start().waitFor();
      if (exit != 0) {
        throw new IllegalStateException(
            command + " ended with " + exit + ": " + Files.readString(err));
      }
      return Files.readString(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
