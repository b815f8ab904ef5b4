package dev.ringlift.bench.relinker;

import dev.ringlift.bench.Measured;
import dev.ringlift.bench.Stopwatch;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingDevice;
import dev.ringlift.ring.Transition;
import dev.ringlift.testkit.Folders;
import dev.ringlift.testkit.swift.RealSwift;
import dev.ringlift.testkit.tree.Placement;
import dev.ringlift.testkit.tree.SyntheticTree;
import dev.ringlift.testkit.tree.TreeCheck;
import dev.ringlift.testkit.tree.TreeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Prints what relink and cleanup of a node with four devices take by swift-object-relinker (a
 * worker for each device) and by {@code bin/ringlift}, on trees that are alike: medians and ratios
 * of processes, start included. After each cleanup the whole tree is checked. Arguments: a folder
 * on the file system to be measured, how many objects (200,000), how many runs (3).
 */
public final class RelinkerBenchmark {
  private static final int PART_POWER = 10;
  private static final int DEVICES = 4;

  private final Path directory;
  private final int objects;
  private final Stopwatch stopwatch;
  private final RealSwift swift;

  private RelinkerBenchmark(Path directory, int objects) throws IOException {
    this.directory = directory;
    this.objects = objects;
    this.stopwatch = new Stopwatch(directory);
    this.swift = RealSwift.in(directory);
    Files.writeString(
        directory.resolve("relinker.conf"),
        "[object-relinker]\nrecon_cache_path = %s\n".formatted(swift.reconDirectory()));
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory(Path.of(arguments[0]), "relinker-benchmark");
    int objects = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 200_000;
    int runs = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 3;
    try {
      new RelinkerBenchmark(directory, objects).compare(runs);
    } finally {
      Folders.delete(directory);
    }
  }

  private void compare(int runs) throws Exception {
    System.out.printf(
        Locale.ROOT,
        "%,d objects on %d devices, power %d to %d, %d runs%n",
        objects,
        DEVICES,
        PART_POWER,
        PART_POWER + 1,
        runs);
    List<Run> swifts = new ArrayList<>();
    List<Run> mine = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      swifts.add(increase(this::swiftRelinker));
      mine.add(increase(this::ringlift));
    }
    print(
        "relink",
        swifts.stream().map(Run::relink).toList(),
        mine.stream().map(Run::relink).toList());
    print(
        "cleanup",
        swifts.stream().map(Run::cleanup).toList(),
        mine.stream().map(Run::cleanup).toList());
  }

  private static void print(String step, List<Measured> swift, List<Measured> ours) {
    Measured theirs = Measured.median(swift);
    Measured own = Measured.median(ours);
    System.out.printf(
        Locale.ROOT,
        "  %-8s swift %s | ringlift %s | %.1f times in wall, %.1f in cpu%n",
        step,
        theirs.text(),
        own.text(),
        theirs.wall() / own.wall(),
        theirs.processor() / own.processor());
  }

  private record Run(Measured relink, Measured cleanup) {}

  /** A new tree, taken through one increase. */
  private Run increase(Relinker relinker) throws Exception {
    Path devicesRoot = Files.createDirectories(directory.resolve("node"));
    List<Path> devices =
        IntStream.range(0, DEVICES).mapToObj(id -> devicesRoot.resolve("d" + id)).toList();
    Placement placement = partition -> List.of(devices.get(partition % DEVICES));
    SyntheticTree tree =
        SyntheticTree.create(TreeSettings.of(objects, PART_POWER, Instant.now()), placement);
    RingBuilder prepared = builder().after(Transition.PREPARE, Instant.now());
    Measured relink = step("relink", prepared, relinker, devicesRoot);
    RingBuilder increased = prepared.after(Transition.INCREASE, Instant.now());
    Measured cleanup = step("cleanup", increased, relinker, devicesRoot);
    // What was in partition X is in 2X or 2X+1, on the same device.
    TreeCheck check = tree.check(PART_POWER + 1, partition -> placement.devices(partition / 2));
    if (!check.ok()) {
      throw new IllegalStateException("A wrong tree was left: " + check);
    }
    Folders.delete(devicesRoot);
    return new Run(relink, cleanup);
  }

  private Measured step(String step, RingBuilder builder, Relinker relinker, Path devicesRoot)
      throws IOException {
    Files.write(directory.resolve("object.ring.gz"), builder.toRing(1).toBytes());
    return stopwatch.run(relinker.command(step, devicesRoot));
  }

  /** How to start one of the two. */
  @FunctionalInterface
  private interface Relinker {
    List<String> command(String step, Path devicesRoot);
  }

  private List<String> swiftRelinker(String step, Path devicesRoot) {
    return swift.command("swift-object-relinker", arguments(step, devicesRoot)).words();
  }

  private List<String> ringlift(String step, Path devicesRoot) {
    List<String> command =
        new ArrayList<>(List.of(Path.of("bin/ringlift").toAbsolutePath().toString()));
    command.addAll(List.of(arguments(step, devicesRoot)));
    return command;
  }

  private String[] arguments(String step, Path devicesRoot) {
    return new String[] {
      step,
      directory.resolve("relinker.conf").toString(),
      "--swift-dir",
      directory.toString(),
      "--devices",
      devicesRoot.toString(),
      "--skip-mount-check"
    };
  }

  private static RingBuilder builder() {
    List<RingDevice> devices =
        IntStream.range(0, DEVICES)
            .mapToObj(
                id ->
                    new RingDevice(
                        id, 1, 1, "127.0.0.1", 6200, "127.0.0.1", 6200, "d" + id, 100, ""))
            .toList();
    return RingBuilder.create(PART_POWER, 1, devices);
  }
}
