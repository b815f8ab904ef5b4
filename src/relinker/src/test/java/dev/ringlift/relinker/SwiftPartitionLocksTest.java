package dev.ringlift.relinker;

import static dev.ringlift.relinker.DeviceTree.hash;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Partitions that cleanup has emptied while somebody else is at work in them, by both relinkers. In
 * the long tier, because both wait for such locks as long as Swift has it.
 */
@Tag("swift")
@Tag("full")
class SwiftPartitionLocksTest {
  private static final int POWER = 4;
  private static final String DATA = "1700000000.00000.data";
  private static final String REPLICATED = hash("f8", "abc");
  private static final String FREE = hash("c8", "abc");

  private final Path directory;
  private final DeviceTree ours;
  private final DeviceTree theirs;

  SwiftPartitionLocksTest(@TempDir Path directory) {
    this.directory = directory;
    ours = new DeviceTree(directory.resolve("ours"));
    theirs = new DeviceTree(directory.resolve("theirs"));
  }

  @Test
  void aPartitionThatIsBeingReplicatedIsEmptiedAndStays() throws Exception {
    cleanUpWhileLocked(".lock-replication");

    for (DeviceTree tree : List.of(ours, theirs)) {
      assertThat(tree.hashDir(REPLICATED, POWER)).doesNotExist();
      assertThat(partition(tree, REPLICATED)).as("being replicated").isDirectory();
    }
  }

  @Test
  void aPartitionWhoseHashesAnotherIsUpdatingStays() throws Exception {
    cleanUpWhileLocked(".lock");

    for (DeviceTree tree : List.of(ours, theirs)) {
      assertThat(partition(tree, REPLICATED)).as("locked").isDirectory();
    }
  }

  /** Relinks and cleans up both trees, with a lock held in one of two partitions. */
  private void cleanUpWhileLocked(String lock) throws Exception {
    try (SwiftPython python = new SwiftPython(directory.resolve("python"))) {
      SwiftTree swift = new SwiftTree(python, directory.resolve("swift"), "r");
      for (DeviceTree tree : List.of(ours, theirs)) {
        for (String hash : List.of(REPLICATED, FREE)) {
          tree.write(hash, POWER, DATA);
        }
        DeviceTree.run(tree.relink(POWER));
      }
      // Neither tool is to trust the other's state of relinking here.
      Files.delete(theirs.device().resolve("relink.objects.json"));
      swift.rings(POWER, "increased");
      try (Locker our = new Locker(partition(ours, REPLICATED).resolve(lock));
          Locker their = new Locker(partition(theirs, REPLICATED).resolve(lock));
          RelinkRun run =
              Relinker.create()
                  .start(ours.cleanup(POWER + 1).build(), new LiveSettings(), Guard.NONE)) {
        int exit = swift.relinker("cleanup", theirs.root(), directory.resolve("recon"));

        boolean succeeded = run.await().values().stream().allMatch(DeviceResult::succeeded);
        assertThat(succeeded ? 0 : 1).as("exit code").isEqualTo(exit);
        assertThat(our.holds() && their.holds()).isTrue();
      }
      for (DeviceTree tree : List.of(ours, theirs)) {
        assertThat(tree.names(tree.hashDir(REPLICATED, POWER + 1))).containsExactly(DATA);
        assertThat(tree.names(tree.hashDir(FREE, POWER + 1))).containsExactly(DATA);
        assertThat(partition(tree, FREE)).as("the one that is free").doesNotExist();
      }
    }
  }

  private static Path partition(DeviceTree tree, String hash) {
    return tree.device().resolve("objects/" + DeviceTree.partition(hash, POWER));
  }
}
