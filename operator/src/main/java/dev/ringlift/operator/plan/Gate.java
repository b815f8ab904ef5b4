package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.Gates;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.operator.plan.Decision.Approve;
import dev.ringlift.operator.plan.Decision.Wait;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a user can keep for himself to decide on, once in each cycle.
 *
 * <p>A gate is open, and asks, once everything else holds that has to hold before what is behind
 * it. The approval is an annotation; that it was given is written to the status, over the very
 * object that carried it, before anything is done because of it, and the annotation is removed
 * last. So an approval that is taken back before that counts for nothing, and one that was noted
 * outlives whoever noted it, and a step that has to begin anew.
 */
enum Gate {
  Relink("Then objects are linked into their new places; nothing is removed."),
  Increase("Then the ring is increased, and there is no way back."),
  Cleanup("Then objects are removed from their old places.");

  private final String consequence;

  Gate(String consequence) {
    this.consequence = consequence;
  }

  /** As a user names it: {@code Increase/1}. */
  String in(Cycle cycle) {
    return name() + "/" + cycle.number();
  }

  /** Empty if it lets pass. */
  Optional<Decision> hold(Scene scene, String advice) {
    Cycle cycle = Objects.requireNonNull(scene.cycle(), "gates belong to a cycle");
    String name = in(cycle);
    if (setting(scene.spec().gates()) == Gates.Gate.Automatic || isApproved(scene.status(), name)) {
      return Optional.empty();
    }
    Observation.Increase increase = scene.seen().increase();
    if (name.equals(increase.approve())) {
      return Optional.of(
          new Approve(Reason.Approved, "%s was approved.".formatted(name), name, cycle.number()));
    }
    return Optional.of(
        new Wait(
            Reason.ApprovalRequired,
            "%sWaits for an approval: kubectl annotate ppi %s %s=%s. %s%s"
                .formatted(
                    advice,
                    increase.name(),
                    ApiConstants.ANNOTATION_APPROVE,
                    name,
                    consequence,
                    scene.besides()),
            scene.settings().recheck()));
  }

  static boolean isApproved(@Nullable PartitionPowerIncreaseStatus status, String name) {
    return status != null && status.approved() != null && status.approved().contains(name);
  }

  private Gates.Gate setting(Gates gates) {
    return switch (this) {
      case Relink -> gates.relink();
      case Increase -> gates.increase();
      case Cleanup -> gates.cleanup();
    };
  }
}
