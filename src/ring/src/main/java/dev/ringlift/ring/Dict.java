package dev.ringlift.ring;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A Python dict or JSON object, in the order of its file. Entries are kept, not indexed: the dicts
 * of a ring that are looked into are small, and those that are large are only carried through.
 * Where a key comes twice the last one counts, as in Python.
 */
final class Dict {
  private @Nullable Object[] entries;
  private int size;

  /** Whether the file refers to it more than once; see {@link Graph}. */
  boolean shared;

  /** The containers below it and itself, 0 while unknown; see {@link Graph}. */
  int height;

  Dict() {
    entries = new Object[8];
  }

  private Dict(Dict original) {
    entries = original.entries.clone();
    size = original.size;
    shared = original.shared;
  }

  /** A copy whose own entries can be changed; what they hold is the same. */
  Dict copy() {
    return new Dict(this);
  }

  int size() {
    return size;
  }

  @Nullable Object keyAt(int index) {
    return entries[2 * index];
  }

  @Nullable Object valueAt(int index) {
    return entries[2 * index + 1];
  }

  /** Adds without looking whether the key is there. */
  void append(@Nullable Object key, @Nullable Object value) {
    if (2 * size == entries.length) {
      entries = Arrays.copyOf(entries, entries.length * 2);
    }
    entries[2 * size] = key;
    entries[2 * size + 1] = value;
    size++;
  }

  void put(String key, @Nullable Object value) {
    int index = indexOf(key);
    if (index < 0) {
      append(key, value);
    } else {
      entries[2 * index + 1] = value;
    }
  }

  void remove(String key) {
    for (int index = indexOf(key); index >= 0; index = indexOf(key)) {
      System.arraycopy(entries, 2 * index + 2, entries, 2 * index, 2 * size - (2 * index + 2));
      size--;
    }
  }

  boolean contains(String key) {
    return indexOf(key) >= 0;
  }

  @Nullable Object get(String key) {
    int index = indexOf(key);
    return index < 0 ? null : entries[2 * index + 1];
  }

  private int indexOf(String key) {
    for (int i = size - 1; i >= 0; i--) {
      if (key.equals(entries[2 * i])) {
        return i;
      }
    }
    return -1;
  }

  /** An integer that may be absent or None. */
  @Nullable Long optionalLong(String key, String where) throws RingFormatException {
    return get(key) == null ? null : requiredLong(key, where);
  }

  long requiredLong(String key, String where) throws RingFormatException {
    if (get(key) instanceof Long number) {
      return number;
    }
    throw wrong(key, where, "a whole number");
  }

  int requiredInt(String key, String where) throws RingFormatException {
    long number = requiredLong(key, where);
    if (number != (int) number) {
      throw wrong(key, where, "a number of at most 31 bits");
    }
    return (int) number;
  }

  double requiredDouble(String key, String where) throws RingFormatException {
    return switch (get(key)) {
      case Double number -> number;
      case Long number -> number.doubleValue();
      case null, default -> throw wrong(key, where, "a number");
    };
  }

  String requiredString(String key, String where) throws RingFormatException {
    if (get(key) instanceof String text) {
      return text;
    }
    throw wrong(key, where, "a text");
  }

  ItemList requiredList(String key, String where) throws RingFormatException {
    if (get(key) instanceof ItemList list) {
      return list;
    }
    throw wrong(key, where, "a list");
  }

  RingFormatException wrong(String key, String where, String what) {
    String subject = where.isEmpty() ? "" : " of " + where;
    return new RingFormatException(
        contains(key)
            ? "Its '" + key + "'" + subject + " is not " + what + "."
            : "It has no '" + key + "'" + subject + ".");
  }
}
