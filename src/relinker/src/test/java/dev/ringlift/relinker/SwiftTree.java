package dev.ringlift.relinker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringlift.testkit.process.LineProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A swift.conf with rings, and what real Swift does by them to device trees. */
final class SwiftTree {
  /** Swift removes tombstones by age, and Ringlift does not: with this age it does not either. */
  static final long NEVER = 10_000_000_000L;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final SwiftPython python;
  private final Path directory;
  private final String policies;
  private final Set<String> stages = new HashSet<>();
  private Path swiftDir;

  /**
   * Keeps its rings and swift.conf in this directory; {@code policies} has a letter for each,
   * {@code r} for replication and {@code e} for erasure coding (2 + 1 fragments).
   */
  SwiftTree(SwiftPython python, Path directory, String policies) {
    this.python = python;
    this.directory = directory;
    this.policies = policies;
    this.swiftDir = directory.resolve("plain");
    python.call("conf", Map.of("directory", swiftDir.toString(), "policies", policies));
  }

  /** The policies as the relinker takes them. */
  List<ObjectPolicy> policies() {
    List<ObjectPolicy> all = new ArrayList<>();
    for (int index = 0; index < policies.length(); index++) {
      all.add(
          policies.charAt(index) == 'e'
              ? ObjectPolicy.erasureCoding(index, 3)
              : ObjectPolicy.replication(index));
    }
    return all;
  }

  /** Goes to the rings of this stage: prepared, increased or cancelled. */
  void rings(int power, String stage) {
    swiftDir = directory.resolve(stage + "-" + power);
    if (stages.add(stage + power)) {
      String path = swiftDir.toString();
      python.call("conf", Map.of("directory", path, "policies", policies));
      python.call("rings", Map.of("directory", path, "power", power, "stage", stage));
    }
  }

  Path swiftDir() {
    return swiftDir;
  }

  /** Makes devices, twice; {@code options} as swift_trees.py explains them. */
  void make(Path root, Path twin, long seed, int power, Map<String, Object> options) {
    python.call(
        "make",
        Map.of(
            "directory",
            swiftDir.toString(),
            "root",
            root.toString(),
            "seed",
            seed,
            "power",
            power,
            "options",
            options,
            "twin",
            twin.toString()));
  }

  /** Writes as object servers do between the steps, the same in all these trees. */
  void churn(List<Path> roots, long seed, int power, int count) {
    python.call(
        "churn",
        Map.of(
            "directory", swiftDir.toString(),
            "roots", roots.stream().map(Path::toString).toList(),
            "seed", seed,
            "power", power,
            "count", count));
  }

  void copyKeepingLinks(Path from, Path to) {
    python.call("copy", Map.of("source", from.toString(), "target", to.toString()));
  }

  void rehash(Path root) {
    python.call("rehash", Map.of("root", root.toString(), "directory", swiftDir.toString()));
  }

  JsonNode describe(Path root) {
    return python.call("describe", Map.of("root", root.toString()));
  }

  /** The differences of two trees, as swift_judge.py explains them. */
  JsonNode compare(Path ours, Path theirs, long reclaimAge) {
    return python.call(
        "compare",
        Map.of(
            "directory", swiftDir.toString(),
            "ours", ours.toString(),
            "theirs", theirs.toString(),
            "scratch", directory.resolve("compared").toString(),
            "reclaim_age", reclaimAge));
  }

  /** Suffix hashes in the tree that are not what real Swift computes: "as left | truly". */
  List<String> wrongHashes(Path root) {
    return texts(
        python.call(
            "wrong_hashes",
            Map.of(
                "directory", swiftDir.toString(),
                "root", root.toString(),
                "scratch", directory.resolve("hashed").toString())));
  }

  /** Object servers at work on a tree: {@code swift_writers.py}. */
  LineProcess writers(Path root, long seed, int power) {
    return python.start(
        "swift_writers.py",
        swiftDir.toString(),
        root.toString(),
        Long.toString(seed),
        Integer.toString(power));
  }

  /** What real Swift reads at this power that is not what the writers' clients were told. */
  List<String> check(Path root, int power, JsonNode told) {
    return texts(
        python.call(
            "check",
            Map.of(
                "directory",
                swiftDir.toString(),
                "root",
                root.toString(),
                "power",
                power,
                "told",
                told)));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  /** Removes a partition's suffix hashes, so that the next rehash computes all of them. */
  void forgetHashes(Path partition) throws IOException {
    Files.deleteIfExists(partition.resolve("hashes.pkl"));
    Files.deleteIfExists(partition.resolve("hashes.invalid"));
  }

  /** Runs swift-object-relinker in one process and returns its exit code. */
  int relinker(String step, Path root, Path recon, String... more) {
    return relinker(NEVER, step, root, recon, List.of(more));
  }

  /** As {@link #relinker(String, Path, Path, String...)}, with a reclaim age in seconds. */
  int relinker(long reclaimAge, String step, Path root, Path recon, List<String> more) {
    return python
        .call(
            "relinker",
            Map.of(
                "directory",
                swiftDir.toString(),
                "args",
                arguments(reclaimAge, step, root, recon, more)))
        .asInt();
  }

  /**
   * The relinker in one process, killed before it makes this change (the first is 1; 0 for not at
   * all). Returns how many changes it had begun.
   */
  int killed(String step, Path root, Path recon, int change) {
    return python
        .call(
            "killed",
            Map.of(
                "directory",
                swiftDir.toString(),
                "args",
                arguments(NEVER, step, root, recon, List.of("--workers", "0")),
                "change",
                change))
        .asInt();
  }

  private List<String> arguments(
      long reclaimAge, String step, Path root, Path recon, List<String> more) {
    try {
      Files.createDirectories(recon);
      Path conf = directory.resolve("relinker.conf");
      Files.writeString(
          conf,
          """
          [object-relinker]
          recon_cache_path = %s
          reclaim_age = %d
          log_level = WARNING
          """
              .formatted(recon, reclaimAge));
      List<String> arguments =
          new ArrayList<>(
              List.of(step, conf.toString(), "--devices", root.toString(), "--skip-mount-check"));
      arguments.addAll(more);
      return arguments;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What relinker.recon in this directory says. */
  static JsonNode recon(Path directory) {
    try {
      return JSON.readTree(Files.readString(directory.resolve("relinker.recon")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
