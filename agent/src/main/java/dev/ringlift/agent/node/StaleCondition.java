package dev.ringlift.agent.node;

import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.DeviceStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
    String status = stale.isEmpty() ? "False" : "True";
    @Nullable Condition old =
        before == null
            ? null
            : before.conditions().stream()
                .filter(known -> StorageNodeStatus.STALE_DEVICE.equals(known.getType()))
                .findFirst()
                .orElse(null);
    boolean same = old != null && status.equals(old.getStatus());
    return new ConditionBuilder()
        .withType(StorageNodeStatus.STALE_DEVICE)
        .withStatus(status)
        .withReason(stale.isEmpty() ? "AsExpected" : StorageNodeStatus.STALE_DEVICE)
        .withMessage(message(stale))
        .withLastTransitionTime(
            same && old != null
                ? old.getLastTransitionTime()
                : now.truncatedTo(ChronoUnit.SECONDS).toString())
        .build();
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
