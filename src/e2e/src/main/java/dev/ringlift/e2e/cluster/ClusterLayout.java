package dev.ringlift.e2e.cluster;

import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How many nodes and devices a cluster has, and what they are called. Each node is a zone.
 *
 * @param nodes how many
 * @param devicesPerNode how many each
 * @param nodePrefix nodes are called by this and their number; Nodes are there for all clusters of
 *     an API server, so each cluster wants names of its own
 * @param network the first three numbers of the nodes' addresses, in 127/8; likewise
 */
public record ClusterLayout(int nodes, int devicesPerNode, String nodePrefix, String network) {
  private static final int OBJECT_SERVER_PORT = 6200;

  public ClusterLayout {
    if (nodes < 1 || nodes > 200 || devicesPerNode < 1 || devicesPerNode > 100) {
      throw new IllegalArgumentException(
          "a cluster has 1 to 200 nodes with 1 to 100 devices each, not %d with %d"
              .formatted(nodes, devicesPerNode));
    }
  }

  /** The nodes, in this folder. */
  List<StorageHost> hosts(Path folder) {
    return IntStream.rangeClosed(1, nodes)
        .mapToObj(
            number ->
                new StorageHost(
                    nodePrefix + number,
                    network + "." + number,
                    number,
                    IntStream.rangeClosed(1, devicesPerNode).mapToObj(i -> "d" + i).toList(),
                    folder.resolve(nodePrefix + number)))
        .toList();
  }

  /** A builder of a ring of all devices, by our own library. */
  public static RingBuilder ringBuilder(List<StorageHost> hosts, int partPower, double replicas) {
    List<RingDevice> devices = new ArrayList<>();
    for (StorageHost host : hosts) {
      for (String device : host.devices()) {
        devices.add(
            new RingDevice(
                devices.size(),
                1,
                host.zone(),
                host.address(),
                OBJECT_SERVER_PORT,
                host.address(),
                OBJECT_SERVER_PORT,
                device,
                100,
                ""));
      }
    }
    return RingBuilder.create(partPower, replicas, devices);
  }
}
