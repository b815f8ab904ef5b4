package dev.ringlift.agent.cli;

import dev.ringlift.agent.conf.IniFile;
import dev.ringlift.agent.conf.UserError;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Values of the configuration file's section, with what the command line says before them. Options
 * of the file that are not known are for others, and ignored; wrong values are named.
 */
record ConfValues(Map<String, String> conf) {
  private static final String SECTION = "object-relinker";
  private static final Set<String> TRUE = Set.of("true", "1", "yes", "on", "t", "y");

  /** Of this file; without one, no values. */
  static ConfValues read(@Nullable Path file) throws UserError {
    if (file == null) {
      return new ConfValues(Map.of());
    }
    return new ConfValues(
        IniFile.read(file)
            .section(SECTION)
            .orElseThrow(
                () -> new UserError("There is no section [" + SECTION + "] in " + file + ".")));
  }

  String text(@Nullable String option, String key, String otherwise) {
    return option != null ? option : conf.getOrDefault(key, otherwise);
  }

  boolean flag(String key, boolean otherwise) {
    String value = conf.get(key);
    return value == null ? otherwise : TRUE.contains(value.toLowerCase(Locale.ROOT));
  }

  double number(@Nullable String option, String key, double otherwise) throws UserError {
    String text = text(option, key, Double.toString(otherwise));
    try {
      double value = Double.parseDouble(text);
      if (value >= 0 && value < Double.POSITIVE_INFINITY) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Named below.
    }
    throw wrong(option, key + " must be a number of 0 or more, not " + text + ".");
  }

  /** Devices at once: 0 stands for all of them. */
  int workers(@Nullable String option) throws UserError {
    String text = text(option, "workers", "auto");
    if (text.equalsIgnoreCase("auto")) {
      return 0;
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= 0) {
        return Math.max(1, value);
      }
    } catch (NumberFormatException e) {
      // Named below.
    }
    throw wrong(option, "workers must be a whole number of 0 or more, or auto, not " + text + ".");
  }

  /** A wrong value: a mistake in the call where an option has it, else in the file. */
  static UserError wrong(@Nullable String option, String message) {
    return option == null ? new UserError(message) : new UsageError(message);
  }
}
