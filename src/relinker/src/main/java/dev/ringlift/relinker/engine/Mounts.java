package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.posix.Posix;

/**
 * Whether a device is mounted, as Swift sees it ({@code ismount} in {@code swift/common/utils}).
 */
final class Mounts {
  private Mounts() {}

  /**
   * Whether the directory of this name is a mount point: on another file system than its parent, or
   * the parent itself. A file {@code .ismount} in it says so too, also through a symbolic link, for
   * those who run Swift in containers.
   */
  static boolean isMounted(Posix posix, int root, long name) {
    if (posix.stat(root, name) < 0) {
      return false;
    }
    if (posix.statType() == Posix.TYPE_LINK) {
      return isMarked(posix, root, name);
    }
    long device = posix.statDevice();
    long inode = posix.statInode();
    if (posix.stat(root) < 0) {
      return false;
    }
    return posix.statDevice() != device
        || posix.statInode() == inode
        || isMarked(posix, root, name);
  }

  private static boolean isMarked(Posix posix, int root, long name) {
    int fd = posix.openDirectoryFollowing(root, name);
    if (fd < 0) {
      return false;
    }
    try {
      return posix.stat(fd, posix.name(".ismount")) == 0 && posix.statType() == Posix.TYPE_FILE;
    } finally {
      posix.close(fd);
    }
  }
}
