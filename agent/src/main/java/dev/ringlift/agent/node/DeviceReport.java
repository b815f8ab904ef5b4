package dev.ringlift.agent.node;

import dev.ringlift.api.v1alpha1.StorageNodeStatus.DeviceStatus;
import dev.ringlift.relinker.Device;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a device what the StorageNode says of it. Inode figures are rough, and stay until the
 * device has moved away from them by a twentieth: an idle node shall have nothing to write.
 */
final class DeviceReport {
  private static final double TOLERANCE = 0.05;
  private static final int MOST_LISTED = 64;

  private DeviceReport() {}

  /**
   * @param before what was last reported of this device
   * @param mountCheck whether devices of this node must be mounted
   */
  static DeviceStatus of(
      Device device, List<String> leftovers, boolean mountCheck, @Nullable DeviceStatus before) {
    boolean counted = device.inodesFree() != Long.MAX_VALUE;
    long total = counted ? device.inodesUsed() + device.inodesFree() : 0;
    long free = counted ? device.inodesFree() : 0;
    return new DeviceStatus(
        device.name(),
        device.mounted() || !mountCheck,
        device.filesystem().isEmpty() ? null : device.filesystem(),
        rough(total, before == null ? 0 : before.inodesTotal()),
        rough(free, before == null ? 0 : before.inodesFree()),
        device.uid(),
        device.gid(),
        device.dataDirs().stream().map(Device.DataDir::name).limit(MOST_LISTED).toList(),
        leftovers.stream().limit(MOST_LISTED).toList(),
        device.problem().isEmpty() ? null : device.problem());
  }

  /** The figure reported before, if it is still about right; else this one, with two digits. */
  static long rough(long figure, long before) {
    if (before > 0 && Math.abs(figure - before) <= before * TOLERANCE) {
      return before;
    }
    long unit = 1;
    while (figure / unit >= 100) {
      unit *= 10;
    }
    return figure / unit * unit;
  }
}
