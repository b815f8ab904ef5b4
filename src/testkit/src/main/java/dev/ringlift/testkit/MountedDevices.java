package dev.ringlift.testkit;

import dev.ringlift.testkit.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** File systems of a test, which needs root for them; all are gone when it is closed. */
public final class MountedDevices implements AutoCloseable {
  private final Deque<Path> mounted = new ArrayDeque<>();

  public MountedDevices() throws IOException {
    if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
      throw new IllegalStateException("This test mounts file systems: it must be run as root.");
    }
  }

  /** A file system in memory, with these options of tmpfs. */
  public Path tmpfs(Path at, String options) throws IOException {
    Files.createDirectories(at);
    return mounted(at, Command.of("mount", "-t", "tmpfs", "-o", options, "tmpfs", at.toString()));
  }

  /** What is at one place, at another too. */
  public Path bind(Path from, Path at) throws IOException {
    Files.createDirectories(at);
    return mounted(at, Command.of("mount", "--bind", from.toString(), at.toString()));
  }

  private Path mounted(Path at, Command mount) {
    mount.run().orThrow();
    mounted.push(at);
    return at;
  }

  public void remount(Path at, String options) {
    Command.of("mount", "-o", "remount," + options, at.toString()).run().orThrow();
  }

  /** Takes it from its place, though it is in use. */
  public void detach(Path at) {
    Command.of("umount", "-l", at.toString()).run().orThrow();
    mounted.remove(at);
  }

  /** Inodes in use. */
  public long inodes(Path at) {
    String[] figures =
        Command.of("stat", "-f", "-c", "%c %d", at.toString())
            .run()
            .orThrow()
            .out()
            .strip()
            .split(" ", -1);
    return Long.parseLong(figures[0]) - Long.parseLong(figures[1]);
  }

  @Override
  public void close() {
    while (!mounted.isEmpty()) {
      detach(mounted.peek());
    }
  }
}
