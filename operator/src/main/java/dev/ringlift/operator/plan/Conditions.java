package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.operator.plan.Decision.Adopt;
import dev.ringlift.operator.plan.Decision.Cancelled;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.Fail;
import dev.ringlift.operator.plan.Decision.Halt;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Stall;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds all conditions, once, from a plan; the time of each moves only when its status does. */
final class Conditions {
  private final Observation.Increase increase;
  private final Plan plan;
  private final Instant now;
  private final List<Condition> conditions = new ArrayList<>();

  private Conditions(Observation.Increase increase, Plan plan, Instant now) {
    this.increase = increase;
    this.plan = plan;
    this.now = now;
  }

  static List<Condition> of(Observation.Increase increase, Plan plan, Instant now) {
    Conditions conditions = new Conditions(increase, plan, now);
    conditions.addSummary();
    conditions.addPreflight();
    conditions.addRingDistributed();
    conditions.addApproval();
    conditions.addPaused();
    conditions.addDegraded();
    conditions.addComplete();
    return List.copyOf(conditions.conditions);
  }

  static @Nullable Condition find(
      @Nullable PartitionPowerIncreaseStatus status, ConditionType type) {
    if (status == null || status.conditions() == null) {
      return null;
    }
    return status.conditions().stream()
        .filter(condition -> type.name().equals(condition.getType()))
        .findFirst()
        .orElse(null);
  }

  private void addSummary() {
    Decision decision = plan.decision();
    boolean complete = decision instanceof Complete || decision instanceof Cancelled;
    boolean stalled =
        decision instanceof Stall || decision instanceof Halt || decision instanceof Fail;
    add(ConditionType.Ready, complete, decision.reason(), decision.message());
    add(ConditionType.Reconciling, !complete && !stalled, decision.reason(), decision.message());
    if (stalled) {
      add(ConditionType.Stalled, true, decision.reason(), decision.message());
    } else {
      add(ConditionType.Stalled, false, Reason.AsExpected, "Nothing has to be mended.");
    }
  }

  private void addPreflight() {
    List<PreflightCheck> checks = plan.facts().preflight();
    if (checks == null) {
      keepPreflight();
      return;
    }
    List<String> failures = Preflight.failures(checks);
    if (failures.isEmpty()) {
      add(
          ConditionType.PreflightPassed,
          true,
          Reason.PreflightPassed,
          "All %d checks hold%s.".formatted(checks.size(), warnings(checks)));
    } else {
      add(ConditionType.PreflightPassed, false, Reason.PreflightFailed, Sentences.first(failures));
    }
  }

  private static String warnings(List<PreflightCheck> checks) {
    List<String> warnings =
        checks.stream()
            .filter(check -> check.result() == PreflightCheck.Result.Warning)
            .map(PreflightCheck::check)
            .toList();
    return warnings.isEmpty()
        ? ""
        : "; read what status.preflight warns of: " + String.join(", ", warnings);
  }

  private void addRingDistributed() {
    Barrier barrier = plan.facts().barrier();
    if (plan.decision() instanceof Publish publish) {
      add(ConditionType.RingDistributed, false, Reason.PublishingRing, publish.message());
    } else if (plan.decision() instanceof Adopt adopt) {
      add(ConditionType.RingDistributed, false, adopt.reason(), adopt.message());
    } else if (barrier == null) {
      // Not the former True: while nobody looked, nodes may have had another ring in between.
      add(ConditionType.RingDistributed, "Unknown", Reason.NotYet, "Not looked at.");
    } else if (barrier.passed()) {
      add(
          ConditionType.RingDistributed,
          true,
          Reason.RingDistributed,
          "All %s have the ring that the store has.".formatted(barrier.everybody()));
    } else {
      add(
          ConditionType.RingDistributed,
          false,
          barrier.lost().isEmpty() ? Reason.RingNotDistributed : Reason.NodeLost,
          Sentences.first(barrier.missing().stream().map(Problem::message).toList()));
    }
  }

  private void addApproval() {
    Decision decision = plan.decision();
    if (decision.reason() == Reason.ApprovalRequired) {
      add(ConditionType.AwaitingApproval, true, decision.reason(), decision.message());
    } else {
      add(
          ConditionType.AwaitingApproval,
          false,
          Reason.AsExpected,
          "Nothing waits for an approval.");
    }
  }

  private void addPaused() {
    Rest rest = plan.facts().rest();
    if (rest != null && !plan.phase().terminal()) {
      add(ConditionType.Paused, true, rest.reason(), rest.message());
    } else {
      add(ConditionType.Paused, false, Reason.AsExpected, "Work is allowed.");
    }
  }

  private void addDegraded() {
    List<Problem> problems = plan.facts().problems();
    if (problems.isEmpty()) {
      add(ConditionType.Degraded, false, Reason.AsExpected, "Nothing has a problem.");
    } else {
      add(
          ConditionType.Degraded,
          true,
          Reason.valueOf(problems.getFirst().reason()),
          Sentences.first(problems.stream().map(Problem::message).toList()));
    }
  }

  private void addComplete() {
    Decision decision = plan.decision();
    if (plan.phase().terminal()) {
      add(
          ConditionType.Complete,
          decision instanceof Complete,
          decision.reason(),
          decision.message());
    } else {
      add(
          ConditionType.Complete,
          false,
          plan.facts().cycle() == null ? Reason.NotYet : Reason.InProgress,
          "The ring has not reached the target yet.");
    }
  }

  private void keepPreflight() {
    Condition old = find(increase.status(), ConditionType.PreflightPassed);
    if (old != null) {
      conditions.add(old);
    } else {
      add(ConditionType.PreflightPassed, "Unknown", Reason.NotYet, "Not checked yet.");
    }
  }

  private void add(ConditionType type, boolean status, Reason reason, String message) {
    add(type, status ? "True" : "False", reason, message);
  }

  private void add(ConditionType type, String status, Reason reason, String message) {
    Condition old = find(increase.status(), type);
    boolean same = old != null && status.equals(old.getStatus());
    if (status.equals("True") && isOfAnotherRing(type)) {
      same = false;
    }
    conditions.add(
        new ConditionBuilder()
            .withType(type.name())
            .withStatus(status)
            .withReason(reason.name())
            .withMessage(message)
            .withObservedGeneration(increase.generation())
            .withLastTransitionTime(
                same && old != null ? old.getLastTransitionTime() : Times.format(now))
            .build());
  }

  /** That all had the last ring says nothing about since when they have this one. */
  private boolean isOfAnotherRing(ConditionType type) {
    PartitionPowerIncreaseStatus old = increase.status();
    return type == ConditionType.RingDistributed
        && plan.facts().ring() != null
        && old != null
        && old.ring() != null
        && !old.ring().md5().equals(plan.facts().ring().md5());
  }
}
