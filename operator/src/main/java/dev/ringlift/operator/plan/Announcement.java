package dev.ringlift.operator.plan;

/**
 * An Event to be recorded.
 *
 * @param warning whether its type is Warning, not Normal
 */
public record Announcement(boolean warning, String reason, String message) {

  /**
   * Events are logged too: no annotation that one of them quotes may look like a line of its own.
   */
  public Announcement {
    message = Sentences.oneLine(message);
  }

  static Announcement normal(EventReason reason, String message) {
    return new Announcement(false, reason.name(), message);
  }

  static Announcement warning(String reason, String message) {
    return new Announcement(true, reason, message);
  }
}
