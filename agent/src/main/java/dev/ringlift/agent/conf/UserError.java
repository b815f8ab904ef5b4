package dev.ringlift.agent.conf;

/** Something that the user can mend; the message is the sentence to show. */
public class UserError extends Exception {
  private static final long serialVersionUID = 1;

  public UserError(String message) {
    super(message);
  }
}
