package dev.ringlift.agent.cli;

import dev.ringlift.agent.conf.UserError;
import dev.ringlift.relinker.RelinkRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What relink and cleanup by hand go by. */
record RelinkSettings(
    WalkSettings walk,
    double statsInterval,
    Path reconCachePath,
    boolean clobber,
    int replicationSlots,
    Optional<RelinkRequest.Reclaim> reclaim) {

  static RelinkSettings of(RelinkOptions options) throws UserError {
    ConfValues values = ConfValues.read(options.confFile);
    return new RelinkSettings(
        WalkSettings.of(options, values),
        values.number(options.statsInterval, "stats_interval", 300),
        Path.of(values.text(null, "recon_cache_path", "/var/cache/swift")),
        options.clobber || values.flag("clobber_hardlink_collisions", false),
        replicationSlots(values),
        options.reclaim ? Optional.of(reclaim(values)) : Optional.empty());
  }

  /** A lock file is tried for each. */
  private static final int MOST_SLOTS = 1000;

  private static int replicationSlots(ConfValues values) throws UserError {
    if (!values.conf().containsKey("replication_concurrency_per_device")
        && values.conf().containsKey("replication_one_per_device")) {
      return values.flag("replication_one_per_device", true) ? 1 : 0;
    }
    return (int) Math.min(MOST_SLOTS, values.number(null, "replication_concurrency_per_device", 1));
  }

  private static RelinkRequest.Reclaim reclaim(ConfValues values) throws UserError {
    return new RelinkRequest.Reclaim(
        Duration.ofSeconds((long) values.number(null, "reclaim_age", 604800)),
        Duration.ofMillis((long) (1000 * values.number(null, "commit_window", 60))));
  }
}
