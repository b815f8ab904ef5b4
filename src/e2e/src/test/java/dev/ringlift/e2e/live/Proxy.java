package dev.ringlift.e2e.live;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A proxy server.
 *
 * @param name as the ring courier knows it
 * @param address where it listens, in 127/8
 * @param folder where all that it has of its own is
 */
record Proxy(String name, String address, Path folder) {
  static final int PORT = 8080;

  /** Its {@code /etc/swift}. */
  Path ringDirectory() {
    return folder.resolve("etc-swift");
  }

  /** Its {@code /var/cache/swift}. */
  Path reconCache() {
    return folder.resolve("var-cache-swift");
  }

  void makeFolders() {
    try {
      Files.createDirectories(ringDirectory());
      Files.createDirectories(reconCache());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code host:port}, as an increase names consumers. */
  String place() {
    return address + ":" + PORT;
  }

  /** The account that the load works in. */
  URI account() {
    return URI.create("http://" + place() + "/v1/AUTH_live");
  }
}
