package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.posix.Posix;
import java.util.Map;

/** Names of file systems by the kernel's magic numbers ({@code linux/magic.h}). */
final class FileSystems {
  private static final Map<Long, String> NAMES =
      Map.of(
          0x58465342L, "xfs",
          0xef53L, "ext4",
          0x01021994L, "tmpfs",
          0x9123683eL, "btrfs",
          0x2fc12fc1L, "zfs",
          0x794c7630L, "overlay",
          0x65735546L, "fuse",
          0x6969L, "nfs");

  private FileSystems() {}

  /** The name of the file system that was looked at last, or its magic number in hexadecimal. */
  static String name(Posix posix) {
    long magic = posix.fileSystemType() & 0xffffffffL;
    return NAMES.getOrDefault(magic, "0x" + Long.toHexString(magic));
  }

  /**
   * Inodes that may still be made on the file system that was looked at last; {@link
   * Long#MAX_VALUE} where it does not count them.
   */
  static long inodesFree(Posix posix) {
    return posix.fileSystemInodes() == 0 ? Long.MAX_VALUE : posix.fileSystemInodesFree();
  }

  /**
   * Whether the file system that was looked at last keeps to tradition in two things that save
   * system calls: listings give the same inode numbers as stat does, so that two names of one tree
   * with the same number are the same file; and a directory's link count is two more than it has
   * subdirectories. Not so for FUSE, overlays and btrfs.
   */
  static boolean isTraditional(Posix posix) {
    return switch (name(posix)) {
      case "xfs", "ext4", "tmpfs" -> true;
      default -> false;
    };
  }
}
