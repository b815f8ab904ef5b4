package dev.ringlift.bench.scale;

import dev.ringlift.testkit.kube.ApiServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** One whole increase for each number of nodes; arguments: where the checkout is, the numbers. */
public final class ScaleBenchmark {
  private ScaleBenchmark() {}

  /** What one increase took. */
  record Figures(
      int nodes,
      Duration wholeWay,
      Duration afterRelink,
      Duration afterCleanup,
      double processor,
      double liveHeap,
      double resident,
      long writes,
      double sustainedWrites,
      long peakWrites,
      long agentWrites,
      long largestObject) {

    static String head() {
      return "%6s %9s %13s %14s %10s %12s %10s %8s %9s %9s %13s %12s"
          .formatted(
              "nodes",
              "all",
              "relink→ring",
              "cleanup→ring",
              "processor",
              "live heap",
              "resident",
              "writes",
              "writes/s",
              "in 1 s",
              "agents' all",
              "largest");
    }

    String text() {
      return String.format(
          Locale.ROOT,
          "%6d %7.0f s %11.2f s %12.2f s %8.1f s %8.0f MiB %6.0f MiB %8d %9.1f %9d %13d %10.0f K",
          nodes,
          wholeWay.toMillis() / 1000.0,
          afterRelink.toMillis() / 1000.0,
          afterCleanup.toMillis() / 1000.0,
          processor,
          liveHeap,
          resident,
          writes,
          sustainedWrites,
          peakWrites,
          agentWrites,
          largestObject / 1024.0);
    }
  }

  @SuppressWarnings("SystemOut") // that is what it is for
  public static void main(String[] arguments) throws Exception {
    Path root = Path.of(arguments[0]);
    List<Integer> sizes = Arrays.stream(arguments).skip(1).map(Integer::parseInt).toList();
    System.out.println(Figures.head());
    for (int size : sizes) {
      try (ApiServer server = ApiServer.start();
          ScaleRun run = new ScaleRun(server, root, size)) {
        System.out.println(run.toTheEnd().text());
      }
    }
    // The clients' threads would keep it.
    System.exit(0);
  }
}
