package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.StorageNodeStatus.PolicyStatus;
import dev.ringlift.operator.plan.Observation.Node;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingDevice;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is left of each partition without some devices. A replication policy needs one replica; an
 * erasure coding policy as many different fragments as hold data: replica r of a partition holds
 * fragment r modulo their number (Swift's {@code get_backend_index}, for policies that duplicate
 * them). Which kind a policy is stands in swift.conf, and agents tell; where they differ, the most
 * is needed.
 */
final class Replicas {
  private Replicas() {}

  /**
   * Why the ring can't do without these devices, as sentences; empty if it can.
   *
   * @param devices ids in the ring
   */
  static Optional<String> missingWithout(
      Ring ring, Set<Integer> devices, List<Node> nodes, int policyIndex) {
    if (devices.isEmpty()) {
      return Optional.empty();
    }
    Optional<PolicyStatus> policy =
        nodes.stream()
            .filter(node -> node.inventory() != null)
            .flatMap(node -> node.inventory().policies().stream())
            .filter(each -> each.index() == policyIndex)
            .max(
                Comparator.comparingInt(PolicyStatus::dataFragments)
                    .thenComparing(PolicyStatus::fragments, Comparator.reverseOrder()));
    if (policy.isEmpty()) {
      return Optional.of(
          "No device can be left out before an agent tells which kind of policy %d is: see that swift.conf of a storage node has it, and that its agent is of this version."
              .formatted(policyIndex));
    }
    return missingWithout(ring, devices, policy.get());
  }

  private static Optional<String> missingWithout(
      Ring ring, Set<Integer> devices, PolicyStatus policy) {
    BitSet without = new BitSet();
    devices.forEach(without::set);
    int needed = Math.max(1, policy.dataFragments());
    int different = needed == 1 ? 1 : Math.max(needed, policy.fragments());
    int tooFew = 0;
    int example = -1;
    for (int partition = 0; partition < ring.partitions(); partition++) {
      if (left(ring, partition, without, different) < needed) {
        tooFew++;
        example = example < 0 ? partition : example;
      }
    }
    return tooFew == 0 ? Optional.empty() : Optional.of(describe(ring, needed, tooFew, example));
  }

  /** How many different ones are on other devices. */
  private static int left(Ring ring, int partition, BitSet without, int different) {
    BitSet found = new BitSet(different);
    for (int replica = 0; replica < ring.replicaRows(); replica++) {
      if (partition < ring.rowLength(replica) && !without.get(ring.deviceId(replica, partition))) {
        found.set(replica % different);
      }
    }
    return found.cardinality();
  }

  private static String describe(Ring ring, int needed, int count, int example) {
    Set<Integer> devices = new TreeSet<>();
    for (int replica = 0; replica < ring.replicaRows(); replica++) {
      if (example < ring.rowLength(replica)) {
        devices.add(ring.deviceId(replica, example));
      }
    }
    String where = devices.stream().map(id -> name(ring, id)).collect(Collectors.joining(", "));
    String what =
        needed == 1
            ? "would be left without a replica"
            : "would be left with fewer than the %d fragments that an object needs"
                .formatted(needed);
    return String.format(
        Locale.ROOT,
        "Without the devices in spec.nodes.excludeDevices, %,d of %,d partitions %s, such as partition %d, which is on %s. None of them is left out: bring some of them back, or name fewer.",
        count,
        ring.partitions(),
        what,
        example,
        where);
  }

  private static String name(Ring ring, int id) {
    RingDevice device = id < ring.devices().size() ? ring.devices().get(id) : null;
    return device == null ? "d" + id : "d%d (%s at %s)".formatted(id, device.device(), device.ip());
  }
}
