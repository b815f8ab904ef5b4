package dev.ringlift.agent.node;

import dev.ringlift.agent.conf.SwiftPolicies;
import dev.ringlift.agent.conf.UserError;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.MachineStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.PolicyStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of a machine, beside its devices and rings, bears on an increase. What can't be read is not
 * told: nothing of it is needed for the work itself.
 */
public final class Machine {
  private static final Pattern TOTAL = Pattern.compile("MemTotal:\\s+(\\d{1,15}) kB");
  private static final int KIBI = 1024;

  private final Path proc;
  private final Path swiftDirectory;

  /**
   * @param proc the kernel's, usually {@code /proc}
   * @param swiftDirectory where swift.conf is
   */
  public Machine(Path proc, Path swiftDirectory) {
    this.proc = proc;
    this.swiftDirectory = swiftDirectory;
  }

  /** The storage policies of swift.conf; none if it can't be understood. */
  List<PolicyStatus> policies() {
    try {
      return SwiftPolicies.read(swiftDirectory).all().stream().map(Machine::policy).toList();
    } catch (UserError unknown) {
      return List.of(); // a task that needs it says so
    }
  }

  private static PolicyStatus policy(SwiftPolicies.Named named) {
    return new PolicyStatus(
        named.policy().index(),
        Math.max(1, named.dataFragments()),
        Math.max(1, named.policy().fragments()));
  }

  /** Memory and the kernel's setting for its cache of directories and inodes. */
  Optional<MachineStatus> status() {
    try {
      Matcher total = TOTAL.matcher(Files.readString(proc.resolve("meminfo")));
      String pressure = Files.readString(proc.resolve("sys/vm/vfs_cache_pressure")).strip();
      return total.find()
          ? Optional.of(
              new MachineStatus(
                  DeviceReport.rough(Long.parseLong(total.group(1)) * KIBI, 0),
                  Integer.parseInt(pressure)))
          : Optional.empty();
    } catch (IOException | NumberFormatException unknown) {
      return Optional.empty();
    }
  }
}
