package dev.ringlift.relinker.engine;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Partitions of a device, each once, ascending, and which of them are done. Eight bytes for each,
 * because a node may have sixty devices with 2^16 of them.
 */
final class PartitionStates {
  static final PartitionStates NONE = new PartitionStates(new long[0]);

  /** Each partition's number, shifted left by one, and whether it is done in the lowest bit. */
  private final long[] packed;

  private PartitionStates(long[] packed) {
    this.packed = packed;
  }

  boolean isEmpty() {
    return packed.length == 0;
  }

  /** The numbers, ascending. */
  long[] numbers() {
    return Arrays.stream(packed).map(each -> each >> 1).toArray();
  }

  /** Which of them are done, by index. */
  BitSet done() {
    BitSet done = new BitSet(packed.length);
    for (int i = 0; i < packed.length; i++) {
      done.set(i, (packed[i] & 1) == 1);
    }
    return done;
  }

  /** These, and of the others those that are not among these, done or not. */
  PartitionStates with(long[] others, boolean done) {
    Collector all = new Collector();
    for (long each : packed) {
      all.pack(each);
    }
    for (long number : others) {
      if (!contains(number)) {
        all.add(number, done);
      }
    }
    return all.finish();
  }

  private boolean contains(long number) {
    return Arrays.binarySearch(packed, number << 1) >= 0
        || Arrays.binarySearch(packed, number << 1 | 1) >= 0;
  }

  /** Takes partitions in any order. One that is given twice is done only if it is both times. */
  static final class Collector {
    private long[] packed = new long[64];
    private int size;

    void add(long number, boolean done) {
      pack(number << 1 | (done ? 1 : 0));
    }

    private void pack(long each) {
      if (size == packed.length) {
        packed = Arrays.copyOf(packed, 2 * size);
      }
      packed[size++] = each;
    }

    int size() {
      return size;
    }

    PartitionStates finish() {
      Arrays.sort(packed, 0, size);
      int kept = 0;
      for (int i = 0; i < size; i++) {
        if (kept == 0 || packed[kept - 1] >> 1 != packed[i] >> 1) {
          packed[kept++] = packed[i];
        }
      }
      return new PartitionStates(Arrays.copyOf(packed, kept));
    }
  }
}
