package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.nio.file.Path;

/**
 * Whether a device is still where it was when the run began. One that is unmounted lazily, or that
 * another is mounted over, goes on to answer to whoever has it open: it must be let go of. For one
 * thread.
 */
final class DevicePresence {
  private final Posix posix;
  private final long path;
  private final long fileSystem;
  private final long inode;

  /**
   * @param device descriptor of the device's directory
   */
  DevicePresence(Posix posix, Path root, String name, int device) throws PosixException {
    this.posix = posix;
    this.path = posix.name(root.resolve(name).toString());
    PosixException.check("look at the device", posix.stat(device));
    this.fileSystem = posix.statDevice();
    this.inode = posix.statInode();
  }

  /** Throws when it is not there any more. */
  void check() throws PosixException {
    int answer = posix.statFollowing(Posix.AT_FDCWD, path);
    if (answer == 0 && (posix.statDevice() != fileSystem || posix.statInode() != inode)) {
      answer = -Errno.ENODEV;
    }
    PosixException.check("look for the device at its place", answer);
  }
}
