package dev.ringlift.ring;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;

/** A disk whose process is killed by kill -9 just before its n-th operation, or half through. */
final class DyingDisk extends Disk {
  private int left;

  private DyingDisk(int operations) {
    left = operations;
  }

  /**
   * Arguments: the operation to die at; the transition and the builder file, or INSTALL, the
   * directory and the ring that is to be installed there.
   */
  public static void main(String[] arguments) throws IOException {
    DyingDisk disk = new DyingDisk(Integer.parseInt(arguments[0]));
    System.exit(
        arguments[1].equals("INSTALL")
            ? install(disk, Path.of(arguments[2]), Path.of(arguments[3]))
            : transit(disk, Transition.valueOf(arguments[1]), Path.of(arguments[2])));
  }

  private static int transit(Disk disk, Transition transition, Path builder) {
    return new RingFiles(Clock.systemUTC(), disk).apply(transition, builder, null).exitCode();
  }

  private static int install(Disk disk, Path directory, Path ring) throws IOException {
    RingInstaller.Outcome outcome =
        new RingInstaller(Clock.systemUTC(), disk)
            .install(
                directory,
                new RingFileName(0, RingFileName.Kind.RING),
                Files.readAllBytes(ring),
                false);
    return outcome instanceof RingInstaller.Installed ? 0 : 1;
  }

  private boolean dies() {
    return --left == 0;
  }

  private static void die() throws IOException {
    new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid())).start();
    try {
      Thread.currentThread().join();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private void mayDie() throws IOException {
    if (dies()) {
      die();
    }
  }

  @Override
  void createDirectory(Path directory) throws IOException {
    mayDie();
    super.createDirectory(directory);
  }

  @Override
  Path createTemporary(Path file) throws IOException {
    mayDie();
    return super.createTemporary(file);
  }

  @Override
  void write(Path temporary, Content content) throws IOException {
    super.write(temporary, content);
    if (dies()) {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        channel.truncate(channel.size() / 2);
      }
      die();
    }
  }

  @Override
  void sync(Path fileOrDirectory) throws IOException {
    mayDie();
    super.sync(fileOrDirectory);
  }

  @Override
  void rename(Path from, Path to) throws IOException {
    mayDie();
    super.rename(from, to);
  }
}
