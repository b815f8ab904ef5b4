package dev.ringlift.agent.node;

import dev.ringlift.relinker.Device;
import dev.ringlift.relinker.Inventory;
import dev.ringlift.relinker.ObjectPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Devices for tests, and an inventory of them. */
final class Devices implements Inventory {
  final List<Device> devices = new ArrayList<>();
  final Map<String, StaleLook> stale = new HashMap<>();
  int looksForStale;

  Devices(Device... devices) {
    this.devices.addAll(Arrays.asList(devices));
  }

  static Device device(String name, long inodesFree, Device.DataDir... dataDirs) {
    return new Device(name, true, "xfs", 1_000, inodesFree, 7, 8, Arrays.asList(dataDirs), "");
  }

  static Device.DataDir objects(Optional<Device.StateFound> state) {
    return new Device.DataDir("objects", 0, 7, 8, 200, state);
  }

  @Override
  public List<Device> devices() {
    return List.copyOf(devices);
  }

  @Override
  public StaleLook stale(String device, ObjectPolicy policy, int partPower, long limit) {
    looksForStale++;
    return stale.getOrDefault(device, new StaleLook(0, "", 9, true, Optional.empty()));
  }
}
