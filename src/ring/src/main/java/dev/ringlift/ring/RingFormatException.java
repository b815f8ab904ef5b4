package dev.ringlift.ring;

import java.util.Objects;

/**
 * A file is not the ring or builder that it should be. The message is one whole sentence for users;
 * it does not name the file, which only the caller knows.
 */
public final class RingFormatException extends Exception {
  private static final long serialVersionUID = 1L;

  public RingFormatException(String message) {
    super(message);
  }

  public RingFormatException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
