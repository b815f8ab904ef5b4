package dev.ringlift.agent.cli;

import java.util.List;
import java.util.Locale;

/** One object of JSON in one line, for machines that follow a run. */
final class JsonLine {
  private final StringBuilder text = new StringBuilder("{");

  /** Begins with the kind of event. */
  static JsonLine event(String kind) {
    return new JsonLine().put("event", kind);
  }

  JsonLine put(String key, String value) {
    return raw(key, quoted(value));
  }

  JsonLine put(String key, long value) {
    return raw(key, Long.toString(value));
  }

  /** With one decimal. */
  JsonLine put(String key, double value) {
    return raw(key, String.format(Locale.ROOT, "%.1f", value));
  }

  JsonLine put(String key, List<JsonLine> values) {
    return raw(key, values.stream().map(JsonLine::toString).toList().toString());
  }

  private JsonLine raw(String key, String value) {
    text.append(text.length() == 1 ? "" : ",").append(quoted(key)).append(':').append(value);
    return this;
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      if (each == '"' || each == '\\') {
        quoted.append('\\').append(each);
      } else if (each < 0x20) {
        quoted.append("\\u%04x".formatted((int) each));
      } else {
        quoted.append(each);
      }
    }
    return quoted.append('"').toString();
  }

  @Override
  public String toString() {
    return text + "}";
  }
}
