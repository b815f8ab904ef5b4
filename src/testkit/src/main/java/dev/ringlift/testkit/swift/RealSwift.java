package dev.ringlift.testkit.swift;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ringlift.testkit.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Real Swift with a swift.conf of its own. The environment variable RINGLIFT_SWIFT_PYTHON names a
 * Python that has Swift; {@code bin/test} makes one. Commands are run as processes; all else is
 * asked of one Python process that is started at the first question and ends with {@link #close}.
 *
 * <p>Device roots are folders whose subfolders are devices; nothing has to be mounted. Objects are
 * written without fsync.
 */
public final class RealSwift implements AutoCloseable {
  /** The variable that names a Python with Swift. */
  public static final String PYTHON = "RINGLIFT_SWIFT_PYTHON";

  /** The release of Swift that the tests are run with. */
  public static final String RELEASE =
      System.getenv().getOrDefault("RINGLIFT_SWIFT_VERSION", "2.38.3");

  private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(10);

  /**
   * Starts a command of Swift with folders of our own in place of /etc/swift and /var/cache/swift.
   */
  private static final String LAUNCHER =
      """
      import runpy, sys
      from swift.common import recon, utils
      utils.set_swift_dir(sys.argv.pop(1))
      recon.DEFAULT_RECON_CACHE_PATH = sys.argv.pop(1)
      sys.argv.pop(0)
      runpy.run_path(sys.argv[0], run_name='__main__')
      """;

  private final Path python;
  private final Path directory;
  private final SwiftConf conf;
  private @Nullable PythonHelper helper;

  private RealSwift(Path python, Path directory, SwiftConf conf) {
    this.python = python;
    this.directory = directory;
    this.conf = conf;
  }

  /**
   * Swift with {@code directory} as its /etc/swift, where swift.conf is written, and one policy.
   */
  public static RealSwift in(Path directory) {
    return in(directory, SwiftConf.DEFAULT);
  }

  /** Swift with {@code directory} as its /etc/swift, where {@code conf} is written. */
  public static RealSwift in(Path directory, SwiftConf conf) {
    String python = System.getenv(PYTHON);
    if (python == null || !Files.isExecutable(Path.of(python))) {
      throw new IllegalStateException(
          "%s must be the path of a Python that has Swift %s (bin/test makes one); it is %s"
              .formatted(PYTHON, RELEASE, python == null ? "not set" : python));
    }
    try {
      Files.createDirectories(directory.resolve("recon"));
      Files.writeString(directory.resolve("swift.conf"), conf.text());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new RealSwift(Path.of(python), directory.toAbsolutePath(), conf);
  }

  /** Where swift.conf is, and where a policy's ring must be for the relinker to find it. */
  public Path directory() {
    return directory;
  }

  public SwiftConf conf() {
    return conf;
  }

  // Commands

  /**
   * Any of Swift's commands, e.g. {@code command("swift-get-nodes", ring, account).run()}. It finds
   * swift.conf in {@link #directory}, also where Swift itself would look in /etc/swift alone.
   */
  public Command command(String name, String... arguments) {
    List<String> words =
        new ArrayList<>(
            List.of(
                python.toString(),
                "-c",
                LAUNCHER,
                directory.toString(),
                reconDirectory().toString(),
                python.resolveSibling(name).toString()));
    words.addAll(List.of(arguments));
    return Command.of(words).timeout(COMMAND_TIMEOUT);
  }

  /** {@code swift-ring-builder <arguments>}; its exit code is 1 for mere warnings, 2 for errors. */
  public Command.Result ringBuilder(String... arguments) {
    return command("swift-ring-builder", arguments).run();
  }

  /**
   * {@code swift-object-relinker relink|cleanup} on a devices root, without a mount check; the
   * rings are those in {@link #directory}, and {@code relinker.recon} goes to {@link
   * #reconDirectory}.
   */
  public Command.Result relinker(String step, Path devicesRoot, String... arguments) {
    List<String> words =
        new ArrayList<>(
            List.of(
                step,
                "--swift-dir",
                directory.toString(),
                "--devices",
                devicesRoot.toString(),
                "--skip-mount-check"));
    words.addAll(List.of(arguments));
    return command("swift-object-relinker", words.toArray(String[]::new)).run();
  }

  /** Runs the object auditor once over a devices root. */
  public Audit audit(Path devicesRoot) {
    try {
      Path file =
          Files.writeString(
              directory.resolve("object-auditor.conf"),
              """
              [DEFAULT]
              devices = %s
              swift_dir = %s
              recon_cache_path = %s
              mount_check = false
              user = %s
              [object-auditor]
              files_per_second = 0
              bytes_per_second = 0
              zero_byte_files_per_second = 0
              """
                  .formatted(
                      devicesRoot, directory, reconDirectory(), System.getProperty("user.name")));
      Command.Result result =
          command("swift-object-auditor", file.toString(), "once", "-v").run().orThrow();
      return new Audit(quarantined(devicesRoot), result.out() + result.err());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where Swift's commands leave their recon files. */
  public Path reconDirectory() {
    return directory.resolve("recon");
  }

  private static List<String> quarantined(Path devicesRoot) {
    List<String> found = new ArrayList<>();
    try (Stream<Path> devices = Files.list(devicesRoot)) {
      for (Path device : devices.sorted().toList()) {
        Path folder = device.resolve("quarantined");
        if (Files.isDirectory(folder)) {
          try (Stream<Path> files = Files.walk(folder)) {
            files.filter(Files::isRegularFile).map(Path::toString).forEach(found::add);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /**
   * What an auditor found.
   *
   * @param quarantined the files that it moved aside as broken
   * @param output what it said
   */
  public record Audit(List<String> quarantined, String output) {}

  // Rings and builders

  /** A ring as Swift loads it: version, part_power, next_part_power, devs, replica2part2dev_id. */
  public JsonNode ring(Path file) {
    return ask("ring", file.toString());
  }

  /** A builder as Swift loads it: the dict that it would save, arrays as lists. */
  public JsonNode builder(Path file) {
    return ask("builder", file.toString());
  }

  // Objects and trees

  /**
   * Applies operations at every place that a real ring names.
   *
   * @param roots the devices root for each {@code ip:port} or {@code ip} in the ring; {@code "*"}
   *     for all others
   */
  public void write(Path ring, int policy, Map<String, Path> roots, List<Operation> operations) {
    ask(
        "write",
        Map.of(
            "ring",
            ring.toString(),
            "policy",
            policy,
            "roots",
            texts(roots),
            "operations",
            operations));
  }

  /** Applies operations on one device, in the partitions of {@code partPower}. */
  public void writeAt(
      Path devicesRoot, String device, int policy, int partPower, List<Operation> operations) {
    ask(
        "write_at",
        Map.of(
            "root", devicesRoot.toString(),
            "device", device,
            "policy", policy,
            "partPower", partPower,
            "operations", operations));
  }

  /** What Swift finds of each object (of which only the name counts) at each place of a ring. */
  public List<Found> read(Path ring, int policy, Map<String, Path> roots, List<Operation> objects) {
    return convert(
        ask(
            "read",
            Map.of(
                "ring",
                ring.toString(),
                "policy",
                policy,
                "roots",
                texts(roots),
                "objects",
                objects)),
        new TypeReference<>() {});
  }

  /** Everything below a folder, sorted by path. */
  public List<SwiftFile> tree(Path folder) {
    return convert(ask("tree", folder.toString()), new TypeReference<>() {});
  }

  /** The metadata in the xattrs of a file of an object. */
  public Map<String, String> metadata(Path file) {
    return convert(ask("metadata", file.toString()), new TypeReference<>() {});
  }

  /**
   * {@code hashes}: the decoded hashes.pkl of a partition folder; {@code invalid}: hashes.invalid.
   */
  public JsonNode hashes(Path partition) {
    return ask("hashes", partition.toString());
  }

  /** The suffix hashes that Swift computes afresh; like Swift's own, it removes obsolete files. */
  public JsonNode recalculatedHashes(Path devicesRoot, String device, int policy, long partition) {
    return ask(
        "recalculated_hashes",
        Map.of(
            "root", devicesRoot.toString(),
            "device", device,
            "policy", policy,
            "partition", partition));
  }

  /** The hash of {@code /account/container/object}: the name of its hash dir. */
  public String hash(String path) {
    return ask("object_hash", Operation.delete(path, "0")).asText();
  }

  /**
   * The result of {@code main(input)} in a Python source; Swift's modules can be imported there.
   */
  public JsonNode python(String source, Object input) {
    return ask("python", Map.of("source", source, "input", input));
  }

  private synchronized JsonNode ask(String function, Object input) {
    if (helper == null) {
      helper = new PythonHelper(python, directory);
    }
    return helper.call(function, input);
  }

  private static Map<String, String> texts(Map<String, Path> paths) {
    return paths.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().toString()));
  }

  private static <T> T convert(JsonNode node, TypeReference<T> type) {
    return PythonHelper.JSON.convertValue(node, type);
  }

  @Override
  public synchronized void close() {
    if (helper != null) {
      helper.close();
      helper = null;
    }
  }
}
