package dev.ringlift.ring;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The stack of a {@link PickleReader}. Integers lie unboxed in an array of their own, since a
 * builder has one for each partition of each replica.
 */
final class PickleStack {
  /** Python pickles at most a thousand items at a time. */
  private static final int MAXIMUM_DEPTH = 1 << 17;

  private static final Object MARK = new Object();

  /** Stands in {@link #items} where the value is in {@link #numbers}. */
  private static final Object NUMBER = new Object();

  private @Nullable Object[] items = new Object[64];
  private long[] numbers = new long[64];
  private int top;

  int top() {
    return top;
  }

  boolean isEmpty() {
    return top == 0;
  }

  void push(@Nullable Object value) throws RingFormatException {
    makeRoom();
    items[top++] = value;
  }

  void pushLong(long value) throws RingFormatException {
    makeRoom();
    numbers[top] = value;
    items[top++] = NUMBER;
  }

  void pushMark() throws RingFormatException {
    push(MARK);
  }

  private void makeRoom() throws RingFormatException {
    if (top == items.length) {
      if (top >= MAXIMUM_DEPTH) {
        throw new RingFormatException("It is not a builder: its pickle stacks too many values.");
      }
      items = Arrays.copyOf(items, top * 2);
      numbers = Arrays.copyOf(numbers, top * 2);
    }
  }

  @Nullable Object pop() throws RingFormatException {
    @Nullable Object value = peek();
    cut(top - 1);
    return value;
  }

  /** The topmost value, which stays. */
  @Nullable Object peek() throws RingFormatException {
    require(1);
    return get(top - 1);
  }

  @Nullable Object topOrNull() {
    return getOrNull(top - 1);
  }

  boolean isLong(int index) {
    return items[index] == NUMBER;
  }

  long getLong(int index) {
    return numbers[index];
  }

  @Nullable Object get(int index) {
    return items[index] == NUMBER ? (Long) numbers[index] : items[index];
  }

  @Nullable Object getOrNull(int index) {
    return index < 0 ? null : get(index);
  }

  /** Refuses unless so many values lie above the topmost mark. */
  void require(int values) throws RingFormatException {
    boolean there = top >= values;
    for (int i = top - values; there && i < top; i++) {
      there = items[i] != MARK;
    }
    if (!there) {
      throw new RingFormatException("It is not a whole pickle: a value is missing.");
    }
  }

  /** Removes the topmost mark; what lay above it begins at the index returned. */
  int unmark() throws RingFormatException {
    for (int i = top - 1; i >= 0; i--) {
      if (items[i] == MARK) {
        System.arraycopy(items, i + 1, items, i, top - i - 1);
        System.arraycopy(numbers, i + 1, numbers, i, top - i - 1);
        cut(top - 1);
        return i;
      }
    }
    throw new RingFormatException("It is not a whole pickle: a mark is missing.");
  }

  void cut(int newTop) {
    Arrays.fill(items, newTop, top, null);
    top = newTop;
  }
}
