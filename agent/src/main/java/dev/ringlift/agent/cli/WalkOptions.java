package dev.ringlift.agent.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of every command that walks devices; most are swift-object-relinker's. */
class WalkOptions {
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
      names = "--io-pressure-limit",
      paramLabel = "PERCENT",
      description =
          "Wait while tasks stall on I/O for more of the time (PSI); 0 is no limit (default).")
  double ioPressureLimit;

  @Option(
      names = "--ionice-class",
      paramLabel = "CLASS",
      description =
          "Class of I/O: IOPRIO_CLASS_BE or IOPRIO_CLASS_IDLE, also best-effort, idle or none (default).")
  @Nullable String ioniceClass;

  @Option(
      names = "--ionice-priority",
      paramLabel = "0..7",
      description = "Priority within best-effort, 0 (default) is first.")
  @Nullable String ionicePriority;

  @Option(
      names = "--nice-priority",
      paramLabel = "0..19",
      description = "How far to stand back for the processor; 0 (default) is not at all.")
  @Nullable String nicePriority;

  @Option(names = "--json", description = "Write progress and results as lines of JSON.")
  boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;
}
