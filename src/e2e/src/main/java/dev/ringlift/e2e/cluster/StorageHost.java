package dev.ringlift.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A storage node: what a machine would have of its own.
 *
 * @param name of its Node object
 * @param address under which the ring knows it
 * @param zone of its devices, from 1
 * @param devices names of its devices
 * @param folder where all of it is
 */
public record StorageHost(
    String name, String address, int zone, List<String> devices, Path folder) {
  public StorageHost {
    devices = List.copyOf(devices);
  }

  /** Swift's {@code /srv/node}. */
  public Path devicesRoot() {
    return folder.resolve("srv-node");
  }

  /** Swift's {@code /etc/swift}. */
  public Path ringDirectory() {
    return folder.resolve("etc-swift");
  }

  /** Swift's {@code /var/cache/swift}. */
  public Path reconCache() {
    return folder.resolve("var-cache-swift");
  }

  /** The folder of one device. */
  public Path device(String device) {
    return devicesRoot().resolve(device);
  }

  /** Makes its folders, with the disks of another host. */
  void takeDisks(StorageHost other) {
    try {
      makeOwnFolders();
      Files.move(other.devicesRoot(), devicesRoot());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void makeOwnFolders() throws IOException {
    Files.createDirectories(ringDirectory());
    Path conf = ringDirectory().resolve("swift.conf");
    if (!Files.exists(conf)) {
      Files.writeString(conf, "[swift-hash]\nswift_hash_path_suffix = ringlift\n");
    }
    Files.createDirectories(reconCache());
  }

  void makeFolders() {
    try {
      makeOwnFolders();
      for (String device : devices) {
        Files.createDirectories(device(device));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
