package dev.ringlift.testkit.tree;

import dev.ringlift.testkit.tree.SyntheticObject.SyntheticFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * Many objects on many devices, as Swift would have left them (without the xattrs, which no
 * relinker reads), and a check that they have moved to the partitions of another power rightly.
 */
public final class SyntheticTree {
  private final TreeSettings settings;
  private final Placement placement;
  private final int replicas;
  // one slot for each object, replica and file
  private final long[] inodes;

  private SyntheticTree(TreeSettings settings, Placement placement) {
    this.settings = settings;
    this.placement = placement;
    this.replicas =
        IntStream.range(0, 1 << settings.partPower())
            .map(partition -> placement.devices(partition).size())
            .max()
            .orElseThrow();
    this.inodes =
        new long[Math.multiplyExact(settings.objects(), replicas * SyntheticObject.MOST_FILES)];
  }

  /** Writes all objects at the places that {@code placement} gives for their partitions. */
  public static SyntheticTree create(TreeSettings settings, Placement placement) {
    SyntheticTree tree = new SyntheticTree(settings, placement);
    IntStream.range(0, settings.objects()).parallel().forEach(tree::write);
    return tree;
  }

  /** Files.createDirectories looks from the bottom up, which is slow for a million of them. */
  private static Path make(Path hash) throws IOException {
    Path suffix = hash.getParent();
    try {
      Files.createDirectory(suffix);
    } catch (FileAlreadyExistsException e) {
      // Shared with another object.
    } catch (NoSuchFileException e) {
      Files.createDirectories(suffix);
    }
    return Files.createDirectory(hash);
  }

  private void write(int number) {
    SyntheticObject object = SyntheticObject.of(settings, number);
    List<Path> devices = placement.devices(object.partition(settings.partPower()));
    try {
      for (int replica = 0; replica < devices.size(); replica++) {
        Path folder =
            make(
                object.hashDirectory(
                    devices.get(replica), settings.dataDirectory(), settings.partPower()));
        for (int file = 0; file < object.files().size(); file++) {
          SyntheticFile content = object.files().get(file);
          Path path = Files.writeString(folder.resolve(content.name()), content.contents());
          inodes[slot(number, replica, file)] = inode(path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Looks for every file of every replica in the partitions of {@code partPower}: there, with the
   * contents and the inode that it was made with. All else below the data directories' hash dirs is
   * a fault, as is a hash dir in a partition where it doesn't belong, even an empty one.
   *
   * @param newPlacement where partitions of {@code partPower} are; each object must still belong on
   *     the devices that it was made on
   */
  public TreeCheck check(int partPower, Placement newPlacement) {
    TreeCheck.Faults faults = new TreeCheck.Faults();
    LongAdder expected = new LongAdder();
    IntStream.range(0, settings.objects())
        .parallel()
        .forEach(number -> expected.add(checkObject(number, partPower, newPlacement, faults)));
    long found =
        devices().parallelStream().mapToLong(device -> walk(device, partPower, faults)).sum();
    if (found > expected.sum()) {
      faults.add(
          "%d files where %d are expected: some that nobody made here, or on a second device"
              .formatted(found, expected.sum()));
    }
    return faults.toCheck(settings.objects(), found);
  }

  /** The number of files on all devices at first. */
  public long files() {
    return Arrays.stream(inodes).filter(inode -> inode != 0).count();
  }

  private int checkObject(
      int number, int partPower, Placement newPlacement, TreeCheck.Faults faults) {
    SyntheticObject object = SyntheticObject.of(settings, number);
    List<Path> devices = placement.devices(object.partition(settings.partPower()));
    List<Path> newDevices = newPlacement.devices(object.partition(partPower));
    if (!new HashSet<>(devices).equals(new HashSet<>(newDevices))) {
      faults.add(
          "%s is on %s, and the new ring wants it on %s"
              .formatted(object.name(), devices, newDevices));
    }
    for (int replica = 0; replica < devices.size(); replica++) {
      Path folder = object.hashDirectory(devices.get(replica), settings.dataDirectory(), partPower);
      for (int file = 0; file < object.files().size(); file++) {
        SyntheticFile content = object.files().get(file);
        checkFile(
            folder.resolve(content.name()),
            content.contents(),
            inodes[slot(number, replica, file)],
            faults);
      }
    }
    return devices.size() * object.files().size();
  }

  private static void checkFile(Path path, String contents, long inode, TreeCheck.Faults faults) {
    try {
      if (!Files.readString(path).equals(contents)) {
        faults.add("wrong contents: " + path);
      } else if (inode(path) != inode) {
        faults.add("a copy, not the file itself: " + path);
      }
    } catch (NoSuchFileException e) {
      faults.add("missing: " + path);
    } catch (IOException e) {
      faults.add("unreadable: " + path + ": " + e);
    }
  }

  /** Counts the files on a device, and names what is in a partition where it doesn't belong. */
  private long walk(Path device, int partPower, TreeCheck.Faults faults) {
    long files = 0;
    for (Path partition : list(device.resolve(settings.dataDirectory()))) {
      for (Path suffix : list(partition)) {
        for (Path hash : list(suffix)) {
          String name = hash.getFileName().toString();
          String belongs = Integer.toString(SyntheticObject.partition(name, partPower));
          if (!partition.getFileName().toString().equals(belongs)) {
            faults.add("left at an old place: " + hash);
          }
          files += list(hash).size();
        }
      }
    }
    return files;
  }

  /** The folders' entries; nothing for what isn't a folder, such as hashes.pkl. */
  private static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(entries::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return entries;
  }

  private Set<Path> devices() {
    Set<Path> devices = new HashSet<>();
    for (int partition = 0; partition < 1 << settings.partPower(); partition++) {
      devices.addAll(placement.devices(partition));
    }
    return devices;
  }

  private int slot(int number, int replica, int file) {
    return (number * replicas + replica) * SyntheticObject.MOST_FILES + file;
  }

  private static long inode(Path path) throws IOException {
    return (Long) Files.getAttribute(path, "unix:ino");
  }
}
