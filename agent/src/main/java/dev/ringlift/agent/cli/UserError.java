package dev.ringlift.agent.cli;

/** Something that the user can mend; the message is the sentence to show. */
final class UserError extends Exception {
  private static final long serialVersionUID = 1;

  UserError(String message) {
    super(message);
  }
}
