package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.LabelRules;
import dev.ringlift.api.v1alpha1.NodeSelection;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.operator.plan.Observation.Node;
import java.util.Optional;

/**
 * Nodes with devices to be done that are not to work: by a label of theirs, for the time being, or
 * because the user did not select them. Either way nobody else can do their devices, and an object
 * that is not relinked can't be found after the increase. So the step waits for them.
 */
final class HeldBack {
  private HeldBack() {}

  /** Why a node with devices to be done may not do them; empty if it may. */
  static Optional<Problem> why(Node node, NodeSelection selection) {
    if (isSkipped(node)) {
      return Optional.of(
          problem(
              node,
              Reason.NodeSkipped,
              "is held back by its label %s; it is waited for until that is gone"
                  .formatted(ApiConstants.LABEL_SKIP)));
    }
    LabelRules selector = selection.selector();
    if (selector != null && !selector.matches(node.labels())) {
      return Optional.of(
          problem(
              node,
              Reason.NodeNotSelected,
              "has devices that have to be done, and spec.nodes.selector leaves it out; widen the"
                  + " selector, or label the node"));
    }
    return Optional.empty();
  }

  private static boolean isSkipped(Node node) {
    String value = node.labels().get(ApiConstants.LABEL_SKIP);
    return value != null && !value.equalsIgnoreCase("false");
  }

  private static Problem problem(Node node, Reason reason, String what) {
    return new Problem(
        node.name(), null, reason.name(), "Node %s %s.".formatted(node.name(), what));
  }
}
