package dev.ringlift.agent.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that only relink and cleanup have. */
final class RelinkOptions extends WalkOptions {
  @Option(
      names = "--stats-interval",
      paramLabel = "SECONDS",
      description = "How often to tell recon how far it is (default: 300).")
  @Nullable String statsInterval;

  @Option(
      names = "--clobber-hardlink-collisions",
      description =
          "When another file has the name at the new place: relink moves it to quarantine and links again; cleanup keeps it.")
  boolean clobber;

  @Option(
      names = "--workers-per-device",
      paramLabel = "N",
      description = "Partitions of one device worked on at once; 0 (default) chooses.")
  int workersPerDevice;

  @Option(
      names = "--reclaim",
      description =
          "Remove tombstones and strays older than reclaim_age, as Swift does. Not safe while replication is suspended.")
  boolean reclaim;

  @Option(
      names = "--allow-stale",
      description =
          "Also link what an earlier increase left at old places, as Swift does. It can bring deleted objects back.")
  boolean allowStale;

  @Option(names = "--dry-run", description = "Count what would be done, and write nothing.")
  boolean dryRun;
}
