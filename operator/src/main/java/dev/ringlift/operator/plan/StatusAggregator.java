package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Excluded;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.KnownConsumer;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.NodeCounts;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Progress;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.RingStatus;
import dev.ringlift.operator.plan.Decision.Adopt;
import dev.ringlift.operator.plan.Decision.Approve;
import dev.ringlift.operator.plan.Decision.Halt;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.ring.Transition;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns a plan into the status that says it. What a plan did not look at stays as it was last said;
 * a status that says nothing new is the old one, so that nothing is written.
 */
public final class StatusAggregator {
  private static final int PROBLEMS = 20;

  private StatusAggregator() {}

  /** Since when every node has the given ring; null if not all have it, or it is another ring. */
  static @Nullable Instant distributedSince(
      @Nullable PartitionPowerIncreaseStatus status, String ringMd5) {
    Condition condition = Conditions.find(status, ConditionType.RingDistributed);
    if (status == null
        || condition == null
        || !"True".equals(condition.getStatus())
        || status.ring() == null
        || !status.ring().md5().equals(ringMd5)) {
      return null;
    }
    Instant since = Times.parse(condition.getLastTransitionTime(), Instant.MAX);
    return since.equals(Instant.MAX) ? null : since;
  }

  /** The status to be written before the plan's decision is carried out. */
  public static PartitionPowerIncreaseStatus aggregate(
      Observation.Increase increase, Plan plan, Instant now) {
    PartitionPowerIncreaseStatus old = increase.status();
    Plan.Facts facts = plan.facts();
    Publish publish = plan.decision() instanceof Publish decided ? decided : null;
    Adopt adopt = plan.decision() instanceof Adopt decided ? decided : null;
    boolean terminal = plan.phase().terminal();
    List<Problem> problems = facts.problems();
    PartitionPowerIncreaseStatus next =
        new PartitionPowerIncreaseStatus(
            increase.generation(),
            plan.phase(),
            plan.decision().message(),
            or(facts.fromPartPower(), old == null ? null : old.fromPartPower()),
            facts.cycle() == null && old != null ? old.cycle() : facts.cycle(),
            RingTimes.carryOn(
                old,
                facts.ring(),
                publication(old, plan.decision()),
                facts.barrier() != null && facts.barrier().passed(),
                now),
            publication(old, plan.decision()),
            nodes(old, plan),
            progress(increase, plan, now),
            pastPointOfNoReturn(increase, facts.ring(), publish, adopt),
            replicationSuspendedSince(old, facts.ring(), publish, adopt, now),
            cleanupDeadline(increase, facts.ring(), publish, adopt, now),
            approved(old, plan.decision()),
            excluded(old, facts.devices()),
            consumers(increase, facts.barrier(), publish, adopt),
            or(facts.preflight(), old == null ? null : old.preflight()),
            problems.isEmpty()
                ? null
                : List.copyOf(problems.subList(0, Math.min(PROBLEMS, problems.size()))),
            Conditions.of(increase, plan, now),
            startTime(old, publish, adopt, now),
            old != null && old.completionTime() != null
                ? old.completionTime()
                : terminal ? Times.format(now) : null);
    return old != null && saysNothingNew(old, next) ? old : next;
  }

  private static <T> @Nullable T or(@Nullable T value, @Nullable T otherwise) {
    return value == null ? otherwise : value;
  }

  private static @Nullable Publication publication(
      @Nullable PartitionPowerIncreaseStatus old, Decision decision) {
    Publication last = old == null ? null : old.publication();
    return switch (decision) {
      case Publish publish -> publish.intent();
      case Adopt adopt -> adopt.intent();
      case Halt halt when halt.disturbs() && last != null -> disturbed(last);
      default -> last;
    };
  }

  private static Publication disturbed(Publication p) {
    return new Publication(
        p.transition(),
        p.cycle(),
        p.md5(),
        p.version(),
        p.fromMd5(),
        p.decidedAt(),
        p.partPower(),
        p.nextPartPower(),
        p.devices(),
        p.builderId(),
        p.round(),
        true);
  }

  /** What is taken over began before. */
  private static @Nullable String startTime(
      @Nullable PartitionPowerIncreaseStatus old,
      @Nullable Publish publish,
      @Nullable Adopt adopt,
      Instant now) {
    if (old != null && old.startTime() != null) {
      return old.startTime();
    }
    if (adopt != null) {
      return Times.format(adopt.since());
    }
    return publish == null ? null : Times.format(now);
  }

  private static @Nullable Boolean pastPointOfNoReturn(
      Observation.Increase increase,
      @Nullable RingStatus ring,
      @Nullable Publish publish,
      @Nullable Adopt adopt) {
    PartitionPowerIncreaseStatus old = increase.status();
    if (adopt != null && adopt.intent().nextPartPower() != null) {
      return Objects.equals(adopt.intent().partPower(), adopt.intent().nextPartPower());
    }
    if (publish != null && publish.transition() != Transition.FINISH) {
      return publish.transition() == Transition.INCREASE;
    }
    boolean cycleEnded =
        ring != null
            && ring.nextPartPower() == null
            && ring.partPower() < increase.spec().targetPartPower();
    if (cycleEnded && old != null && old.pastPointOfNoReturn() != null) {
      return false; // the next one may be cancelled again
    }
    return old == null ? null : old.pastPointOfNoReturn();
  }

  /**
   * Counted from the first time that the ring was about to be written; of one that was taken over,
   * from when it was there at the latest.
   */
  private static @Nullable String cleanupDeadline(
      Observation.Increase increase,
      @Nullable RingStatus ring,
      @Nullable Publish publish,
      @Nullable Adopt adopt,
      Instant now) {
    String known = increase.status() == null ? null : increase.status().cleanupDeadline();
    boolean begins =
        (publish != null
                && (publish.transition() == Transition.INCREASE
                    || publish.transition() == Transition.CANCEL))
            || (adopt != null
                && Objects.equals(adopt.intent().partPower(), adopt.intent().nextPartPower()));
    if (begins) {
      return known == null
          ? Deadline.of(increase.spec(), adopt == null ? now : adopt.since())
          : known;
    }
    return ring != null && ring.nextPartPower() == null ? null : known;
  }

  /** Kept as they were where nobody looked. */
  private static @Nullable List<Excluded> excluded(
      @Nullable PartitionPowerIncreaseStatus old, @Nullable DeviceMap devices) {
    if (devices == null) {
      return old == null ? null : old.excluded();
    }
    List<Excluded> all = devices.exclusions().all();
    return all.isEmpty() ? null : all;
  }

  /** Remembered with each ring: whoever had to prove the last one is asked for the next. */
  private static @Nullable List<KnownConsumer> consumers(
      Observation.Increase increase,
      @Nullable Barrier barrier,
      @Nullable Publish publish,
      @Nullable Adopt adopt) {
    if (barrier == null || (publish == null && adopt == null)) {
      return increase.status() == null ? null : increase.status().consumers();
    }
    return KnownConsumers.remember(increase, barrier.asked());
  }

  /** The approvals of the present cycle. */
  private static @Nullable List<String> approved(
      @Nullable PartitionPowerIncreaseStatus old, Decision decision) {
    List<String> before = old == null || old.approved() == null ? List.of() : old.approved();
    if (decision instanceof Approve approve) {
      List<String> all = new ArrayList<>(before);
      all.removeIf(gate -> !gate.endsWith("/" + approve.cycle()) || gate.equals(approve.gate()));
      all.add(approve.gate());
      return List.copyOf(all);
    }
    return before.isEmpty() ? null : before;
  }

  private static @Nullable String replicationSuspendedSince(
      @Nullable PartitionPowerIncreaseStatus old,
      @Nullable RingStatus ring,
      @Nullable Publish publish,
      @Nullable Adopt adopt,
      Instant now) {
    String since = old == null ? null : old.replicationSuspendedSince();
    if (adopt != null && adopt.intent().nextPartPower() != null && since == null) {
      return Times.format(adopt.since());
    }
    if (publish != null && publish.transition() == Transition.PREPARE) {
      return Times.format(now);
    }
    return ring != null && ring.nextPartPower() == null ? null : since;
  }

  /**
   * The last step's figures stay until the next step has its own, or a new cycle begins; and those
   * of a step that another hand's ring has stopped.
   */
  private static boolean keepsFigures(Plan plan) {
    if (plan.decision() instanceof Halt) {
      return true;
    }
    return switch (plan.phase()) {
      case AwaitingApproval, Increasing, Finishing, Complete, Cancelled, Failed -> true;
      case Pending, Preflight, Preparing, Relinking, CleaningUp, Cancelling -> false;
    };
  }

  private static @Nullable NodeCounts nodes(@Nullable PartitionPowerIncreaseStatus old, Plan plan) {
    StepWork work = plan.facts().work();
    if (work != null) {
      return work.counts();
    }
    return old != null && keepsFigures(plan) ? old.nodes() : null;
  }

  private static @Nullable Progress progress(
      Observation.Increase increase, Plan plan, Instant now) {
    StepWork work = plan.facts().work();
    if (work != null) {
      Windows windows = Windows.of(increase.spec().windows());
      Duration left = endsByItself(plan) ? left(increase, plan, work, now) : null;
      return StepProgress.of(work, left, windows, now);
    }
    PartitionPowerIncreaseStatus old = increase.status();
    return old != null && old.progress() != null && keepsFigures(plan)
        ? StepProgress.standingStill(old.progress())
        : null;
  }

  /** A step that goes on only once a user has done something ends at no time that can be told. */
  private static boolean endsByItself(Plan plan) {
    Rest rest = plan.facts().rest();
    boolean paused = rest != null && rest.reason() == Reason.Paused;
    return !paused && !(plan.decision() instanceof Stall);
  }

  private static @Nullable Duration left(
      Observation.Increase increase, Plan plan, StepWork work, Instant now) {
    DeviceMap devices = plan.facts().devices();
    return Forecast.left(
            work, devices == null ? Map.of() : devices.zones(), increase.spec().nodes(), now)
        .orElse(null);
  }

  /** An estimate that only time has moved is not worth a write; that there is one no more, is. */
  private static boolean saysNothingNew(
      PartitionPowerIncreaseStatus old, PartitionPowerIncreaseStatus next) {
    if (old.progress() == null || next.progress() == null) {
      return next.equals(old);
    }
    return isEstimated(old.progress()) == isEstimated(next.progress())
        && withoutEstimate(old, old.progress()).equals(withoutEstimate(next, next.progress()));
  }

  private static boolean isEstimated(Progress progress) {
    return progress.estimatedCompletion() != null;
  }

  private static PartitionPowerIncreaseStatus withoutEstimate(
      PartitionPowerIncreaseStatus status, Progress progress) {
    return status.withProgress(StepProgress.standingStill(progress));
  }
}
