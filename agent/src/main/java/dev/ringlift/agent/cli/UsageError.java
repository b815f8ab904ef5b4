package dev.ringlift.agent.cli;

import dev.ringlift.agent.conf.UserError;

/** A command line that asks for what there is not; the message is the sentence to show. */
final class UsageError extends UserError {
  private static final long serialVersionUID = 1;

  UsageError(String message) {
    super(message);
  }
}
