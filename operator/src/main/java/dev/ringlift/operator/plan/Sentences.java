package dev.ringlift.operator.plan;

import java.util.List;

/** Many sentences in little room. */
final class Sentences {
  private static final int SHOWN = 3;

  private Sentences() {}

  /** With a full stop, exactly one. */
  static String end(String sentence) {
    String text = sentence.strip();
    return text.endsWith(".") ? text : text + ".";
  }

  /** The first few, and how many more there are. */
  static String first(List<String> sentences) {
    String shown = String.join(" ", sentences.subList(0, Math.min(SHOWN, sentences.size())));
    return sentences.size() > SHOWN
        ? shown + " (And " + (sentences.size() - SHOWN) + " more.)"
        : shown;
  }
}
