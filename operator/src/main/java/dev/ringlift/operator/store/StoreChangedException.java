package dev.ringlift.operator.store;

/** Somebody else changed the store in between; what was decided on its former content is void. */
public final class StoreChangedException extends Exception {
  private static final long serialVersionUID = 1L;

  public StoreChangedException(String message) {
    super(message);
  }

  public StoreChangedException(String message, Throwable cause) {
    super(message, cause);
  }
}
