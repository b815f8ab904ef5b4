package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.StorageNodeSpec.LeftOut;
import dev.ringlift.operator.plan.Observation.Node;
import dev.ringlift.ring.Ring;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What StorageNodes remember of devices that were left out, beyond the increase that did it.
 *
 * <p>Invariants: from the first ring of an increase on, every device that it leaves out is
 * remembered, with the power at which it was left. It is forgotten only when a cycle of the same
 * policy has ended in which it was cleaned up like all others.
 *
 * @param node its name
 * @param before what is remembered of it now, as far as it was seen
 * @param leftOut all that is to be remembered of it
 */
public record Remembrance(String node, List<LeftOut> before, List<LeftOut> leftOut) {
  public Remembrance {
    before = List.copyOf(before);
    leftOut = List.copyOf(leftOut);
  }

  /** Those that differ from what is remembered. */
  static List<Remembrance> of(Observation seen, Ring ring, DeviceMap devices) {
    PartitionPowerIncreaseStatus status = seen.increase().status();
    List<Remembrance> all = new ArrayList<>();
    if (!PublishedRing.seen(status)) {
      return all;
    }
    boolean cycleEnded = ring.nextPartPower() == null;
    int power = power(seen, ring);
    for (Node node : seen.nodes()) {
      if (node.inventory() == null) {
        continue;
      }
      List<LeftOut> wanted = new ArrayList<>(node.leftOut());
      if (cycleEnded) {
        Set<String> done = cleaned(seen, node.name(), ring.partPower());
        wanted.removeIf(known -> isOf(known, seen) && done.contains(known.device()));
      } else {
        addMissing(wanted, devices.exclusions().ofNode(node.name()), seen, power);
      }
      if (!wanted.equals(node.leftOut())) {
        all.add(new Remembrance(node.name(), node.leftOut(), wanted));
      }
    }
    return all;
  }

  /** The power at which the cycle under way began. */
  static int power(Observation seen, Ring ring) {
    return Cycles.position(seen, ring) == Cycles.Position.Increased
        ? ring.partPower() - 1
        : ring.partPower();
  }

  /** The devices that were cleaned up in the cycle that has ended. */
  static Set<String> cleaned(Observation seen, String node, int partPower) {
    return seen.tasks().stream()
        .filter(task -> task.spec().nodeName().equals(node))
        .filter(task -> task.spec().step() == Step.Cleanup)
        .filter(task -> task.spec().partPower() == partPower)
        .flatMap(task -> task.status() == null ? Stream.empty() : task.status().devices().stream())
        .filter(device -> device.state() == DeviceState.Succeeded)
        .map(DeviceProgress::name)
        .collect(Collectors.toSet());
  }

  private static void addMissing(
      List<LeftOut> wanted, Set<String> excluded, Observation seen, int power) {
    Set<String> missing = new TreeSet<>(excluded);
    wanted.stream()
        .filter(known -> isOf(known, seen))
        .map(LeftOut::device)
        .forEach(missing::remove);
    int policy = seen.increase().spec().policyIndex();
    missing.forEach(
        device -> wanted.add(new LeftOut(device, policy, power, seen.increase().name())));
  }

  private static boolean isOf(LeftOut known, Observation seen) {
    return known.policyIndex() == seen.increase().spec().policyIndex();
  }
}
