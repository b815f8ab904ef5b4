package dev.ringlift.operator.plan;

import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingDevice;
import java.util.ArrayList;
import java.util.List;

/** The devices of a ring that hold anything. */
final class RingDevices {
  private RingDevices() {}

  /**
   * Those that partitions are assigned to, whatever their weight: a drained device keeps its
   * partitions until a rebalance takes them away.
   */
  static List<RingDevice> withPartitions(Ring ring) {
    long[] partitions = ring.partitionsByDevice();
    List<RingDevice> devices = new ArrayList<>();
    for (RingDevice device : ring.devices()) {
      if (device != null && partitions[device.id()] > 0) {
        devices.add(device);
      }
    }
    return devices;
  }
}
