package dev.ringlift.operator.plan;

/**
 * An Event to be recorded.
 *
 * @param warning whether its type is Warning, not Normal
 */
public record Announcement(boolean warning, String reason, String message) {

  static Announcement normal(EventReason reason, String message) {
    return new Announcement(false, reason.name(), message);
  }

  static Announcement warning(String reason, String message) {
    return new Announcement(true, reason, message);
  }
}
