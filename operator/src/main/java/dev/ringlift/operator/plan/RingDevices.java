package dev.ringlift.operator.plan;

import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingDevice;
import java.util.List;
import java.util.Objects;

/** The devices of a ring. */
final class RingDevices {
  private RingDevices() {}

  /**
   * All of them, also those of weight 0 and without a partition: after a rebalance has taken its
   * partitions away, a drained device still holds objects until its replicator has moved them.
   */
  static List<RingDevice> of(Ring ring) {
    return ring.devices().stream().filter(Objects::nonNull).toList();
  }
}
