package dev.ringlift.operator.plan;

import static java.util.Comparator.naturalOrder;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.DeviceStatus;
import dev.ringlift.operator.plan.NodeTurns.Zone;
import dev.ringlift.operator.plan.Observation.Node;
import dev.ringlift.ring.RingDevice;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BinaryOperator;

/**
 * Which node has which devices of the ring. A device belongs to the node among whose addresses,
 * those of the Node's status or an administrator's annotation, the ring's ip or replication_ip is;
 * what an agent says of itself is not asked. A device of no node, or of several, belongs to none.
 *
 * @param places every device of the ring, left out or not
 * @param exclusions what is left out of all the rest
 * @param ringDevices names of the ring's devices, by node
 * @param leftOut nodes on which nothing has to be done because all of it is left out
 * @param zones of nodes, by their devices of the ring; of several the first
 * @param problems each device that belongs to none
 */
record DeviceMap(
    List<Place> places,
    Exclusions exclusions,
    Map<String, Set<String>> ringDevices,
    Set<String> leftOut,
    Map<String, Zone> zones,
    List<Problem> problems) {

  /**
   * A device of the ring.
   *
   * @param nodes that have its address
   */
  record Place(RingDevice device, Set<String> nodes) {
    Place {
      nodes = Set.copyOf(nodes);
    }
  }

  static DeviceMap of(List<RingDevice> devices, List<Node> nodes) {
    Map<String, Set<String>> nodesByAddress = new HashMap<>();
    for (Node node : nodes) {
      for (String address : node.addresses()) {
        nodesByAddress
            .computeIfAbsent(canonical(address), unused -> new TreeSet<>())
            .add(node.name());
      }
    }
    // Few nodes have many devices: what their addresses mean is found out once.
    Map<Addresses, Set<String>> nodesByAddresses = new HashMap<>();
    List<Place> places = new ArrayList<>();
    for (RingDevice device : devices) {
      Set<String> candidates =
          nodesByAddresses.computeIfAbsent(
              new Addresses(device.ip(), device.replicationIp()),
              addresses -> addresses.nodes(nodesByAddress));
      places.add(new Place(device, candidates));
    }
    return of(places, Exclusions.NONE);
  }

  /** Of a device, as the ring has them. */
  private record Addresses(String ip, String replicationIp) {

    Set<String> nodes(Map<String, Set<String>> byAddress) {
      Set<String> nodes = new HashSet<>(byAddress.getOrDefault(canonical(ip), Set.of()));
      nodes.addAll(byAddress.getOrDefault(canonical(replicationIp), Set.of()));
      return Set.copyOf(nodes);
    }
  }

  private static DeviceMap of(List<Place> places, Exclusions exclusions) {
    Map<String, Set<String>> byNode = new TreeMap<>();
    Map<String, Zone> zones = new TreeMap<>();
    List<Problem> problems = new ArrayList<>();
    for (Place place : places) {
      RingDevice device = place.device();
      if (exclusions.ringDevices().contains(device.id())) {
        continue;
      }
      if (place.nodes().size() == 1) {
        String node = place.nodes().iterator().next();
        byNode.computeIfAbsent(node, unused -> new TreeSet<>()).add(device.device());
        zones.merge(
            node, new Zone(device.region(), device.zone()), BinaryOperator.minBy(naturalOrder()));
      } else {
        problems.add(unmatched(device, new TreeSet<>(place.nodes())));
      }
    }
    return new DeviceMap(places, exclusions, byNode, Set.of(), zones, problems);
  }

  /** The same without these. */
  DeviceMap without(Exclusions left, List<Node> nodes, String dataDir) {
    if (left.equals(exclusions)) {
      return this;
    }
    DeviceMap rest = of(places, left);
    Set<String> nothingToDo = new TreeSet<>(left.byNode().keySet());
    nodes.stream()
        .filter(node -> !rest.required(node, dataDir).isEmpty())
        .forEach(node -> nothingToDo.remove(node.name()));
    return new DeviceMap(
        places, left, rest.ringDevices(), nothingToDo, rest.zones(), rest.problems());
  }

  private static Problem unmatched(RingDevice device, Set<String> candidates) {
    String what = "Device " + device.device() + " of the ring, at " + device.ip();
    if (candidates.isEmpty()) {
      return new Problem(
          null,
          device.device(),
          Reason.DeviceUnmatched.name(),
          what
              + ", belongs to no node: no Node has this address; annotate the Node with"
              + " ringlift.dev/ring-addresses.");
    }
    return new Problem(
        null,
        device.device(),
        Reason.DeviceAmbiguous.name(),
        what + ", belongs to more than one node: " + String.join(", ", candidates) + ".");
  }

  /** Addresses that mean the same are written the same; what is no IP address is a host name. */
  static String canonical(String address) {
    try {
      return InetAddress.ofLiteral(address.strip()).getHostAddress();
    } catch (IllegalArgumentException notAnAddress) {
      return address.strip().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The devices of a node that have to be done: the ring's, and all others with such data, but for
   * those that are left out.
   */
  Set<String> required(Node node, String dataDir) {
    Set<String> names = new TreeSet<>(ringDevices.getOrDefault(node.name(), Set.of()));
    if (node.inventory() != null) {
      for (DeviceStatus device : node.inventory().devices()) {
        if (device.dataDirs().contains(dataDir)) {
          names.add(device.name());
        }
      }
    }
    names.removeAll(exclusions.ofNode(node.name()));
    return names;
  }

  /** What keeps devices of a node from being worked on, as far as its agent can see. */
  List<Problem> unusable(Node node) {
    if (node.inventory() == null) {
      return List.of(); // the node itself is the problem
    }
    Map<String, DeviceStatus> found = new HashMap<>();
    node.inventory().devices().forEach(device -> found.put(device.name(), device));
    List<Problem> unusable = new ArrayList<>();
    for (String name : ringDevices.getOrDefault(node.name(), Set.of())) {
      DeviceStatus device = found.get(name);
      if (device == null) {
        unusable.add(
            problem(
                node,
                name,
                Reason.DeviceMissing,
                "is in the ring, but its node has no such directory under its devices root"));
      } else if (!device.mounted()) {
        unusable.add(
            problem(node, name, Reason.DeviceUnmounted, "is in the ring, but not mounted"));
      }
    }
    for (DeviceStatus device : node.inventory().devices()) {
      if (device.problem() != null && !exclusions.ofNode(node.name()).contains(device.name())) {
        unusable.add(
            problem(
                node,
                device.name(),
                Reason.DeviceUnreadable,
                "can't be looked at: " + Sentences.foreign(device.problem())));
      }
    }
    return unusable;
  }

  /** The devices that hold what an earlier increase left behind, as their agents found. */
  List<Problem> stale(List<Node> nodes, String dataDir) {
    List<Problem> stale = new ArrayList<>();
    for (Node node : nodes) {
      if (node.inventory() == null) {
        continue;
      }
      for (DeviceStatus device : node.inventory().devices()) {
        device.leftovers().stream()
            .filter(leftover -> DataDir.isOf(leftover, dataDir))
            .map(
                leftover ->
                    problem(
                        node,
                        device.name(),
                        Reason.StaleDevice,
                        "holds what an earlier increase left behind (%s); wipe it, or clean it up"
                            .formatted(Sentences.foreign(leftover))))
            .forEach(stale::add);
      }
    }
    return stale;
  }

  private static Problem problem(Node node, String device, Reason reason, String what) {
    return new Problem(
        node.name(),
        device,
        reason.name(),
        "Device " + device + " of node " + node.name() + " " + what + ".");
  }
}
