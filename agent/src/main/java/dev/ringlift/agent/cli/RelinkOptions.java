package dev.ringlift.agent.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of relink and cleanup: swift-object-relinker's own first, then Ringlift's. */
final class RelinkOptions {
  @Parameters(
      arity = "0..1",
      paramLabel = "CONF_FILE",
      description = "Configuration file with a section [object-relinker].")
  @Nullable Path confFile;

  @Option(
      names = "--swift-dir",
      paramLabel = "DIR",
      description = "Where swift.conf and the rings are (default: /etc/swift).")
  @Nullable String swiftDir;

  @Option(
      names = "--policy",
      paramLabel = "NAME|INDEX",
      description = "Policy to work on; may be given several times (default: all).")
  List<String> policies = new ArrayList<>();

  @Option(
      names = "--devices",
      paramLabel = "DIR",
      description = "Where the devices are mounted (default: /srv/node).")
  @Nullable String devices;

  @Option(names = "--user", paramLabel = "USER", description = "Become this user first.")
  @Nullable String user;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = "Device to work on; may be given several times (default: all).")
  List<String> deviceNames = new ArrayList<>();

  @Option(
      names = {"-p", "--partition"},
      paramLabel = "N",
      description = "Partition to work on; may be given several times (default: all).")
  List<Long> partitions = new ArrayList<>();

  @Option(names = "--skip-mount-check", description = "Don't ask that devices be mounted.")
  boolean skipMountCheck;

  @Option(
      names = "--files-per-second",
      paramLabel = "N",
      description = "Limit on objects per second over all devices; 0 is none (default).")
  @Nullable String filesPerSecond;

  @Option(
      names = "--stats-interval",
      paramLabel = "SECONDS",
      description = "How often to tell recon how far it is (default: 300).")
  @Nullable String statsInterval;

  @Option(
      names = "--workers",
      paramLabel = "N|auto",
      description = "Devices worked on at once: auto (default) is all, 0 is one after the other.")
  @Nullable String workers;

  @Option(
      names = "--logfile",
      paramLabel = "FILE",
      description = "Write messages to this file; ignored with CONF_FILE.")
  @Nullable Path logfile;

  @Option(names = "--debug", description = "Tell more.")
  boolean debug;

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
      names = "--io-pressure-limit",
      paramLabel = "PERCENT",
      description =
          "Wait while tasks stall on I/O for more of the time (PSI); 0 is no limit (default).")
  double ioPressureLimit;

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

  @Option(names = "--json", description = "Write progress and results as lines of JSON.")
  boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;
}
