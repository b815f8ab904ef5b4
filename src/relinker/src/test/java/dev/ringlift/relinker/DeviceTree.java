package dev.ringlift.relinker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** A devices root with one device, d1, that a test fills by hand. */
final class DeviceTree {
  private final Path root;
  private final Path device;

  DeviceTree(Path root) {
    this.root = root;
    device = root.resolve("d1");
    try {
      Files.createDirectories(device.resolve("objects"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path root() {
    return root;
  }

  Path device() {
    return device;
  }

  /** The partition of a hash at a power. */
  static long partition(String hash, int power) {
    return Long.parseLong(hash.substring(0, 8), 16) >>> (32 - power);
  }

  /** The hash dir of this hash at a power. */
  Path hashDir(String hash, int power) {
    return device.resolve(
        "objects/" + partition(hash, power) + "/" + hash.substring(29) + "/" + hash);
  }

  /** Writes a file of an object at its place at a power; the content names it. */
  Path write(String hash, int power, String name) {
    try {
      Path file = hashDir(hash, power).resolve(name);
      Files.createDirectories(file.getParent());
      return Files.writeString(file, hash + " " + name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A hash that begins with this, is filled with zeros, and ends with this suffix. */
  static String hash(String begin, String suffix) {
    return begin + "0".repeat(32 - begin.length() - suffix.length()) + suffix;
  }

  /** All regular files of the data dir but Swift's own in partitions: path to inode. */
  Map<String, Object> files() {
    Map<String, Object> files = new TreeMap<>();
    Path objects = device.resolve("objects");
    try {
      Files.walkFileTree(
          objects,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              if (file.getNameCount() - objects.getNameCount() > 2) {
                files.put(
                    objects.relativize(file).toString(), Files.getAttribute(file, "unix:ino"));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  SortedSet<String> names(Path directory) {
    SortedSet<String> names = new TreeSet<>();
    if (Files.isDirectory(directory)) {
      try (var list = Files.list(directory)) {
        list.forEach(each -> names.add(each.getFileName().toString()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return names;
  }

  String state() {
    try {
      return Files.readString(device.resolve("relink.objects.json"), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RelinkRequest.Builder relink(int power) {
    return RelinkRequest.builder(root, ObjectPolicy.replication(0), Step.RELINK, power, power + 1)
        .mountCheck(false);
  }

  RelinkRequest.Builder cleanup(int power) {
    return RelinkRequest.builder(root, ObjectPolicy.replication(0), Step.CLEANUP, power, power)
        .mountCheck(false);
  }

  /** Runs to the end and returns how d1 is. */
  static DeviceProgress run(RelinkRequest.Builder request) {
    return run(request, new LiveSettings(), Guard.NONE);
  }

  static DeviceProgress run(RelinkRequest.Builder request, LiveSettings settings, Guard guard) {
    try (RelinkRun run = Relinker.create().start(request.build(), settings, guard)) {
      run.await();
      return run.progress().getFirst();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
