package dev.ringlift.operator.page;

import org.jspecify.annotations.Nullable;

/**
 * Texts of others, cut to a length, so that a page has one too. What they mean is left as it is:
 * the page shows them as text and as nothing else. Only what is no text goes: control characters,
 * and those that turn the direction of writing and so could make a name look like another.
 */
final class Clip {
  /** Longest name of a Kubernetes object. */
  static final int NAME = 253;

  /** Longest message. */
  static final int MESSAGE = 400;

  private static final int REPLACEMENT = 0xFFFD;

  private Clip() {}

  static String name(String name) {
    return clip(name, NAME);
  }

  static @Nullable String message(@Nullable String message) {
    return message == null ? null : clip(message, MESSAGE);
  }

  /** At most so many characters, the last of which says that there was more. */
  static String clip(String text, int most) {
    StringBuilder clipped = new StringBuilder(Math.min(text.length(), most));
    text.codePoints()
        .limit(text.codePointCount(0, text.length()) <= most ? most : most - 1)
        .map(Clip::shown)
        .forEach(clipped::appendCodePoint);
    if (text.codePointCount(0, text.length()) > most) {
      clipped.append('…');
    }
    return clipped.toString();
  }

  private static int shown(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL -> Character.isWhitespace(character) ? ' ' : REPLACEMENT;
      case Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
          REPLACEMENT;
      case Character.FORMAT -> turnsDirection(character) ? REPLACEMENT : character;
      default -> character;
    };
  }

  private static boolean turnsDirection(int character) {
    return (character >= 0x202A && character <= 0x202E)
        || (character >= 0x2066 && character <= 0x2069)
        || character == 0x200E
        || character == 0x200F
        || character == 0x061C;
  }
}
