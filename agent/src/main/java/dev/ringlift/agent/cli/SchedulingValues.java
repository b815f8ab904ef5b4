package dev.ringlift.agent.cli;

import dev.ringlift.agent.conf.UserError;
import dev.ringlift.relinker.Scheduling;
import dev.ringlift.relinker.Scheduling.IoClass;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code ionice_class}, {@code ionice_priority} and {@code nice_priority}, by the names and values
 * that Swift's daemons give them ({@code swift/common/utils/libc.py}), and those of ionice(1).
 */
final class SchedulingValues {
  private SchedulingValues() {}

  static Scheduling read(WalkOptions options, ConfValues values) throws UserError {
    return new Scheduling(
        ioClass(values, options.ioniceClass),
        number(values, options.ionicePriority, "ionice_priority", 7),
        number(values, options.nicePriority, "nice_priority", 19));
  }

  private static IoClass ioClass(ConfValues values, @Nullable String option) throws UserError {
    String text = values.text(option, "ionice_class", "none");
    return switch (text.toUpperCase(Locale.ROOT)) {
      case "NONE" -> IoClass.NONE;
      case "IOPRIO_CLASS_BE", "BEST-EFFORT" -> IoClass.BEST_EFFORT;
      case "IOPRIO_CLASS_IDLE", "IDLE" -> IoClass.IDLE;
      case "IOPRIO_CLASS_RT", "REALTIME" ->
          throw ConfValues.wrong(
              option,
              "The real-time class of I/O (ionice_class) would go before the object servers, and is not for this work: take IOPRIO_CLASS_BE or IOPRIO_CLASS_IDLE.");
      default ->
          throw ConfValues.wrong(
              option,
              "ionice_class must be IOPRIO_CLASS_BE, IOPRIO_CLASS_IDLE or none, not " + text + ".");
    };
  }

  private static int number(ConfValues values, @Nullable String option, String key, int most)
      throws UserError {
    String text = values.text(option, key, "0").strip();
    if (!text.matches("[0-9]{1,2}") || Integer.parseInt(text) > most) {
      throw ConfValues.wrong(
          option, "%s must be a whole number from 0 to %d, not %s.".formatted(key, most, text));
    }
    return Integer.parseInt(text);
  }
}
