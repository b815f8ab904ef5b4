package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Listing;
import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Finds the devices under a devices root. */
final class Devices {
  private Devices() {}

  /**
   * The names of all directories and links under the root; none when there is no root. A link may
   * lead nowhere just now, because what it leads to is not mounted: it is no less a device. None of
   * them is opened, for that may take as long as a dying disk wants.
   *
   * @throws UncheckedIOException when the root cannot be listed: that must not pass for one without
   *     devices
   */
  static SortedSet<String> names(Supplier<Posix> source, Path devicesRoot) {
    SortedSet<String> names = new TreeSet<>();
    try (Posix posix = source.get();
        Listing listing = new Listing(posix, 16 * 1024)) {
      int root = posix.openDirectoryFollowing(Posix.AT_FDCWD, posix.name(devicesRoot.toString()));
      if (root == -Errno.ENOENT) {
        return names;
      }
      int answer = root < 0 ? root : listing.read(root);
      if (answer < 0) {
        if (root >= 0) {
          posix.close(root);
        }
        PosixException problem =
            new PosixException("list the devices root " + devicesRoot, -answer);
        throw new UncheckedIOException(problem.getMessage(), problem);
      }
      for (int at = listing.first(); at >= 0; at = listing.next(at)) {
        if (listing.surelyLink(at) || !listing.surelyNoDirectory(at)) {
          names.add(new String(listing.name(at), StandardCharsets.UTF_8));
        }
      }
      posix.close(root);
    }
    return names;
  }
}
