package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.StorageNodeSpec.LeftOut;
import dev.ringlift.operator.plan.Observation.Node;
import dev.ringlift.ring.Ring;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Devices that were left out once, that have to be done again, and of which nobody has said that
 * they were wiped: their StorageNode still names them. What they hold lies at places of a former
 * power, or has been deleted since; relinked or cleaned up, it would come back. What agents find of
 * that themselves rests on a sample.
 *
 * <p>Invariant: such a device gets no work, and no step begins and no ring is published with it,
 * but where it was left out in the very cycle under way: then nothing of it is older than all the
 * rest.
 */
final class Returned {
  private Returned() {}

  /**
   * All of them.
   *
   * @param devices without what the user leaves out now
   */
  static List<Problem> of(Observation seen, Ring ring, DeviceMap devices) {
    String dataDir = DataDir.of(seen.increase().spec().policyIndex());
    List<Problem> returned = new ArrayList<>();
    for (Node node : seen.nodes()) {
      if (node.leftOut().isEmpty()) {
        continue;
      }
      Set<String> required = devices.required(node, dataDir);
      node.leftOut().stream()
          .filter(known -> known.policyIndex() == seen.increase().spec().policyIndex())
          .filter(known -> required.contains(known.device()))
          .filter(known -> !isOfThisCycle(known, node, seen, ring))
          .map(known -> problem(known, node))
          .forEach(returned::add);
    }
    return returned;
  }

  private static boolean isOfThisCycle(LeftOut known, Node node, Observation seen, Ring ring) {
    if (Cycles.hasNotBegun(seen.increase().status(), ring)) {
      return false;
    }
    return ring.nextPartPower() == null
        ? Remembrance.cleaned(seen, node.name(), ring.partPower()).contains(known.device())
        : known.increase().equals(seen.increase().name())
            && known.partPower() == Remembrance.power(seen, ring);
  }

  private static Problem problem(LeftOut known, Node node) {
    return new Problem(
        node.name(),
        known.device(),
        Reason.StaleDevice.name(),
        "Device %s of node %s was left out by increase %s, at partition power %d, and its StorageNode still names it: what it holds may have been moved or deleted elsewhere since. Wipe it, then take it off spec.excludedDevices (kubectl edit storagenode %s); or name it in spec.nodes.excludeDevices."
            .formatted(
                known.device(),
                node.name(),
                Sentences.foreign(known.increase()),
                known.partPower(),
                node.name()));
  }
}
