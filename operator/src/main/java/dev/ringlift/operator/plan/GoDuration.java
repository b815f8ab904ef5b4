package dev.ringlift.operator.plan;

import java.time.Duration;
import java.util.Locale;

/** Durations as the spec has them: {@code 168h}, {@code 1h30m}. */
final class GoDuration {
  private GoDuration() {}

  /** What the schema has let through; see {@code PartitionPowerIncreaseSpec.DURATION}. */
  static Duration parse(String text) {
    return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
  }
}
