package dev.ringlift.operator.plan;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Times as Kubernetes writes them (RFC 3339), and durations as people read them. */
public final class Times {
  private Times() {}

  /** Whole seconds, UTC, as in the metadata of every Kubernetes object. */
  public static String format(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** What is absent, or no time, is taken for {@code otherwise}. */
  public static Instant parse(@Nullable String time, Instant otherwise) {
    if (time == null || time.isBlank()) {
      return otherwise;
    }
    try {
      return OffsetDateTime.parse(time).toInstant();
    } catch (DateTimeException notATime) {
      return otherwise;
    }
  }

  /** One that is written as in Go, in hours, minutes and seconds: {@code 168h}, {@code 1h30m}. */
  static Duration duration(String text) {
    return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
  }

  /** {@code 2 h 5 min}, {@code 3 min}, {@code 20 s}. */
  static String inWords(Duration duration) {
    long seconds = Math.ceilDiv(duration.toMillis(), 1000);
    if (seconds < 120) {
      return seconds + " s";
    }
    long minutes = Math.ceilDiv(seconds, 60);
    if (minutes < 120) {
      return minutes + " min";
    }
    return minutes / 60 + " h " + minutes % 60 + " min";
  }
}
