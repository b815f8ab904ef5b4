package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.DeviceResult;
import dev.ringlift.relinker.RelinkRequest;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;

/**
 * Opens a device for a run, if it is there and mounted. Below its directory no link is ever
 * followed; the device's own name may be one, as Swift allows.
 */
final class DeviceDirectory {
  /** What is done with the open device. */
  @FunctionalInterface
  interface Work {
    DeviceResult in(int device) throws PosixException, InterruptedException;
  }

  private DeviceDirectory() {}

  /** Whether bytes of the name had no meaning when it was read. */
  static boolean isUnspeakable(String device) {
    return device.indexOf('\uFFFD') >= 0;
  }

  static DeviceResult open(Tools tools, RelinkRequest request, String device, Work work)
      throws PosixException, InterruptedException {
    Posix posix = tools.posix;
    int root =
        PosixException.check(
            "open the devices root",
            posix.openDirectoryFollowing(
                Posix.AT_FDCWD, posix.name(request.devicesRoot().toString())));
    try {
      long name = posix.name(device);
      if (isUnspeakable(device) && posix.stat(root, name) == -Errno.ENOENT) {
        return new DeviceResult.Failed(
            "The name of the device is not UTF-8: no ring can have it, and nothing was done in it.");
      }
      if (request.mountCheck() && !Mounts.isMounted(posix, root, name)) {
        return new DeviceResult.Unmounted("The device is not mounted.");
      }
      int fd = posix.openDirectoryFollowing(root, name);
      if (fd == -Errno.ENOENT || fd == -Errno.ENOTDIR) {
        return new DeviceResult.Unmounted(
            "There is no directory of that name under " + request.devicesRoot() + ".");
      }
      PosixException.check("open the device", fd);
      try {
        return work.in(fd);
      } finally {
        posix.close(fd);
      }
    } finally {
      posix.close(root);
    }
  }
}
