package dev.ringlift.relinker;

import static dev.ringlift.relinker.DeviceTree.hash;
import static dev.ringlift.relinker.DeviceTree.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The locks exclude other processes that use flock(2), as Swift's do. */
class LocksTest {
  private final DeviceTree tree;

  LocksTest(@TempDir Path root) {
    tree = new DeviceTree(root);
  }

  @Test
  void aDeviceThatAnotherProcessHasLockedIsLeftAlone() throws Exception {
    tree.write(hash("f8", "abc"), 4, "1700000000.00000.data");
    try (Locker locker = new Locker(tree.device().resolve(".relink.objects.lock"))) {
      DeviceProgress locked = run(tree.relink(4).lockTimeout(Duration.ofMillis(50)));

      assertThat(locked.result().orElseThrow()).isInstanceOf(DeviceResult.Locked.class);
      assertThat(locked.counters()).isEqualTo(Counters.ZERO);
      assertThat(Leftovers.of(tree.root()).remove("d1", ObjectPolicy.replication(0))).hasSize(1);
      assertThat(locker.holds()).isTrue();
    }
    assertThat(run(tree.relink(4)).counters().linked()).isOne();
  }

  @Test
  void aRunThatWaitsForTheLockCanBeStopped() throws Exception {
    try (Locker locker = new Locker(tree.device().resolve(".relink.objects.lock"));
        RelinkRun run =
            Relinker.create().start(tree.relink(4).build(), new LiveSettings(), Guard.NONE)) {
      assertThat(run.await(Duration.ofMillis(100))).isEmpty();
      run.stop("enough");

      assertThat(run.await(Duration.ofSeconds(10)).orElseThrow())
          .containsEntry("d1", new DeviceResult.Stopped("enough"));
      assertThat(locker.holds()).isTrue();
    }
  }
}
