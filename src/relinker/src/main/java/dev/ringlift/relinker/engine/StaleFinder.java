package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.Problem;
import dev.ringlift.relinker.layout.Name;
import dev.ringlift.relinker.layout.Places;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Listing;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Finds hash dirs at places where none should be, by the names of directories alone. */
final class StaleFinder {
  /**
   * Suffix dirs opened for each hash dir that may be looked at: many of a partition may be empty.
   */
  private static final int SUFFIXES_TO_A_HASH_DIR = 4;

  /** Hash dirs of a partition that a sample looks at, at least. */
  private static final int LEAST_HASH_DIRS = 16;

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
  private long looked;
  private boolean whole = true;
  private String example = "";
  private Optional<Problem> problem = Optional.empty();

  StaleFinder(Tools tools, int dataDir, Place place) {
    this.tools = tools;
    this.dataDir = dataDir;
    this.place = place;
  }

  /**
   * Looks at so many hash dirs at most, 0 for all, of these (ascending) partitions: at as many in
   * each of those that {@link #chosen} chooses; and if these do not hold so many, at others, from
   * the lowest on.
   */
  void search(long[] numbers, long limit) {
    if (limit == 0) {
      Arrays.stream(numbers).forEach(number -> search(number, Long.MAX_VALUE));
      return;
    }
    long[] chosen = chosen(numbers, limit / LEAST_HASH_DIRS);
    for (long number : chosen) {
      search(number, limit / chosen.length);
    }
    for (int i = 0; i < numbers.length; i++) {
      if (i >= limit || looked >= limit) {
        whole &= chosen.length == numbers.length;
        return;
      }
      if (Arrays.binarySearch(chosen, numbers[i]) < 0) {
        search(numbers[i], limit - looked);
      }
    }
  }

  /**
   * Looks at the first few hash dirs of the first of these (ascending) partitions below {@code
   * end}. What a missed cleanup leaves is there if anywhere, for cleanup goes from the highest
   * partition down. Ends early when the run has been stopped.
   */
  void sample(long[] numbers, long end, int partitions, int hashDirsEach, BooleanSupplier stopped) {
    Arrays.stream(numbers)
        .filter(number -> number < end)
        .limit(partitions)
        .takeWhile(number -> !stopped.getAsBoolean())
        .forEach(number -> search(number, hashDirsEach));
  }

  /**
   * Where leftovers are if there are any. Cleanup goes down from the highest partition, so that
   * those of one that was broken off are in the lowest: a half. What a cancelled increase has made
   * in partitions that the power does not have is in the highest: a quarter. The others are spread
   * evenly over the rest, for a device that missed everything.
   */
  static long[] chosen(long[] numbers, long count) {
    if (numbers.length <= count) {
      return numbers;
    }
    int all = (int) Math.max(1, count);
    int lowest = (all + 1) / 2;
    int highest = all / 4;
    int spread = all - lowest - highest;
    int between = numbers.length - lowest - highest;
    return IntStream.concat(
            IntStream.concat(
                IntStream.range(0, lowest),
                IntStream.range(0, spread)
                    .map(i -> lowest + (int) ((2L * i + 1) * between / (2L * spread)))),
            IntStream.range(numbers.length - highest, numbers.length))
        .mapToLong(index -> numbers[index])
        .toArray();
  }

  long found() {
    return found;
  }

  /** How many hash dirs were looked at. */
  long looked() {
    return looked;
  }

  /** Whether all there are were looked at. */
  boolean whole() {
    return whole;
  }

  /** One of those found, from the data dir. */
  String example() {
    return example;
  }

  /** The first thing that could not be looked at, from the data dir. */
  Optional<Problem> problem() {
    return problem;
  }

  private void search(long number, long most) {
    int partition = tools.posix.openDirectory(dataDir, tools.path.set(number).address());
    if (partition < 0) {
      failed(partition, number);
      return;
    }
    try {
      Listing suffixes = tools.suffixes;
      failed(suffixes.read(partition), number);
      long left = most;
      long opened = 0;
      for (int at = suffixes.first(); at >= 0; at = suffixes.next(at)) {
        if (!Places.isSuffix(suffixes.name(at))) {
          continue;
        }
        if (left <= 0 || opened / SUFFIXES_TO_A_HASH_DIR >= most) {
          whole = false;
          return;
        }
        opened++;
        left -= searchSuffix(number, partition, suffixes, at, left);
      }
    } finally {
      tools.close(partition);
    }
  }

  /** How many hash dirs were looked at. */
  private long searchSuffix(long number, int partition, Listing suffixes, int suffix, long most) {
    Name suffixName = new Name(suffixes.name(suffix));
    int fd = tools.posix.openDirectory(partition, suffixes.nameAddress(suffix));
    if (fd < 0) {
      failed(fd, number, suffixName);
      return 0;
    }
    long here = 0;
    try {
      Listing hashes = tools.hashes;
      failed(hashes.read(fd), number, suffixName);
      for (int at = hashes.first(); at >= 0; at = hashes.next(at)) {
        byte[] name = hashes.name(at);
        if (!Places.isHash(name)) {
          continue;
        }
        if (here == most) {
          whole = false;
          break;
        }
        here++;
        judge(number, suffixName, new Name(name));
      }
    } finally {
      tools.close(fd);
    }
    looked += here;
    return here;
  }

  private void judge(long number, Name suffix, Name hash) {
    if (!place.isRight(number, new Hash(hash))) {
      if (found == 0) {
        example = path(number, suffix, hash);
      }
      found++;
    }
  }

  /** What is not there any more, or is no directory, holds nothing. */
  private void failed(int answer, Object... parts) {
    if (answer >= 0 || answer == -Errno.ENOENT || answer == -Errno.ENOTDIR) {
      return;
    }
    whole = false;
    if (problem.isEmpty()) {
      problem = Optional.of(Problem.of(path(parts), -answer, "It could not be looked at"));
    }
  }

  private static String path(Object... parts) {
    return String.join("/", Arrays.stream(parts).map(Object::toString).toList());
  }
}
