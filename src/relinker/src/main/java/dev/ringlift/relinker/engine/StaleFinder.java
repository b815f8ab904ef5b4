package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.layout.Name;
import dev.ringlift.relinker.layout.Places;
import dev.ringlift.relinker.posix.Listing;
import java.util.Arrays;

/** Finds hash dirs at places where none should be, by the names of directories alone. */
final class StaleFinder {
  /** The name of a hash dir, which can tell its partition. */
  record Hash(Name name) {
    long partition(int power) {
      return Places.partition(name.bytes(), power);
    }
  }

  /** Whether a hash dir may be in the partition of this number. */
  @FunctionalInterface
  interface Place {
    boolean isRight(long partition, Hash hash);
  }

  private final Tools tools;
  private final int dataDir;
  private final Place place;
  private long found;
  private String example = "";

  StaleFinder(Tools tools, int dataDir, Place place) {
    this.tools = tools;
    this.dataDir = dataDir;
    this.place = place;
  }

  /** Looks at these partitions until so many were found. */
  void searchAll(long[] numbers, long limit) {
    for (long number : numbers) {
      search(number, limit, Long.MAX_VALUE);
      if (found >= limit) {
        return;
      }
    }
  }

  /**
   * Looks at the first few hash dirs of the first of these (ascending) partitions below {@code
   * end}. What a missed cleanup leaves is there if anywhere, for cleanup goes from the highest
   * partition down.
   */
  void sample(long[] numbers, long end, int partitions, int hashDirsEach) {
    Arrays.stream(numbers)
        .filter(number -> number < end)
        .limit(partitions)
        .forEach(number -> search(number, Long.MAX_VALUE, hashDirsEach));
  }

  long found() {
    return found;
  }

  /** One of those found, from the data dir. */
  String example() {
    return example;
  }

  private void search(long number, long limit, long look) {
    int partition = tools.posix.openDirectory(dataDir, tools.path.set(number).address());
    if (partition < 0) {
      return;
    }
    try {
      Listing suffixes = tools.suffixes;
      suffixes.read(partition);
      long left = look;
      for (int at = suffixes.first();
          at >= 0 && found < limit && left > 0;
          at = suffixes.next(at)) {
        if (Places.isSuffix(suffixes.name(at))) {
          left -= searchSuffix(number, partition, suffixes, at, limit, left);
        }
      }
    } finally {
      tools.close(partition);
    }
  }

  /** How many hash dirs were looked at. */
  private long searchSuffix(
      long number, int partition, Listing suffixes, int suffix, long limit, long look) {
    int fd = tools.posix.openDirectory(partition, suffixes.nameAddress(suffix));
    if (fd < 0) {
      return 0;
    }
    try {
      Listing hashes = tools.hashes;
      hashes.read(fd);
      long looked = 0;
      for (int at = hashes.first();
          at >= 0 && found < limit && looked < look;
          at = hashes.next(at)) {
        byte[] name = hashes.name(at);
        if (!Places.isHash(name)) {
          continue;
        }
        looked++;
        Name hash = new Name(name);
        if (!place.isRight(number, new Hash(hash))) {
          if (found == 0) {
            example = number + "/" + new Name(suffixes.name(suffix)) + "/" + hash;
          }
          found++;
        }
      }
      return looked;
    } finally {
      tools.close(fd);
    }
  }
}
