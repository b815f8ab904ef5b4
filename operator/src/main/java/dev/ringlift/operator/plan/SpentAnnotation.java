package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Halt;
import dev.ringlift.operator.plan.Decision.TaskChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An annotation by which a user told something, and which is to be removed: it has had its effect,
 * or it has none. It is removed last of all, and only with the value that was looked at.
 *
 * @param key of the annotation
 * @param value that it has
 * @param refusal what is to be said of one that has no effect; null if it had its effect
 */
public record SpentAnnotation(String key, String value, @Nullable Announcement refusal) {

  static SpentAnnotation refused(String key, String value, EventReason reason, String why) {
    return new SpentAnnotation(
        key, value, Announcement.warning(reason.name(), key + " was refused, and removed. " + why));
  }

  /**
   * All that are to be removed.
   *
   * @param plan that was made of what was seen
   * @param next the status that was written after it
   * @param undone names of the tasks that the plan was to change, and that are still to be changed
   */
  public static List<SpentAnnotation> of(
      Observation seen, Plan plan, PartitionPowerIncreaseStatus next, Set<String> undone) {
    List<SpentAnnotation> spent = new ArrayList<>();
    AcceptRing.of(seen, next).ifPresent(spent::add);
    approval(seen, plan, next).ifPresent(spent::add);
    retry(seen, plan, undone).ifPresent(spent::add);
    return spent;
  }

  /**
   * It has its effect in the plan that begins another try on every node that it names, once all of
   * that is written; while all rests, or stands still because of another hand's ring, it is kept.
   */
  private static Optional<SpentAnnotation> retry(Observation seen, Plan plan, Set<String> undone) {
    String raw = seen.increase().annotations().get(ApiConstants.ANNOTATION_RETRY);
    if (raw == null || plan.facts().rest() != null || plan.decision() instanceof Halt) {
      return Optional.empty();
    }
    List<TaskChange> tries =
        plan.decision() instanceof ChangeTasks change
            ? change.changes().stream().filter(task -> triesAgain(seen, task)).toList()
            : List.of();
    if (!tries.isEmpty()) {
      return tries.stream().map(TaskChange::name).anyMatch(undone::contains)
          ? Optional.empty()
          : Optional.of(new SpentAnnotation(ApiConstants.ANNOTATION_RETRY, raw, null));
    }
    return Optional.of(
        refused(
            ApiConstants.ANNOTATION_RETRY,
            raw,
            EventReason.RetryRefused,
            "It names no node whose task has failed now; nor is it %s, with one that has."
                .formatted(Retries.ALL)));
  }

  private static boolean triesAgain(Observation seen, TaskChange change) {
    return new Retries(seen.increase()).isAskedFor(change.spec().nodeName())
        && seen.tasks().stream()
            .anyMatch(
                task ->
                    task.name().equals(change.name())
                        && task.status() != null
                        && task.status().attempt() < change.spec().attempt());
  }

  private static Optional<SpentAnnotation> approval(
      Observation seen, Plan plan, PartitionPowerIncreaseStatus next) {
    String raw = seen.increase().annotations().get(ApiConstants.ANNOTATION_APPROVE);
    String gate = seen.increase().approve();
    if (raw == null || gate == null) {
      return Optional.empty();
    }
    if (Gate.isApproved(next, gate)) {
      return Optional.of(new SpentAnnotation(ApiConstants.ANNOTATION_APPROVE, raw, null));
    }
    boolean asks =
        plan.decision().reason() == Reason.ApprovalRequired
            || plan.decision().reason() == Reason.AwaitingReplication;
    return Optional.of(
        refused(
            ApiConstants.ANNOTATION_APPROVE,
            raw,
            EventReason.ApprovalRefused,
            "%s is not the gate that is open. %s"
                .formatted(
                    gate,
                    asks
                        ? plan.decision().message()
                        : "None is. Set it again when one asks for it.")));
  }
}
