package dev.ringlift.agent.cli;

import dev.ringlift.agent.conf.IniFile;
import dev.ringlift.agent.conf.UserError;
import dev.ringlift.relinker.RelinkRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a run by hand goes by: the command line over the configuration file over Swift's defaults.
 * Options of the file that are not known are for others, and ignored; wrong values are named.
 */
record RelinkSettings(
    Path swiftDir,
    Path devices,
    Optional<String> user,
    boolean mountCheck,
    double filesPerSecond,
    int parallelDevices,
    double statsInterval,
    Path reconCachePath,
    boolean clobber,
    int replicationSlots,
    Optional<RelinkRequest.Reclaim> reclaim) {

  private static final String SECTION = "object-relinker";
  private static final Set<String> TRUE = Set.of("true", "1", "yes", "on", "t", "y");

  static RelinkSettings of(RelinkOptions options) throws UserError {
    Map<String, String> conf = Map.of();
    if (options.confFile != null) {
      conf =
          IniFile.read(options.confFile)
              .section(SECTION)
              .orElseThrow(
                  () ->
                      new UserError(
                          "There is no section [" + SECTION + "] in " + options.confFile + "."));
    }
    Values values = new Values(conf);
    return new RelinkSettings(
        Path.of(values.text(options.swiftDir, "swift_dir", "/etc/swift")),
        Path.of(values.text(options.devices, "devices", "/srv/node")),
        Optional.of(values.text(options.user, "user", "")).filter(user -> !user.isBlank()),
        values.flag("mount_check", true) && !options.skipMountCheck,
        values.number(options.filesPerSecond, "files_per_second", 0),
        values.workers(options.workers),
        values.number(options.statsInterval, "stats_interval", 300),
        Path.of(values.text(null, "recon_cache_path", "/var/cache/swift")),
        options.clobber || values.flag("clobber_hardlink_collisions", false),
        values.replicationSlots(),
        options.reclaim ? Optional.of(values.reclaim()) : Optional.empty());
  }

  /** Values of the file, with what the command line says before them. */
  private record Values(Map<String, String> conf) {
    String text(@org.jspecify.annotations.Nullable String option, String key, String otherwise) {
      return option != null ? option : conf.getOrDefault(key, otherwise);
    }

    boolean flag(String key, boolean otherwise) {
      String value = conf.get(key);
      return value == null ? otherwise : TRUE.contains(value.toLowerCase(Locale.ROOT));
    }

    double number(@org.jspecify.annotations.Nullable String option, String key, double otherwise)
        throws UserError {
      String text = text(option, key, Double.toString(otherwise));
      try {
        double value = Double.parseDouble(text);
        if (value >= 0 && value < Double.POSITIVE_INFINITY) {
          return value;
        }
      } catch (NumberFormatException e) {
        // Named below.
      }
      throw new UserError(key + " must be a number of 0 or more, not " + text + ".");
    }

    /** Devices at once: 0 stands for all of them. */
    int workers(@org.jspecify.annotations.Nullable String option) throws UserError {
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
      throw new UserError(
          "workers must be a whole number of 0 or more, or auto, not " + text + ".");
    }

    int replicationSlots() throws UserError {
      if (!conf.containsKey("replication_concurrency_per_device")
          && conf.containsKey("replication_one_per_device")) {
        return flag("replication_one_per_device", true) ? 1 : 0;
      }
      return (int) number(null, "replication_concurrency_per_device", 1);
    }

    RelinkRequest.Reclaim reclaim() throws UserError {
      return new RelinkRequest.Reclaim(
          Duration.ofSeconds((long) number(null, "reclaim_age", 604800)),
          Duration.ofMillis((long) (1000 * number(null, "commit_window", 60))));
    }
  }
}
