package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.NodeSelection.ExcludedDevice;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Excluded;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.operator.plan.DeviceMap.Place;
import dev.ringlift.operator.plan.Observation.Node;
import dev.ringlift.operator.plan.Observation.Task;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The devices that the user knows to be dead, and that are left out.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>All that are named are left out, or none: none where any partition would be left without a
 *       replica, or with too few fragments, on the devices that are not named.
 *   <li>Of the ring, a device is only left out if the user named it by its name there, and by its
 *       node or its address. Of a node that is gone nobody knows the addresses any more: then by
 *       what the status says that it was; or where, of all devices of the ring that belong to no
 *       node, it is the only one of this name.
 *   <li>What is left out follows from the spec alone, at any time: a device that is named no longer
 *       has to be done like all others.
 * </ul>
 *
 * @param ringDevices ids of the ring's devices that are left out
 * @param byNode names of devices that are left out, of the ring or not, by node
 * @param all each with where it is in the ring, as the status keeps it
 * @param strangers those of the user's that nobody knows
 * @param refusal why none is left out, as sentences; null if they are
 * @param returned those that the user does not name, and that get no work either: see {@link
 *     Returned}
 */
record Exclusions(
    Set<Integer> ringDevices,
    Map<String, Set<String>> byNode,
    List<Excluded> all,
    List<ExcludedDevice> strangers,
    @Nullable String refusal,
    List<Problem> returned) {

  static final Exclusions NONE =
      new Exclusions(Set.of(), Map.of(), List.of(), List.of(), null, List.of());

  /**
   * Decides on what the user wants.
   *
   * @param places every device of the ring, with the nodes that it may belong to
   */
  static Exclusions of(Observation seen, Ring ring, List<Place> places) {
    List<ExcludedDevice> wanted = seen.increase().spec().nodes().excludeDevices();
    if (wanted.isEmpty()) {
      return NONE;
    }
    Finder finder = new Finder(seen, places);
    wanted.forEach(finder::find);
    Optional<String> refusal =
        Replicas.missingWithout(
            ring, finder.ringDevices, seen.nodes(), seen.increase().spec().policyIndex());
    return refusal.isPresent()
        ? new Exclusions(Set.of(), Map.of(), List.of(), finder.strangers, refusal.get(), List.of())
        : new Exclusions(
            finder.ringDevices, finder.byNode, finder.all, finder.strangers, null, List.of());
  }

  /** The same, and these get no work. */
  Exclusions holding(List<Problem> newReturned) {
    Map<String, Set<String>> names = new TreeMap<>();
    byNode.forEach((node, devices) -> names.put(node, new TreeSet<>(devices)));
    for (Problem problem : newReturned) {
      if (problem.node() != null && problem.device() != null) {
        names.computeIfAbsent(problem.node(), unused -> new TreeSet<>()).add(problem.device());
      }
    }
    return new Exclusions(ringDevices, names, all, strangers, refusal, List.copyOf(newReturned));
  }

  /** Names of the devices of a node that get no work. */
  Set<String> ofNode(String node) {
    return byNode.getOrDefault(node, Set.of());
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** What to say of them while work goes on, after a blank; empty if there is nothing to say. */
  static String message(Exclusions exclusions) {
    if (exclusions.refusal() != null) {
      return " " + exclusions.refusal();
    }
    return exclusions.isEmpty()
        ? ""
        : " %d device(s) left out, as spec.nodes.excludeDevices has it."
            .formatted(exclusions.all().size());
  }

  /** As in {@code sda1 of node-a, sdb2 of node-b}. */
  static String names(List<ExcludedDevice> devices) {
    return devices.stream()
        .map(device -> device.device() + " of " + device.node())
        .collect(Collectors.joining(", "));
  }

  /** Finds out what the user means. */
  private static final class Finder {
    private final List<Place> places;
    private final List<Excluded> before;
    private final Map<String, Node> nodes = new TreeMap<>();
    private final Map<String, Set<String>> devicesOfTasks = new TreeMap<>();
    private final Set<Integer> ringDevices = new TreeSet<>();
    private final Map<String, Set<String>> byNode = new TreeMap<>();
    private final List<Excluded> all = new ArrayList<>();
    private final List<ExcludedDevice> strangers = new ArrayList<>();

    Finder(Observation seen, List<Place> places) {
      this.places = places;
      PartitionPowerIncreaseStatus status = seen.increase().status();
      this.before = status == null || status.excluded() == null ? List.of() : status.excluded();
      seen.nodes().forEach(node -> nodes.put(node.name(), node));
      for (Task task : seen.tasks()) {
        devicesOfTasks
            .computeIfAbsent(task.spec().nodeName(), unused -> new TreeSet<>())
            .addAll(task.spec().devices());
      }
    }

    void find(ExcludedDevice wanted) {
      Optional<Place> place =
          places.stream().filter(candidate -> isMeant(wanted, candidate)).findFirst();
      Set<String> owners = owners(wanted, place);
      if (place.isEmpty() && owners.stream().noneMatch(node -> holds(node, wanted.device()))) {
        strangers.add(wanted);
        return;
      }
      RingDevice device = place.map(Place::device).orElse(null);
      owners.forEach(
          node -> byNode.computeIfAbsent(node, unused -> new TreeSet<>()).add(wanted.device()));
      if (device != null) {
        ringDevices.add(device.id());
      }
      all.add(
          new Excluded(
              wanted.node(),
              wanted.device(),
              device == null ? null : device.id(),
              device == null ? null : device.ip()));
    }

    private boolean isMeant(ExcludedDevice wanted, Place place) {
      RingDevice device = place.device();
      if (!device.device().equals(wanted.device())) {
        return false;
      }
      return place.nodes().contains(wanted.node())
          || isAddressOf(wanted.node(), device)
          || wasMeant(wanted, device)
          || isOnlyOneLeft(wanted, place);
    }

    private static boolean isAddressOf(String name, RingDevice device) {
      String address = DeviceMap.canonical(name);
      return address.equals(DeviceMap.canonical(device.ip()))
          || address.equals(DeviceMap.canonical(device.replicationIp()));
    }

    private boolean wasMeant(ExcludedDevice wanted, RingDevice device) {
      return !hasAddress(wanted.node())
          && before.stream()
              .anyMatch(
                  known ->
                      known.node().equals(wanted.node())
                          && known.device().equals(wanted.device())
                          && Objects.equals(known.ringDevice(), device.id())
                          && Objects.equals(known.address(), device.ip()));
    }

    /** Nobody else can be meant: of the nodes that are there, none has it. */
    private boolean isOnlyOneLeft(ExcludedDevice wanted, Place place) {
      return place.nodes().isEmpty()
          && !hasAddress(wanted.node())
          && holds(wanted.node(), wanted.device())
          && places.stream()
                  .filter(other -> other.nodes().isEmpty())
                  .filter(other -> other.device().device().equals(wanted.device()))
                  .count()
              == 1;
    }

    private boolean hasAddress(String node) {
      Node known = nodes.get(node);
      return known != null && !known.addresses().isEmpty();
    }

    /** Whether a node, or a task of it, has ever told of such a device. */
    private boolean holds(String node, String device) {
      Node known = nodes.get(node);
      boolean found =
          known != null
              && known.inventory() != null
              && known.inventory().devices().stream().anyMatch(d -> d.name().equals(device));
      return found || devicesOfTasks.getOrDefault(node, Set.of()).contains(device);
    }

    /** The nodes whose agents are to leave it alone. */
    private Set<String> owners(ExcludedDevice wanted, Optional<Place> place) {
      Set<String> owners = new TreeSet<>(place.map(Place::nodes).orElse(Set.of()));
      if (nodes.containsKey(wanted.node()) || devicesOfTasks.containsKey(wanted.node())) {
        owners.add(wanted.node());
      } else if (owners.isEmpty()) {
        Set<String> gone = new TreeSet<>(devicesOfTasks.keySet());
        gone.addAll(nodes.keySet());
        gone.removeIf(node -> hasAddress(node) || !holds(node, wanted.device()));
        if (gone.size() == 1) {
          owners.addAll(gone);
        }
      }
      return owners;
    }
  }
}
