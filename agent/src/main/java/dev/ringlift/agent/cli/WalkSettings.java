package dev.ringlift.agent.cli;

import dev.ringlift.agent.conf.UserError;
import dev.ringlift.relinker.Scheduling;
import java.nio.file.Path;
import java.util.Optional;

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
    return new WalkSettings(
        Path.of(values.text(options.swiftDir, "swift_dir", "/etc/swift")),
        Path.of(values.text(options.devices, "devices", "/srv/node")),
        Optional.of(values.text(options.user, "user", "")).filter(user -> !user.isBlank()),
        values.flag("mount_check", true) && !options.skipMountCheck,
        values.number(options.filesPerSecond, "files_per_second", 0),
        values.workers(options.workers),
        SchedulingValues.read(options, values));
  }
}
