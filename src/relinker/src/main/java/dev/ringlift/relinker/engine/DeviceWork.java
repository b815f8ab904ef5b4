package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.DeviceResult;

/** What a run does with each device. */
@FunctionalInterface
interface DeviceWork {
  /** Does it, in the thread of this device; never throws for what is on the disks. */
  DeviceResult on(Meter meter, Governor governor);
}
