package dev.ringlift.e2e.cluster;

import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingDevice;
import dev.ringlift.testkit.tree.Placement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where a ring puts the replicas of each partition, on the nodes of a cluster. */
public final class RingPlacement implements Placement {
  private final Ring ring;
  private final Map<Integer, Path> folders = new HashMap<>();

  public RingPlacement(Ring ring, List<StorageHost> hosts) {
    this.ring = ring;
    Map<String, StorageHost> byAddress = new HashMap<>();
    hosts.forEach(host -> byAddress.put(host.address(), host));
    for (RingDevice device : ring.devices()) {
      StorageHost host = device == null ? null : byAddress.get(device.ip());
      if (device != null && host != null) {
        folders.put(device.id(), host.device(device.device()));
      }
    }
  }

  @Override
  public List<Path> devices(int partition) {
    List<Path> devices = new ArrayList<>();
    for (int replica = 0; replica < ring.replicaRows(); replica++) {
      if (partition < ring.rowLength(replica)) {
        int id = ring.deviceId(replica, partition);
        Path folder = folders.get(id);
        if (folder == null) {
          throw new IllegalStateException("no node of this cluster has the ring's device " + id);
        }
        devices.add(folder);
      }
    }
    return devices;
  }
}
