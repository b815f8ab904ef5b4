package dev.ringlift.operator.plan;

import java.util.List;

/** Many sentences in little room. */
final class Sentences {
  private static final int SHOWN = 3;

  /** What others may say in one message: agents, and whoever writes annotations. */
  private static final int FOREIGN = 500;

  private Sentences() {}

  /**
   * What another program has said, as part of a message: on one line, and bounded, so that no text
   * of theirs passes for a message of its own, or makes a status too large to be written.
   */
  static String foreign(String text) {
    String line = oneLine(text);
    return line.length() <= FOREIGN ? line : line.substring(0, FOREIGN - 1) + "…";
  }

  /** Without line breaks and what else controls a terminal. */
  static String oneLine(String text) {
    return text.codePoints().noneMatch(Sentences::breaksLines)
        ? text
        : text.codePoints()
            .map(each -> breaksLines(each) ? ' ' : each)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
  }

  private static boolean breaksLines(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

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
