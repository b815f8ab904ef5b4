package dev.ringlift.agent.node;

import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes a condition whose time moves only with its status. */
final class NodeCondition {
  private NodeCondition() {}

  static Condition of(
      String type,
      String status,
      String reason,
      String message,
      @Nullable StorageNodeStatus before,
      Instant now) {
    return new ConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason)
        .withMessage(message)
        .withLastTransitionTime(
            since(type, status, before)
                .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString()))
        .build();
  }

  private static Optional<String> since(
      String type, String status, @Nullable StorageNodeStatus before) {
    return before == null
        ? Optional.empty()
        : before.conditions().stream()
            .filter(known -> type.equals(known.getType()) && status.equals(known.getStatus()))
            .findFirst()
            .map(Condition::getLastTransitionTime);
  }
}
