package dev.ringlift.relinker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ringlift.relinker.CountingPosix.Calls;
import dev.ringlift.relinker.CountingPosix.Looks;
import dev.ringlift.relinker.engine.LocalRelinker;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How many system calls a file takes, without those of the JVM: the figures of docs/relinker.md.
 * What adds a call to every file, or to every partition, is seen here.
 */
class CallsTest {
  private static final int POWER = 4;
  private static final int PARTITIONS = 4;
  private static final int OBJECTS_EACH = 150;

  private final DeviceTree tree;
  private int files;

  CallsTest(@TempDir Path directory) {
    tree = new DeviceTree(directory.resolve("node"));
    Random random = new Random(1);
    for (int i = 0; i < PARTITIONS * OBJECTS_EACH; i++) {
      // Two that others are linked into, and two that are linked into others' places.
      String first = Integer.toHexString(new int[] {1, 2, 7, 15}[i % PARTITIONS]);
      StringBuilder hash = new StringBuilder(first);
      while (hash.length() < 32) {
        hash.append(Character.forDigit(random.nextInt(16), 16));
      }
      tree.write(hash.toString(), POWER, "1700000000.00000.data");
      files++;
      if (i % 20 == 0) {
        tree.write(hash.toString(), POWER, "1700000001.00000.meta");
        files++;
      }
    }
  }

  @ParameterizedTest(name = "{0}, hashes {1}")
  @CsvSource({
    "TMPFS, false, 9.2, 15.1",
    "TMPFS, true, 9.3, 15.2",
    "XFS, false, 11.1, 18.7",
    "XFS, true, 11.1, 18.7",
    "UNHEARD_OF, false, 11.1, 23.5",
    "UNHEARD_OF, true, 11.1, 23.5"
  })
  void ofAFile(Looks looks, boolean hashes, double relink, double cleanup) throws Exception {
    if (hashes) {
      new TrueHashes(tree.root(), ObjectPolicy.replication(0)).write();
    }

    double relinked = perFile(Step.RELINK, looks);
    double cleaned = perFile(Step.CLEANUP, looks);

    assertThat(new double[] {relinked, cleaned})
        .as("relink, cleanup")
        .containsExactly(new double[] {relink, cleanup}, within(0.15));
  }

  private double perFile(Step step, Looks looks) throws InterruptedException {
    Calls calls = new Calls();
    RelinkRequest.Builder request =
        step == Step.RELINK ? tree.relink(POWER) : tree.cleanup(POWER + 1);
    Relinker relinker = new LocalRelinker(() -> new CountingPosix(calls, looks), Clock.systemUTC());
    try (RelinkRun run = relinker.start(request.build(), new LiveSettings(), Guard.NONE)) {
      assertThat(run.await()).containsValue(new DeviceResult.Succeeded(false));
    }
    return (double) calls.made() / files;
  }
}
