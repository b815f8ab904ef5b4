package dev.ringlift.relinker;

/**
 * Says that a part of the library has its contract but not yet its work; goes with the next
 * changes.
 */
final class Pending {
  private Pending() {}

  static <T> T part(Class<T> type, String name) {
    if (name.isEmpty()) {
      return type.cast(type);
    }
    throw new UnsupportedOperationException(name + " is not there yet");
  }
}
