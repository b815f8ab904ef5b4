package dev.ringlift.agent;

import org.jspecify.annotations.Nullable;

/** Makes one sentence of an exception. */
final class Problems {
  private Problems() {}

  /** The message of the exception and that of its innermost cause, where that says more. */
  static String sentence(Throwable problem) {
    Throwable root = problem;
    for (Throwable cause = root.getCause(); cause != null; cause = cause.getCause()) {
      root = cause;
    }
    String outer = text(problem);
    String inner = text(root);
    return outer.contains(inner) ? outer : outer + ": " + inner;
  }

  private static String text(Throwable problem) {
    @Nullable String message = problem.getMessage();
    return message == null || message.isBlank()
        ? problem.getClass().getSimpleName()
        : message.strip().replaceAll("\\s+", " ");
  }
}
