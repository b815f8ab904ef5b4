package dev.ringlift.ring;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/**
 * The file operations by which {@link RingFiles} changes files, each on its own, so that a test can
 * die before and after any of them.
 */
class Disk {
  private static final Set<PosixFilePermission> NEW_FILE =
      PosixFilePermissions.fromString("rw-r--r--");

  private static final Set<PosixFilePermission> OWN_FILE =
      PosixFilePermissions.fromString("rw-------");

  /** Writes a file's content to a stream. */
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file so that at every moment, and after any crash, it is either what it was or what it
   * becomes: a temporary file beside it, fsync, rename, fsync of the directory. An existing file's
   * mode and owner are kept.
   */
  final void replace(Path file, Content content) throws IOException {
    Path temporary = createTemporary(file);
    try {
      write(temporary, content);
      takeModeAndOwner(file, temporary);
      sync(temporary);
      rename(temporary, file);
    } finally {
      Files.deleteIfExists(temporary);
    }
    sync(directoryOf(file));
  }

  private static Path directoryOf(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file lies in a directory");
  }

  /** Replaces a file by a copy of another. */
  final void copy(Path from, Path to) throws IOException {
    replace(to, out -> Files.copy(from, out));
  }

  void createDirectory(Path directory) throws IOException {
    Files.createDirectories(directory);
  }

  /** A hidden name that no other process uses; without a random one, whose making takes long. */
  Path createTemporary(Path file) throws IOException {
    String name =
        ".%s.%d.%d.tmp"
            .formatted(file.getFileName(), ProcessHandle.current().pid(), System.nanoTime());
    return Files.createFile(
        directoryOf(file).resolve(name), PosixFilePermissions.asFileAttribute(OWN_FILE));
  }

  void write(Path temporary, Content content) throws IOException {
    try (OutputStream out =
        new BufferedOutputStream(new FileOutputStream(temporary.toFile()), 1 << 16)) {
      content.writeTo(out);
    }
  }

  /** Another owner can be kept by root alone; anybody else owns what they may replace. */
  private static void takeModeAndOwner(Path file, Path temporary) throws IOException {
    if (!Files.exists(file)) {
      Files.setPosixFilePermissions(temporary, NEW_FILE);
      return;
    }
    for (String attribute : new String[] {"unix:uid", "unix:gid"}) {
      Object wanted = Files.getAttribute(file, attribute);
      if (!wanted.equals(Files.getAttribute(temporary, attribute))) {
        Files.setAttribute(temporary, attribute, wanted, LinkOption.NOFOLLOW_LINKS);
      }
    }
    Files.setPosixFilePermissions(temporary, Files.getPosixFilePermissions(file));
  }

  void sync(Path fileOrDirectory) throws IOException {
    try (FileChannel channel = FileChannel.open(fileOrDirectory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
