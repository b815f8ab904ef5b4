package dev.ringlift.e2e.cluster;

import dev.ringlift.testkit.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A folder with the files of a ConfigMap, written as the kubelet writes it (AtomicWriter in
 * k8s.io/kubernetes/pkg/volume/util): the files are in a folder of their own for each version,
 * {@code ..data} is a symbolic link to the present one and is swapped by a rename, and each name is
 * a link through it. Other files in the folder stay.
 */
final class MountedConfigMap {
  private final Path mount;
  private final AtomicLong version = new AtomicLong(System.currentTimeMillis());

  MountedConfigMap(Path mount) {
    this.mount = mount;
  }

  /** Makes these the files. */
  void write(Map<String, byte[]> files) throws IOException {
    Path data = mount.resolve("..data");
    Path before = Files.isSymbolicLink(data) ? Files.readSymbolicLink(data) : null;
    Path next = Files.createDirectory(mount.resolve(".." + version.incrementAndGet()));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(next.resolve(file.getKey()), file.getValue());
    }
    Path swap = mount.resolve("..data_tmp");
    Files.deleteIfExists(swap);
    Files.createSymbolicLink(swap, next.getFileName());
    Files.move(swap, data, StandardCopyOption.ATOMIC_MOVE);
    for (String name : files.keySet()) {
      Path link = mount.resolve(name);
      if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
        Files.createSymbolicLink(link, Path.of("..data", name));
      }
    }
    dropLinksToNothing();
    if (before != null) {
      Folders.delete(mount.resolve(before));
    }
  }

  private void dropLinksToNothing() throws IOException {
    try (Stream<Path> entries = Files.list(mount)) {
      for (Path entry : entries.toList()) {
        if (Files.isSymbolicLink(entry)
            && Files.readSymbolicLink(entry).startsWith("..data")
            && !Files.exists(entry)) {
          Files.delete(entry);
        }
      }
    } catch (NoSuchFileException e) {
      throw new IOException("the ring directory " + mount + " is gone", e);
    }
  }
}
