package dev.ringlift.bench.relinker;

import dev.ringlift.bench.Measured;
import dev.ringlift.bench.Stopwatch;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingDevice;
import dev.ringlift.ring.Transition;
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
import java.util.stream.IntStream;

/** Takes trees of one size on one storage through an increase, by whatever is to be measured. */
final class Trial {
  /**
   * The size of a node.
   *
   * @param objects on all devices together
   * @param devices how many
   * @param partPower before the increase
   */
  record Size(int objects, int devices, int partPower) {}

  /** What the two steps took. */
  record Result(Measured relink, Measured cleanup) {}

  /** How to start a step. */
  @FunctionalInterface
  interface Contender {
    List<String> command(Trial trial, String step);
  }

  private final Size size;
  private final Storage storage;
  private final Stopwatch stopwatch;
  private final Path directory;
  private final RealSwift swift;

  /**
   * @param directory for what is not measured: ring, swift.conf, recon
   */
  Trial(Size size, Storage storage, Path directory) throws IOException {
    this.size = size;
    this.storage = storage;
    this.directory = directory;
    this.stopwatch = new Stopwatch(directory);
    this.swift = RealSwift.in(directory);
    Files.writeString(
        directory.resolve("relinker.conf"),
        "[object-relinker]\nrecon_cache_path = %s\n".formatted(swift.reconDirectory()));
  }

  /** A new tree, taken through one increase, checked if wanted, and removed. */
  Result run(Contender contender, boolean checked) throws Exception {
    Placement placement = partition -> List.of(devices().get(partition % size.devices()));
    SyntheticTree tree =
        SyntheticTree.create(
            TreeSettings.of(size.objects(), size.partPower(), Instant.now()), placement);
    RingBuilder prepared = builder().after(Transition.PREPARE, Instant.now());
    Measured relink = step("relink", prepared, contender);
    RingBuilder increased = prepared.after(Transition.INCREASE, Instant.now());
    Measured cleanup = step("cleanup", increased, contender);
    if (checked) {
      check(tree, placement);
    }
    storage.empty();
    return new Result(relink, cleanup);
  }

  private void check(SyntheticTree tree, Placement placement) {
    // What was in partition X is in 2X or 2X+1, on the same device.
    TreeCheck check =
        tree.check(size.partPower() + 1, partition -> placement.devices(partition / 2));
    if (!check.ok()) {
      throw new IllegalStateException("A wrong tree was left: " + check);
    }
  }

  /** swift-object-relinker, with a worker for each device. */
  List<String> swift(String step) {
    return swift.command("swift-object-relinker", arguments(step)).words();
  }

  /** {@code bin/ringlift}, as it is started by hand. */
  List<String> ringlift(String step) {
    List<String> command =
        new ArrayList<>(List.of(Path.of("bin/ringlift").toAbsolutePath().toString()));
    command.addAll(List.of(arguments(step)));
    return command;
  }

  List<String> bareLoop(BareLoop loop, String step) {
    return loop.command(step, size.partPower() + 1, devices());
  }

  private Measured step(String step, RingBuilder builder, Contender contender) throws IOException {
    Files.write(directory.resolve("object.ring.gz"), builder.toRing(1).toBytes());
    storage.forget();
    return stopwatch.run(contender.command(this, step));
  }

  private String[] arguments(String step) {
    return new String[] {
      step,
      directory.resolve("relinker.conf").toString(),
      "--swift-dir",
      directory.toString(),
      "--devices",
      devicesRoot().toString(),
      "--skip-mount-check"
    };
  }

  private Path devicesRoot() {
    return storage.root().resolve("node");
  }

  private List<Path> devices() {
    return IntStream.range(0, size.devices())
        .mapToObj(id -> devicesRoot().resolve("d" + id))
        .toList();
  }

  private RingBuilder builder() {
    List<RingDevice> devices =
        IntStream.range(0, size.devices())
            .mapToObj(
                id ->
                    new RingDevice(
                        id, 1, 1, "127.0.0.1", 6200, "127.0.0.1", 6200, "d" + id, 100, ""))
            .toList();
    return RingBuilder.create(size.partPower(), 1, devices);
  }
}
