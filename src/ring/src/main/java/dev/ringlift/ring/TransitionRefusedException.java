package dev.ringlift.ring;

import java.util.Objects;

/**
 * A ring or builder is not in the state that a transition starts from; nothing was changed. The
 * message is one whole sentence for users.
 */
public final class TransitionRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  public TransitionRefusedException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
