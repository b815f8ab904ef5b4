package dev.ringlift.ring;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A Python or JSON list. As long as all items are integers of 0 to 2^32-1 they are held in the
 * narrowest primitive array that fits, since the lists that matter have an item per partition.
 */
final class ItemList {
  private static final long MAXIMUM_UNSIGNED_INT = 0xFFFF_FFFFL;

  /** {@code byte[]}, {@code char[]}, {@code int[]} (all unsigned) or {@code Object[]}. */
  private Object storage;

  private int size;

  /** An array took over the storage: nothing may be added any more. */
  private boolean sealed;

  /** Whether the file refers to it more than once; see {@link Graph}. */
  boolean shared;

  /** The containers below it and itself, 0 while unknown; see {@link Graph}. */
  int height;

  ItemList() {
    storage = new byte[4];
  }

  /** A list of small numbers that takes the array over. */
  ItemList(byte[] numbers) {
    storage = numbers;
    size = numbers.length;
  }

  /** A list of any items that takes the array over. */
  ItemList(@Nullable Object[] items) {
    storage = items;
    size = items.length;
  }

  int size() {
    return size;
  }

  @Nullable Object get(int index) {
    return storage instanceof Object[] items ? items[index] : (Long) getLong(index);
  }

  /** Whether all items are integers in the primitive range. */
  boolean isCompact() {
    return !(storage instanceof Object[]);
  }

  /** An item of a {@linkplain #isCompact compact} list. */
  long getLong(int index) {
    if (storage instanceof byte[] bytes) {
      return bytes[index] & 0xFF;
    }
    if (storage instanceof char[] chars) {
      return chars[index];
    }
    return ((int[]) storage)[index] & MAXIMUM_UNSIGNED_INT;
  }

  void addLong(long value, Budget budget) throws RingFormatException {
    refuseIfSealed();
    if (value < 0 || value > MAXIMUM_UNSIGNED_INT || storage instanceof Object[]) {
      budget.charge(24);
      add(value, budget);
      return;
    }
    if (size == capacity()) {
      grow();
    }
    // Called once a partition: an instanceof is compiled to less than a switch.
    if (storage instanceof byte[] bytes) {
      if (value <= 0xFF) {
        bytes[size++] = (byte) value;
        return;
      }
      storage = widened(bytes);
    }
    if (storage instanceof char[] chars) {
      if (value <= Character.MAX_VALUE) {
        chars[size++] = (char) value;
        return;
      }
      storage = widened(chars);
    }
    ((int[]) storage)[size++] = (int) value;
  }

  private char[] widened(byte[] bytes) {
    char[] chars = new char[bytes.length];
    for (int i = 0; i < size; i++) {
      chars[i] = (char) (bytes[i] & 0xFF);
    }
    return chars;
  }

  private int[] widened(char[] chars) {
    int[] ints = new int[chars.length];
    for (int i = 0; i < size; i++) {
      ints[i] = chars[i];
    }
    return ints;
  }

  void add(@Nullable Object item, Budget budget) throws RingFormatException {
    refuseIfSealed();
    budget.charge(8);
    if (!(storage instanceof Object[])) {
      budget.charge(32L * size);
      @Nullable Object[] items = new Object[Math.max(4, capacity())];
      for (int i = 0; i < size; i++) {
        items[i] = getLong(i);
      }
      storage = items;
    }
    if (size == capacity()) {
      grow();
    }
    ((@Nullable Object[]) storage)[size++] = item;
  }

  private void grow() {
    int larger = Math.max(4, size * 2);
    storage =
        switch (storage) {
          case byte[] bytes -> Arrays.copyOf(bytes, larger);
          case char[] chars -> Arrays.copyOf(chars, larger);
          case int[] ints -> Arrays.copyOf(ints, larger);
          default -> Arrays.copyOf((@Nullable Object[]) storage, larger);
        };
  }

  private int capacity() {
    if (storage instanceof byte[] bytes) {
      return bytes.length;
    }
    if (storage instanceof char[] chars) {
      return chars.length;
    }
    return storage instanceof int[] ints ? ints.length : ((@Nullable Object[]) storage).length;
  }

  private void refuseIfSealed() throws RingFormatException {
    if (sealed) {
      throw new RingFormatException("It goes on to change a list that became an array.");
    }
  }

  /** The items as unsigned bytes; null where one is none. The array may be the list's own. */
  byte @Nullable [] takeBytes() {
    sealed = true;
    return storage instanceof byte[] bytes ? trimmed(bytes) : null;
  }

  /**
   * The items as unsigned 16-bit numbers; null where one is none. The array may be the list's own.
   */
  char @Nullable [] takeChars() {
    sealed = true;
    return switch (storage) {
      case char[] chars -> chars.length == size ? chars : Arrays.copyOf(chars, size);
      case byte[] bytes -> {
        char[] chars = new char[size];
        for (int i = 0; i < size; i++) {
          chars[i] = (char) (bytes[i] & 0xFF);
        }
        yield chars;
      }
      default -> null;
    };
  }

  /**
   * The items as unsigned 32-bit numbers; null where one is none. The array may be the list's own.
   */
  int @Nullable [] takeInts() {
    sealed = true;
    if (storage instanceof int[] ints) {
      return ints.length == size ? ints : Arrays.copyOf(ints, size);
    }
    if (!isCompact()) {
      return null;
    }
    int[] ints = new int[size];
    for (int i = 0; i < size; i++) {
      ints[i] = (int) getLong(i);
    }
    return ints;
  }

  private byte[] trimmed(byte[] bytes) {
    return bytes.length == size ? bytes : Arrays.copyOf(bytes, size);
  }
}
