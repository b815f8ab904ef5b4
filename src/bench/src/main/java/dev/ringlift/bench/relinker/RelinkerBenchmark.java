package dev.ringlift.bench.relinker;

import dev.ringlift.bench.Measured;
import dev.ringlift.bench.relinker.Trial.Contender;
import dev.ringlift.bench.relinker.Trial.Result;
import dev.ringlift.bench.relinker.Trial.Size;
import dev.ringlift.testkit.Folders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Prints what relink and cleanup of a node take by swift-object-relinker (a worker for each
 * device), by {@code bin/ringlift} and by a bare loop of the needed calls in C: processes, start
 * included, in turn on trees that are alike; medians and ratios. The first tree that each leaves is
 * checked as a whole.
 *
 * <p>Arguments: {@code compare OBJECTS[,OBJECTS…] RUNS MEMORY_FOLDER [XFS_OBJECTS XFS_FOLDER]}, or
 * {@code growth MEMORY_FOLDER}: how Ringlift's time and memory grow with objects, partitions and
 * devices.
 */
public final class RelinkerBenchmark {
  private static final int PART_POWER = 10;
  private static final int DEVICES = 4;
  private static final int GROWTH_OBJECTS = 200_000;

  private final Path directory;

  private RelinkerBenchmark(Path directory) {
    this.directory = directory;
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory("relinker-benchmark");
    RelinkerBenchmark benchmark = new RelinkerBenchmark(directory);
    try {
      if (arguments[0].equals("growth")) {
        benchmark.growth(Path.of(arguments[1]));
        return;
      }
      int runs = Integer.parseInt(arguments[2]);
      Optional<BareLoop> loop = BareLoop.compile(directory);
      try (Storage memory = Storage.Memory.in(Path.of(arguments[3]))) {
        for (String objects : arguments[1].split(",", -1)) {
          benchmark.compare(Integer.parseInt(objects), runs, memory, loop);
        }
      }
      if (arguments.length > 4) {
        int objects = Integer.parseInt(arguments[4]);
        Optional<Storage> xfs = Storage.Xfs.in(Path.of(arguments[5]));
        if (xfs.isPresent()) {
          try (Storage mounted = xfs.get()) {
            benchmark.compare(objects, runs, mounted, loop);
          }
        }
      }
    } finally {
      Folders.delete(directory);
    }
  }

  private void compare(int objects, int runs, Storage storage, Optional<BareLoop> loop)
      throws Exception {
    System.out.printf(
        Locale.ROOT,
        "%s: %,d objects on %d devices, power %d to %d, medians of %d%n",
        storage.name(),
        objects,
        DEVICES,
        PART_POWER,
        PART_POWER + 1,
        runs);
    Trial trial = new Trial(new Size(objects, DEVICES, PART_POWER), storage, directory);
    Map<String, Contender> contenders = new TreeMap<>();
    contenders.put("swift", Trial::swift);
    contenders.put("ringlift", Trial::ringlift);
    loop.ifPresent(bare -> contenders.put("bare loop", (each, step) -> each.bareLoop(bare, step)));
    Map<String, List<Result>> results = new TreeMap<>();
    for (int run = 0; run < runs; run++) {
      for (Map.Entry<String, Contender> each : contenders.entrySet()) {
        results
            .computeIfAbsent(each.getKey(), unused -> new ArrayList<>())
            .add(trial.run(each.getValue(), run == 0));
      }
    }
    print("relink", results, Result::relink);
    print("cleanup", results, Result::cleanup);
  }

  private static void print(
      String step, Map<String, List<Result>> results, Function<Result, Measured> part) {
    Measured ours = median(results.getOrDefault("ringlift", List.of()), part);
    results.forEach(
        (name, each) -> {
          Measured median = median(each, part);
          System.out.printf(
              Locale.ROOT,
              "  %-8s %-9s %s | ringlift's wall x %.2f, cpu x %.2f%n",
              step,
              name,
              median.text(),
              median.wall() / ours.wall(),
              median.processor() / ours.processor());
        });
  }

  private static Measured median(List<Result> results, Function<Result, Measured> part) {
    return Measured.median(results.stream().map(part).toList());
  }

  private void growth(Path folder) throws Exception {
    List<Size> sizes = new ArrayList<>();
    for (int objects : new int[] {50_000, 200_000, 500_000, 1_000_000, 2_000_000}) {
      sizes.add(new Size(objects, DEVICES, PART_POWER));
    }
    IntStream.rangeClosed(4, 8)
        .forEach(half -> sizes.add(new Size(GROWTH_OBJECTS, DEVICES, 2 * half)));
    sizes.add(new Size(GROWTH_OBJECTS, 60, PART_POWER));
    try (Storage storage = Storage.Memory.in(folder)) {
      for (Size size : sizes) {
        Result result = new Trial(size, storage, directory).run(Trial::ringlift, true);
        System.out.printf(
            Locale.ROOT,
            "%,9d objects, power %2d, %2d devices: relink %s | cleanup %s%n",
            size.objects(),
            size.partPower(),
            size.devices(),
            result.relink().text(),
            result.cleanup().text());
      }
    }
  }
}
