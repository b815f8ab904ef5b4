package dev.ringlift.bench.ring;

import dev.ringlift.bench.Measured;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingDevice;
import dev.ringlift.ring.Transition;
import dev.ringlift.testkit.Folders;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Prints, for large rings, what each transition with its ring takes by swift-ring-builder and by
 * Ringlift: medians and ratios of processes, start included. Arguments: how often each is run (5),
 * and the highest power of the growth table (22; below 14 for none).
 */
public final class RingBenchmark {
  private static final List<Transition> INCREASE =
      List.of(Transition.PREPARE, Transition.INCREASE, Transition.FINISH);

  /** Above this Swift takes minutes for what the table shows well enough without. */
  private static final int SWIFTS_HIGHEST_POWER = 20;

  private final Path directory;
  private final Processes processes;

  private RingBenchmark(Path directory) throws IOException {
    this.directory = directory;
    this.processes = new Processes(directory);
  }

  public static void main(String[] arguments) throws Exception {
    int runs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
    int highest = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 22;
    Path directory = Files.createTempDirectory("ring-benchmark");
    try {
      RingBenchmark benchmark = new RingBenchmark(directory);
      benchmark.compare(18, 1440, runs);
      benchmark.compare(20, 10_000, runs);
      for (int power = 14; power <= highest; power += 2) {
        benchmark.grow(power, 1440);
      }
    } finally {
      Folders.delete(directory);
    }
  }

  private void compare(int partPower, int devices, int runs) throws Exception {
    RingBuilder builder = builder(partPower, devices);
    System.out.printf("Power %d, %d devices, 3 replicas, %d runs%n", partPower, devices, runs);
    Map<Transition, List<Measured>> swift = new EnumMap<>(Transition.class);
    Map<Transition, List<Measured>> ours = new EnumMap<>(Transition.class);
    // The first run of each fills caches, and is not counted.
    for (int run = 0; run <= runs; run++) {
      Path swifts = files(builder, "swift");
      Path mine = files(builder, "ringlift");
      for (Transition transition : INCREASE) {
        Measured theirs = processes.swift(transition, swifts);
        Measured own = processes.ours(transition, mine);
        if (run > 0) {
          swift.computeIfAbsent(transition, t -> new ArrayList<>()).add(theirs);
          ours.computeIfAbsent(transition, t -> new ArrayList<>()).add(own);
        }
      }
    }
    for (Transition transition : INCREASE) {
      Measured theirs = Measured.median(swift.getOrDefault(transition, List.of()));
      Measured own = Measured.median(ours.getOrDefault(transition, List.of()));
      System.out.printf(
          Locale.ROOT,
          "  %-8s swift %s | ringlift %s | %.1f times in wall, %.1f in cpu, %.0f %% of memory%n",
          transition,
          theirs.text(),
          own.text(),
          theirs.wall() / own.wall(),
          theirs.processor() / own.processor(),
          100 * own.peakMebibytes() / theirs.peakMebibytes());
    }
    System.out.printf(
        Locale.ROOT, "  floor: level-9 deflate of the ring alone %.2f s%n", deflate(builder));
  }

  private void grow(int partPower, int devices) throws Exception {
    RingBuilder builder = builder(partPower, devices);
    Measured own = null;
    Measured theirs = null;
    Path mine = files(builder, "ringlift");
    Path swifts = files(builder, "swift");
    for (Transition transition : List.of(Transition.PREPARE, Transition.INCREASE)) {
      own = processes.ours(transition, mine);
      if (partPower <= SWIFTS_HIGHEST_POWER) {
        theirs = processes.swift(transition, swifts);
      }
    }
    System.out.printf(
        "Power %d, %d devices, INCREASE: ringlift %s%s%n",
        partPower,
        devices,
        own == null ? "" : own.text(),
        theirs == null ? "" : " | swift " + theirs.text());
  }

  /** Random cells compress about as badly as those of a real, balanced ring. */
  private static RingBuilder builder(int partPower, int deviceCount) {
    Random random = new Random(partPower);
    List<@Nullable RingDevice> devices = new ArrayList<>();
    for (int id = 0; id < deviceCount; id++) {
      int server = id / 36;
      String host = "." + server / 256 + "." + server % 256;
      devices.add(
          new RingDevice(
              id,
              1,
              1 + server % 5,
              "10.0" + host,
              6200,
              "10.1" + host,
              6200,
              "d" + id % 36,
              100.0,
              ""));
    }
    List<int[]> rows = new ArrayList<>();
    for (int replica = 0; replica < 3; replica++) {
      rows.add(random.ints(1L << partPower, 0, deviceCount).toArray());
    }
    return RingBuilder.create(partPower, rows, devices);
  }

  private Path files(RingBuilder builder, String name) throws IOException {
    Path folder = directory.resolve(name);
    Folders.delete(folder);
    Files.createDirectory(folder);
    Ring ring = builder.toRing(1);
    Files.write(folder.resolve("object.ring.gz"), ring.toBytes());
    return Files.write(folder.resolve("object.builder"), builder.toBytes());
  }

  private static double deflate(RingBuilder builder) throws IOException {
    byte[] content;
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(builder.toRing(1).toBytes()))) {
      content = in.readAllBytes();
    }
    byte[] target = new byte[content.length + 1024];
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    long start = System.nanoTime();
    deflater.setInput(content);
    deflater.finish();
    deflater.deflate(target);
    double seconds = (System.nanoTime() - start) / 1e9;
    deflater.end();
    return seconds;
  }
}
