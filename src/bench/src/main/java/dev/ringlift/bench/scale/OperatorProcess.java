package dev.ringlift.bench.scale;

import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.process.JavaProcess;
import dev.ringlift.testkit.process.ManagedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/** The operator as it is shipped, in a process that is measured from outside. */
final class OperatorProcess implements AutoCloseable {
  private static final double TICKS_PER_SECOND = 100;

  /** 60 % of 384 Mi; the chart allows 512. */
  private static final int HEAP_MIB = 230;

  private static final Pattern USED = Pattern.compile("used (\\d+)K");

  private final ManagedProcess process;
  private final Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");

  OperatorProcess(ApiServer server, String namespace, Path jar, Path log) {
    process =
        ManagedProcess.builder("operator", log)
            .command(
                JavaProcess.jar(
                    jar,
                    // As in the image, in a container with the chart's limit of memory.
                    "-Xmx%dm".formatted(HEAP_MIB),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:MinHeapFreeRatio=10",
                    "-XX:MaxHeapFreeRatio=20",
                    "-XX:+ExitOnOutOfMemoryError",
                    "--sun-misc-unsafe-memory-access=allow"))
            .environment("KUBECONFIG", server.kubeconfig().toString())
            .environment("RINGLIFT_NAMESPACE", namespace)
            .environment("RINGLIFT_HTTP_PORT", "0")
            .environment("RINGLIFT_SETTLE", "2s")
            .environment("RINGLIFT_SETTLE_AFTER_PREPARE", "2s")
            .start();
  }

  void awaitStart() {
    process.awaitOutput(" leads\\.", Duration.ofMinutes(3));
  }

  boolean isAlive() {
    return process.isAlive();
  }

  String tail() {
    return process.tail();
  }

  /** Processor seconds so far, of user and system. */
  double processor() {
    String[] fields = read("stat").replaceFirst("^.*\\) ", "").split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  /** The most memory that it has had, in MiB. */
  double peakResident() {
    return read("status")
            .lines()
            .filter(line -> line.startsWith("VmHWM:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst()
            .orElseThrow()
        / 1024.0;
  }

  /** What is alive on its heap, in MiB: a full collection is made for it. */
  double liveHeap() {
    String pid = Long.toString(process.pid());
    Command.of(jcmd.toString(), pid, "GC.run").run().orThrow();
    String info = Command.of(jcmd.toString(), pid, "GC.heap_info").run().orThrow().out();
    // The first figure is the heap's; metaspace and class space follow, in blocks of their own.
    return USED.matcher(info.split("Metaspace", 2)[0])
            .results()
            .mapToLong(result -> Long.parseLong(result.group(1)))
            .sum()
        / 1024.0;
  }

  private String read(String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), file));
    } catch (IOException e) {
      throw new UncheckedIOException("the operator is gone: " + process.tail(), e);
    }
  }

  @Override
  public void close() {
    process.kill();
  }
}
