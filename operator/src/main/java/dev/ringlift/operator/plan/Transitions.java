package dev.ringlift.operator.plan;

import dev.ringlift.ring.Transition;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Transitions as users see them. */
public final class Transitions {
  private Transitions() {}

  /** {@code Prepare}, {@code Increase}, {@code Cancel}, {@code Finish}. */
  public static String name(Transition transition) {
    String upper = transition.name();
    return upper.charAt(0) + upper.substring(1).toLowerCase(Locale.ROOT);
  }

  /** The one of this name; empty for another hand's ring that was taken over. */
  static Optional<Transition> named(String name) {
    return Arrays.stream(Transition.values())
        .filter(transition -> name(transition).equals(name))
        .findFirst();
  }
}
