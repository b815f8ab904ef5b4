package dev.ringlift.relinker;

import static dev.ringlift.relinker.DeviceTree.hash;
import static dev.ringlift.relinker.DeviceTree.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringlift.relinker.posix.ThreadPriority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The knobs that are turned while a run is under way. */
class KnobsTest {
  private static final int POWER = 4;
  private static final String DATA = "1700000000.00000.data";
  private static final String LOW = hash("10", "abc");
  private static final String HIGH = hash("f8", "abc");

  private final DeviceTree tree;
  private final LiveSettings settings = new LiveSettings();

  KnobsTest(@TempDir Path root) {
    tree = new DeviceTree(root);
  }

  @Test
  void collisionsAreSettledFromTheMomentOnThatThisIsAskedFor() {
    for (String hash : List.of(LOW, HIGH)) {
      tree.write(hash, POWER, DATA);
      tree.write(hash, POWER + 1, DATA);
    }

    DeviceProgress relinked =
        run(
            tree.relink(POWER),
            settings,
            (device, partition) -> {
              settings.clobberHardlinkCollisions(partition == 1);
              return Optional.empty();
            });

    assertThat(relinked.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.path()).contains("/31/"));
    assertThat(relinked.counters().linked()).isEqualTo(1);
  }

  @Test
  void aPausedRunHoldsStillAndGoesOnFromThere() throws InterruptedException {
    for (String begin : List.of("ff", "f0", "e0", "d0")) {
      tree.write(hash(begin, "abc"), 8, DATA);
    }
    Guard pauses =
        (device, partition) -> {
          settings.paused(partition == 0xf0);
          return Optional.empty();
        };

    try (RelinkRun run = Relinker.create().start(tree.relink(8).build(), settings, pauses)) {
      Awaitility.await("it holds still")
          .atMost(Duration.ofMinutes(1))
          .until(() -> run.progress().getFirst().state() == DeviceProgress.State.PAUSED);
      assertThat(run.progress().getFirst().counters().hashDirs()).isEqualTo(1);
      assertThat(run.await(Duration.ofMillis(600))).isEmpty();
      assertThat(run.progress().getFirst().counters().hashDirs()).isEqualTo(1);

      settings.paused(false);

      assertThat(run.await(Duration.ofMinutes(1)).orElseThrow())
          .containsEntry("d1", new DeviceResult.Succeeded(false));
      assertThat(run.progress().getFirst().counters().linked()).isEqualTo(4);
    }
  }

  @Test
  void theThreadsAreRankedAnewFromTheNextPartitionOn() {
    tree.write(LOW, POWER, DATA);
    tree.write(HIGH, POWER, DATA);
    List<String> ranks = new ArrayList<>();
    settings.scheduling(new Scheduling(Scheduling.IoClass.BEST_EFFORT, 5, 3));

    DeviceProgress relinked =
        run(
            tree.relink(POWER),
            settings,
            (device, partition) -> {
              ranks.add(rankOfThisThread());
              settings.scheduling(new Scheduling(Scheduling.IoClass.IDLE, 0, 4));
              return Optional.empty();
            });

    assertThat(ranks).containsExactly("class 2, nice 3", "class 3, nice 4");
    assertThat(relinked.problems()).isEmpty();
    assertThat(relinked.result()).contains(new DeviceResult.Succeeded(false));
  }

  @Test
  void workersComeAndGoFromTheNextPartitionOn() {
    for (String begin : List.of("ff", "f0", "e0", "d0", "c0", "b0", "a0", "90")) {
      tree.write(hash(begin, "abc"), 8, DATA);
    }
    List<String> threads = Collections.synchronizedList(new ArrayList<>());
    CyclicBarrier all = new CyclicBarrier(4, () -> settings.workersPerDevice(1));
    settings.workersPerDevice(1);

    DeviceProgress relinked =
        run(
            tree.relink(8),
            settings,
            (device, partition) -> {
              threads.add(Thread.currentThread().getName());
              if (partition == 0xff) {
                settings.workersPerDevice(4);
              } else if (partition >= 0xc0) {
                await(all);
              }
              return Optional.empty();
            });

    assertThat(threads).hasSize(8).startsWith("relink-d1");
    assertThat(threads.subList(1, 5))
        .containsExactlyInAnyOrder("relink-d1", "relink-d1-1", "relink-d1-2", "relink-d1-3");
    assertThat(threads.subList(5, 8)).containsOnly("relink-d1");
    assertThat(relinked.result()).contains(new DeviceResult.Succeeded(false));
    assertThat(relinked.counters().linked()).isEqualTo(8);
  }

  /** The moment of the turn after the next must not overflow, and so lie in the past. */
  @Test
  void theSlowestOfRatesIsObeyed() throws InterruptedException {
    for (String begin : List.of("ff", "f0", "e0", "d0")) {
      tree.write(hash(begin, "abc"), 8, DATA);
    }
    settings.filesPerSecond(1e-300);

    try (RelinkRun run = Relinker.create().start(tree.relink(8).build(), settings, Guard.NONE)) {
      assertThat(run.await(Duration.ofSeconds(1))).isEmpty();
      run.stop("enough");
      run.await();
      assertThat(run.progress().getFirst().counters().hashDirs()).isEqualTo(1);
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException("four workers were never at work at once", e);
    }
  }

  @Test
  void whatTheKernelKeepsForRootIsRefused() {
    assertThatThrownBy(() -> new Scheduling(Scheduling.IoClass.NONE, 0, -1))
        .hasMessage("The nice priority is 0 to 19 (a lower one is for root alone), not -1");
    assertThatThrownBy(() -> new Scheduling(Scheduling.IoClass.BEST_EFFORT, 8, 0))
        .hasMessage("The I/O priority is 0 (first) to 7 (last), not 8");
  }

  private static String rankOfThisThread() {
    try {
      String[] stat = Files.readString(Path.of("/proc/thread-self/stat")).split("\\) ", -1);
      return "class %d, nice %s".formatted(ThreadPriority.ioClass(), stat[1].split(" ", -1)[16]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
