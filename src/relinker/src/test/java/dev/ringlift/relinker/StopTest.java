package dev.ringlift.relinker;

import static dev.ringlift.relinker.DeviceTree.hash;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.relinker.CountingPosix.Calls;
import dev.ringlift.relinker.CountingPosix.Looks;
import dev.ringlift.relinker.engine.LocalRelinker;
import dev.ringlift.relinker.engine.LocalVerifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Wherever a run is when it is told to stop, it makes only a few more system calls: whatever is
 * large on the device (a partition, a suffix, a hash dir, what is to be hashed), it is not finished
 * first. Told in calls, not in seconds, so that it says the same on every machine; and after a stop
 * at every so many calls all is done in the end.
 */
class StopTest {
  private static final int POWER = 4;
  private static final String DATA = "1700000000.00000.data";
  private static final int MANY = 500;

  /** A multiple of it is the call at which each run is stopped. */
  private static final int STRIDE = 613;

  /**
   * To close what is open, write the suffix hashes of three partitions as far as they are known,
   * and save the state.
   */
  private static final int A_FEW = 100;

  private final DeviceTree tree;

  StopTest(@TempDir Path directory) {
    tree = new DeviceTree(directory.resolve("node"));
  }

  @ParameterizedTest
  @EnumSource
  void inOnePartitionOfManySuffixes(Step step) throws Exception {
    for (int i = 0; i < MANY; i++) {
      tree.write(hash("f8" + i, "%03x".formatted(i)), POWER, DATA);
    }
    stopAgainAndAgain(step);
  }

  @ParameterizedTest
  @EnumSource
  void inOneSuffixOfManyHashDirs(Step step) throws Exception {
    for (int i = 0; i < MANY; i++) {
      tree.write(hash("f%03x".formatted(i), "abc"), POWER, DATA);
    }
    stopAgainAndAgain(step);
  }

  @ParameterizedTest
  @EnumSource
  void inOneHashDirOfManyFiles(Step step) throws Exception {
    tree.write(hash("f8", "abc"), POWER, DATA);
    Path directory = tree.hashDir(hash("f8", "abc"), POWER);
    for (int i = 0; i < 4 * MANY; i++) {
      Files.createFile(directory.resolve("file-" + i));
    }
    stopAgainAndAgain(step);
  }

  @ParameterizedTest
  @EnumSource
  void amongManyFilesThatANewerOneSupersedes(Step step) throws Exception {
    if (step == Step.CLEANUP) {
      tree.write(hash("f9", "abc"), POWER, DATA);
      DeviceTree.run(tree.relink(POWER));
    }
    for (int i = 0; i < 2 * MANY; i++) {
      for (int power : new int[] {POWER, POWER + 1}) {
        tree.write(hash("f8", "abc"), power, "17000%05d.00000.data".formatted(i));
      }
    }
    tree.write(hash("f8", "abc"), POWER, "1800000000.00000.ts");
    stopAgainAndAgain(step);
  }

  /** One object to be moved, and at the new place many others, which nobody has hashed yet. */
  @ParameterizedTest
  @EnumSource
  void whileManySuffixesAreHashed(Step step) throws Exception {
    tree.write(hash("f8", "abc"), POWER, DATA);
    for (int i = 0; i < MANY; i++) {
      tree.write(hash("f8" + i, "%03x".formatted(i)), POWER + 1, DATA);
    }
    stopAgainAndAgain(step);
  }

  @ParameterizedTest
  @EnumSource
  void whileOneSuffixOfManyHashDirsIsHashed(Step step) throws Exception {
    tree.write(hash("f8", "abc"), POWER, DATA);
    for (int i = 1; i < MANY; i++) {
      tree.write(hash("f8%04x".formatted(i), "abc"), POWER + 1, DATA);
    }
    stopAgainAndAgain(step);
  }

  @ParameterizedTest
  @EnumSource
  void inManySuffixesWithNothingToDo(Step step) throws Exception {
    for (int i = 0; i < MANY; i++) {
      tree.write(hash("00" + i, "%03x".formatted(i)), POWER, DATA);
    }
    stopAgainAndAgain(step);
  }

  @Test
  void amongManyPartitionsThatAreWeighed() throws Exception {
    for (int i = 0; i < MANY; i++) {
      Files.createDirectories(tree.device().resolve("objects/" + i));
    }
    CompletableFuture<RelinkRun> running = new CompletableFuture<>();
    Calls calls = new Calls(MANY / 2, () -> running.join().stop("told to"));
    DeviceProgress met = run(running, calls, tree.relink(10).refuseStale(false).build());

    assertThat(met.result()).contains(new DeviceResult.Stopped("told to"));
    assertThat(calls.made() - MANY / 2).isLessThan(A_FEW);
  }

  @Test
  void ofVerifying() throws Exception {
    for (int i = 0; i < MANY; i++) {
      tree.write(hash("f8" + i, "%03x".formatted(i)), POWER, DATA);
      tree.write(hash("00" + i, "%03x".formatted(i)), POWER, DATA);
    }
    DeviceTree.run(tree.relink(POWER));
    for (int at = STRIDE; at < 5 * STRIDE; at += STRIDE) {
      CompletableFuture<RelinkRun> running = new CompletableFuture<>();
      Calls calls = new Calls(at, () -> running.join().stop("told to"));
      Verifier verifier =
          new LocalVerifier(() -> new CountingPosix(calls, Looks.TMPFS), Clock.systemUTC());
      DeviceProgress met =
          await(
              running,
              verifier.start(
                  request(Step.RELINK),
                  Verification.full(problem -> {}),
                  new LiveSettings(),
                  Guard.NONE));
      assertThat(met.result()).contains(new DeviceResult.Stopped("told to"));
      assertThat(calls.made() - at).isLessThan(A_FEW);
    }
  }

  /** Each run gets a little further than the one before. */
  private void stopAgainAndAgain(Step step) throws Exception {
    if (step == Step.CLEANUP) {
      DeviceTree.run(tree.relink(POWER));
      for (Path each : new Path[] {partition(15), partition(31)}) {
        Files.deleteIfExists(each.resolve("hashes.pkl"));
      }
    }
    int stops = 0;
    for (int at = STRIDE; ; at += STRIDE) {
      CompletableFuture<RelinkRun> running = new CompletableFuture<>();
      Calls calls = new Calls(at, () -> running.join().stop("told to"));
      DeviceProgress met = run(running, calls, request(step));
      assertThat(met.problems()).isEmpty();
      if (calls.made() < at) {
        assertThat(met.result()).contains(new DeviceResult.Succeeded(false));
        break;
      }
      stops++;
      assertThat(calls.made() - at).as("calls after one at %d", at).isLessThan(A_FEW);
    }
    assertThat(stops).isPositive();
    assertThat(new TrueHashes(tree.root(), ObjectPolicy.replication(0)).wrong()).isEmpty();
  }

  private static DeviceProgress run(
      CompletableFuture<RelinkRun> running, Calls calls, RelinkRequest request)
      throws InterruptedException {
    Relinker relinker =
        new LocalRelinker(() -> new CountingPosix(calls, Looks.TMPFS), Clock.systemUTC());
    return await(running, relinker.start(request, new LiveSettings(), Guard.NONE));
  }

  private static DeviceProgress await(CompletableFuture<RelinkRun> running, RelinkRun started)
      throws InterruptedException {
    try (started) {
      running.complete(started);
      started.await();
      return started.progress().getFirst();
    }
  }

  private RelinkRequest request(Step step) {
    return (step == Step.RELINK ? tree.relink(POWER) : tree.cleanup(POWER + 1)).build();
  }

  private Path partition(int number) {
    return tree.device().resolve("objects/" + number);
  }
}
