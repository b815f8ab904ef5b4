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

  /** Removes all that is on it; faster than one by one. */
  void empty() throws IOException;

  /** Makes the next step start as it would on a node that has other things in memory. */
  void forget();

  @Override
  void close() throws IOException;

  private static void run(String... words) {
    Command.of(List.of(words)).timeout(Duration.ofMinutes(10)).run().orThrow();
  }

  /**
   * A file system in memory of its own, because what a machine has usually allows too few inodes
   * for a million objects; just a folder where that can't be mounted.
   */
  record Memory(Path folder, Path root, boolean mounted) implements Storage {
    static Storage in(Path parent) throws IOException {
      Path folder = Files.createTempDirectory(parent, "relinker-benchmark");
      Path root = Files.createDirectory(folder.resolve("mount"));
      try {
        mount(root);
        return new Memory(folder, root, true);
      } catch (RuntimeException e) {
        System.out.println(
            "No tmpfs of our own, which needs root: a million objects may need more inodes than "
                + parent
                + " has.");
        return new Memory(folder, root, false);
      }
    }

    private static void mount(Path root) {
      run("mount", "-t", "tmpfs", "-o", "size=95%,nr_inodes=0", "tmpfs", root.toString());
    }

    @Override
    public String name() {
      return "tmpfs";
    }

    @Override
    public void empty() throws IOException {
      if (mounted) {
        run("umount", root.toString());
        mount(root);
      } else {
        Folders.delete(root);
        Files.createDirectory(root);
      }
    }

    @Override
    public void forget() {}

    @Override
    public void close() throws IOException {
      if (mounted) {
        run("umount", root.toString());
      }
      Folders.delete(folder);
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
        Xfs made = new Xfs(folder, root);
        made.mount();
        return Optional.of(made);
      } catch (RuntimeException e) {
        System.out.println(
            "No XFS to measure on: that needs root, mkfs.xfs (xfsprogs) and loop devices.");
        Folders.delete(folder);
        return Optional.empty();
      }
    }

    private void mount() {
      String image = folder.resolve("image").toString();
      run("mkfs.xfs", "-q", "-f", image);
      run("mount", "-o", "loop,noatime", image, root.toString());
    }

    @Override
    public void empty() {
      run("umount", root.toString());
      mount();
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
