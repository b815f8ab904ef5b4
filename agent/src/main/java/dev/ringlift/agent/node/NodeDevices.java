package dev.ringlift.agent.node;

import dev.ringlift.relinker.Device;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The devices of the node as they were last found.
 *
 * @param all sorted by name
 */
public record NodeDevices(List<Device> all) {
  public NodeDevices {
    all = List.copyOf(all);
  }

  /** Names of all devices. */
  public Set<String> names() {
    return all.stream().map(Device::name).collect(Collectors.toCollection(TreeSet::new));
  }

  /** Names of the devices that hold data of this policy. */
  public Set<String> holding(int policyIndex) {
    return all.stream()
        .filter(
            device -> device.dataDirs().stream().anyMatch(dir -> dir.policyIndex() == policyIndex))
        .map(Device::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
