package dev.ringlift.ring;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The memo of a {@link PickleReader}: what a pickle refers to again by number. */
final class PickleMemo {
  private static final int MAXIMUM_SIZE = 1 << 23;

  /** Python numbers them one by one; a gap would let four bytes ask for gigabytes. */
  private static final int MAXIMUM_GAP = 256;

  private @Nullable Object[] values = new Object[64];
  private int size;

  int size() {
    return size;
  }

  void put(long index, @Nullable Object value) throws RingFormatException {
    if (value == null) {
      throw new RingFormatException("It is not a builder's pickle: it memoizes None.");
    }
    if (index < 0 || index > size + MAXIMUM_GAP || index >= MAXIMUM_SIZE) {
      throw new RingFormatException("It is not a builder's pickle: its memo is out of order.");
    }
    while (index >= values.length) {
      values = Arrays.copyOf(values, values.length * 2);
    }
    values[(int) index] = value;
    size = Math.max(size, (int) index + 1);
  }

  Object get(long index) throws RingFormatException {
    @Nullable Object value = index < 0 || index >= size ? null : values[(int) index];
    if (value == null) {
      throw new RingFormatException("It is not a whole pickle: it refers to what it has not got.");
    }
    return value;
  }
}
