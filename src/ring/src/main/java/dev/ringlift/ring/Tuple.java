package dev.ringlift.ring;

import org.jspecify.annotations.Nullable;

/** A Python tuple. */
final class Tuple {
  private final @Nullable Object[] items;

  /** Whether the file refers to it more than once; see {@link Graph}. */
  boolean shared;

  /** The containers below it and itself, 0 while unknown; see {@link Graph}. */
  int height;

  Tuple(@Nullable Object[] items) {
    this.items = items;
  }

  int size() {
    return items.length;
  }

  @Nullable Object get(int index) {
    return items[index];
  }
}
