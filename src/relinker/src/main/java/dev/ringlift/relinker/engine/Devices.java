package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.posix.Listing;
import dev.ringlift.relinker.posix.Posix;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Finds the devices under a devices root. */
final class Devices {
  private Devices() {}

  /**
   * The names of all directories and links under the root; none when it cannot be listed. A link
   * may lead nowhere just now, because what it leads to is not mounted: it is no less a device.
   */
  static SortedSet<String> names(Supplier<Posix> source, Path devicesRoot) {
    SortedSet<String> names = new TreeSet<>();
    try (Posix posix = source.get();
        Listing listing = new Listing(posix, 16 * 1024)) {
      int root = posix.openDirectoryFollowing(Posix.AT_FDCWD, posix.name(devicesRoot.toString()));
      if (root < 0) {
        return names;
      }
      listing.read(root);
      for (int at = listing.first(); at >= 0; at = listing.next(at)) {
        int fd = posix.openDirectoryFollowing(root, listing.nameAddress(at));
        if (fd >= 0) {
          posix.close(fd);
        }
        if (fd >= 0 || listing.surelyLink(at) || !listing.surelyNoDirectory(at)) {
          names.add(new String(listing.name(at), StandardCharsets.UTF_8));
        }
      }
      posix.close(root);
    }
    return names;
  }
}
