package dev.ringlift.bench.relinker;

import dev.ringlift.testkit.Folders;
import dev.ringlift.testkit.process.Command;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A place for the trees of a benchmark. */
sealed interface Storage extends AutoCloseable {
  /** What to call it in the results. */
  String name();

  /** An empty folder on it. */
  Path root();

  /** Makes the next step start as it would on a node that has other things in memory. */
  void forget();

  @Override
  void close() throws IOException;

  private static void run(String... words) {
    Command.of(List.of(words)).timeout(Duration.ofMinutes(10)).run().orThrow();
  }

  /** A folder of a file system in memory. */
  record Memory(Path root) implements Storage {
    static Memory in(Path folder) throws IOException {
      return new Memory(Files.createTempDirectory(folder, "relinker-benchmark"));
    }

    @Override
    public String name() {
      return "tmpfs";
    }

    @Override
    public void forget() {}

    @Override
    public void close() throws IOException {
      Folders.delete(root);
    }
  }

  /**
   * XFS in a sparse file by a loop mount, with cold caches before each step. Unmounted, which also
   * frees the loop device, and removed at the end.
   */
  record Xfs(Path folder, Path root) implements Storage {
    private static final long SIZE = 24L << 30;

    /** Empty, after saying so, where it can't be made: it needs root and mkfs.xfs. */
    static Optional<Storage> in(Path parent) throws IOException {
      Path folder = Files.createTempDirectory(parent, "relinker-benchmark-xfs");
      Path image = folder.resolve("image");
      Path root = Files.createDirectory(folder.resolve("mount"));
      try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
        file.setLength(SIZE);
      }
      try {
        run("mkfs.xfs", "-q", image.toString());
        run("mount", "-o", "loop,noatime", image.toString(), root.toString());
        return Optional.of(new Xfs(folder, root));
      } catch (RuntimeException e) {
        System.out.println(
            "No XFS to measure on: that needs root, mkfs.xfs (xfsprogs) and loop devices.");
        Folders.delete(folder);
        return Optional.empty();
      }
    }

    @Override
    public String name() {
      return "XFS (loop mount, cold caches)";
    }

    @Override
    public void forget() {
      run("sync");
      run("sh", "-c", "echo 3 > /proc/sys/vm/drop_caches");
    }

    @Override
    public void close() throws IOException {
      run("umount", root.toString());
      Folders.delete(folder);
    }
  }
}
