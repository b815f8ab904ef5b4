package dev.ringlift.relinker;

import static dev.ringlift.relinker.DeviceTree.hash;
import static dev.ringlift.relinker.DeviceTree.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.relinker.engine.LocalRelinker;
import dev.ringlift.relinker.posix.Posix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a dry run says is needed, held against what the run then takes. */
class DryRunTest {
  private static final int POWER = 4;
  private static final String DATA = "1700000000.00000.data";
  private static final String META = "1700000001.00000.meta";

  private final DeviceTree tree;

  DryRunTest(@TempDir Path root) {
    tree = new DeviceTree(root);
  }

  @BeforeEach
  void writeObjects() {
    for (int i = 0; i < 256; i++) {
      String hash = hash("%02x%02x".formatted(i, i * 7 & 0xff), "%03x".formatted(i % 20));
      tree.write(hash, POWER, DATA);
      tree.write(hash, POWER, META);
      if (i % 5 == 0) {
        // Written while the ring was prepared already.
        tree.write(hash, POWER + 1, "1700000009.00000.data");
      }
    }
  }

  @Test
  void theDirectoriesThatItCountsAreThoseThatTheRunMakes() throws IOException {
    long directories = count(Files::isDirectory);
    long inodes = count(path -> true);

    DeviceProgress dry = run(tree.relink(POWER).dryRun(true));
    assertThat(count(path -> true)).isEqualTo(inodes);
    DeviceProgress relinked = run(tree.relink(POWER));

    Needs needs = dry.needs().orElseThrow();
    assertThat(dry.counters()).isEqualTo(relinked.counters());
    assertThat(needs.directories()).isEqualTo(count(Files::isDirectory) - directories);
    long taken = count(path -> true) - inodes - relinked.counters().linked();
    assertThat(needs.inodes()).isBetween(taken, taken + 3 * 32);
    assertThat(needs.met()).isTrue();
    assertThat(dry.result()).contains(new DeviceResult.Succeeded(false));
    assertThat(relinked.needs()).isEmpty();
  }

  @Test
  void tooFewFreeInodesAreAFailureThatSaysHowManyAreNeeded() throws InterruptedException {
    class Full extends Posix {
      @Override
      public long fileSystemInodes() {
        return 1000;
      }

      @Override
      public long fileSystemInodesFree() {
        return 10;
      }
    }
    Relinker relinker = new LocalRelinker(Full::new, Clock.systemUTC());

    try (RelinkRun run =
        relinker.start(tree.relink(POWER).dryRun(true).build(), new LiveSettings(), Guard.NONE)) {
      run.await();
      DeviceProgress dry = run.progress().getFirst();
      assertThat(dry.result().orElseThrow().message())
          .isEqualTo(
              "The device has only 10 inodes free, and up to %d are needed."
                  .formatted(dry.needs().orElseThrow().inodes()));
      assertThat(dry.result().orElseThrow().succeeded()).isFalse();
    }
  }

  private long count(Predicate<Path> wanted) throws IOException {
    try (Stream<Path> all = Files.walk(tree.device())) {
      return all.filter(wanted).count();
    }
  }
}
