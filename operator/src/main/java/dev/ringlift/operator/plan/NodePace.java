package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How long the work on a node takes, by the working time that its agent has measured: pauses,
 * windows, turns, and the waits between two tries are none of it.
 *
 * <ol>
 *   <li>A device: what its share of the partitions took, in all tries, over that share.
 *   <li>One that tells nothing yet: the mean of the node's others.
 *   <li>The devices of a node are walked at the same time, so that it takes as long as its slowest
 *       one; and then as long as what failed on others takes, which is tried again after that.
 * </ol>
 *
 * @param whole in seconds of work, from begin to end
 * @param left in seconds of work, from what the agent said last
 */
record NodePace(double whole, double left) {
  /** Below this share of a device there is no ground yet for an estimate. */
  private static final double TELLING = 0.02;

  /** Empty if nothing tells. */
  static Optional<NodePace> of(Set<String> devices, RelinkTaskStatus status) {
    Map<String, DeviceProgress> said = new HashMap<>();
    status.devices().forEach(device -> said.put(device.name(), device));
    Map<String, Double> known = new HashMap<>();
    for (String name : devices) {
      Double whole = whole(said.get(name));
      if (whole != null) {
        known.put(name, whole);
      }
    }
    if (known.isEmpty()) {
      return Optional.empty();
    }
    double mean = known.values().stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    double whole = 0;
    double walking = 0;
    double failed = 0;
    for (String name : devices) {
      DeviceProgress device = said.get(name);
      double all = known.getOrDefault(name, mean);
      double rest = all * (1 - (device == null ? 0 : StepProgress.share(device)));
      whole = Math.max(whole, all);
      if (device != null && device.state() == DeviceState.Failed) {
        failed = Math.max(failed, rest);
      } else {
        walking = Math.max(walking, rest);
      }
    }
    return Optional.of(new NodePace(Math.max(whole, walking + failed), walking + failed));
  }

  /** Null if it does not tell. */
  private static @Nullable Double whole(@Nullable DeviceProgress device) {
    Long worked = device == null ? null : device.workedSeconds();
    if (device == null || worked == null || worked < 0) {
      return null;
    }
    double share = Math.min(1, StepProgress.share(device));
    return share < TELLING || (worked == 0 && share < 1) ? null : worked / share;
  }
}
