package dev.ringlift.operator.plan;

import dev.ringlift.ring.Transition;
import java.util.Locale;

/** Transitions as users see them. */
public final class Transitions {
  private Transitions() {}

  /** {@code Prepare}, {@code Increase}, {@code Cancel}, {@code Finish}. */
  public static String name(Transition transition) {
    String upper = transition.name();
    return upper.charAt(0) + upper.substring(1).toLowerCase(Locale.ROOT);
  }

  /** The one of this name. */
  static Transition named(String name) {
    return Transition.valueOf(name.toUpperCase(Locale.ROOT));
  }
}
