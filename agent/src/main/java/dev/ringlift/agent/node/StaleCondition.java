package dev.ringlift.agent.node;

import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.DeviceStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The condition that tells of devices that missed a cleanup. It is what remains to be seen of such
 * a device when no increase is there that could tell.
 */
final class StaleCondition {
  private static final int SHOWN = 3;

  private StaleCondition() {}

  /**
   * @param before what was last reported; its time stays while nothing has changed
   */
  static Condition of(List<DeviceStatus> devices, @Nullable StorageNodeStatus before, Instant now) {
    List<DeviceStatus> stale =
        devices.stream().filter(device -> !device.leftovers().isEmpty()).toList();
    return NodeCondition.of(
        StorageNodeStatus.STALE_DEVICE,
        stale.isEmpty() ? "False" : "True",
        stale.isEmpty() ? "AsExpected" : StorageNodeStatus.STALE_DEVICE,
        message(stale),
        before,
        now);
  }

  private static String message(List<DeviceStatus> stale) {
    if (stale.isEmpty()) {
      return "No device holds what an earlier increase left behind.";
    }
    String shown =
        stale.stream()
            .limit(SHOWN)
            .map(device -> device.name() + " (" + device.leftovers().getFirst() + ")")
            .collect(Collectors.joining(", "));
    return "Devices that an earlier increase left uncleaned: %s%s. Wipe them."
        .formatted(shown, stale.size() > SHOWN ? " and " + (stale.size() - SHOWN) + " more" : "");
  }
}
