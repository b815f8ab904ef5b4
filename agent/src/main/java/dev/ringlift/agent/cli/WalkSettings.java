package dev.ringlift.agent.cli;

import dev.ringlift.agent.conf.UserError;
import dev.ringlift.relinker.Scheduling;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What every command that walks devices goes by: the command line over the configuration file over
 * Swift's defaults.
 */
record WalkSettings(
    Path swiftDir,
    Path devices,
    Optional<String> user,
    boolean mountCheck,
    double filesPerSecond,
    int parallelDevices,
    Scheduling scheduling) {

  static WalkSettings of(WalkOptions options, ConfValues values) throws UserError {
    for (long partition : options.partitions) {
      if (partition < 0) {
        throw new UsageError("A partition is a number of 0 or more, not " + partition + ".");
      }
    }
    return new WalkSettings(
        Path.of(values.text(options.swiftDir, "swift_dir", "/etc/swift")),
        Path.of(values.text(options.devices, "devices", "/srv/node")),
        Optional.of(values.text(options.user, "user", "")).filter(user -> !user.isBlank()),
        values.flag("mount_check", true) && !options.skipMountCheck,
        values.number(options.filesPerSecond, "files_per_second", 0),
        values.workers(options.workers),
        SchedulingValues.read(options, values));
  }

  /**
   * The names of all that is under the devices root.
   *
   * @throws UserError when it can't be listed: that no device is there would be no success
   */
  Set<String> listed() throws UserError {
    String[] found = devices.toFile().list();
    if (found == null) {
      throw new UserError("The devices root " + devices + " cannot be listed.");
    }
    return new TreeSet<>(List.of(found));
  }
}
