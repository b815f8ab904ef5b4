package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.NodeCounts;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.RingStatus;
import dev.ringlift.api.v1alpha1.Phase;
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
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is worth an Event when one status follows another. Nothing is announced twice, as long as
 * the later status was written.
 */
public final class Announcements {
  /** A node with many bad disks is told of once, not once for each. */
  private static final int PROBLEMS = 5;

  private static final int FEW_NODES = 10;

  private Announcements() {}

  /** What the change from one status to the next says. */
  public static List<Announcement> of(
      @Nullable PartitionPowerIncreaseStatus old,
      PartitionPowerIncreaseStatus next,
      Plan plan,
      Instant now) {
    List<Announcement> all = new ArrayList<>();
    addPreflight(old, next, all);
    addByHand(old, plan, all);
    addConverged(old, next, plan, now, all);
    addNodes(old, next, all);
    addProblems(old, next, plan, all);
    addStall(old, next, plan, all);
    addRestored(old, plan, all);
    addApproval(old, next, plan, all);
    addRest(old, next, all);
    addPhase(old, next, all);
    return all;
  }

  /** What is to be said before a ring is written. */
  public static List<Announcement> before(Publish publish) {
    if (publish.transition() != Transition.INCREASE) {
      return List.of();
    }
    return List.of(
        Announcement.normal(
            EventReason.PointOfNoReturn,
            "Every device is relinked and every node answers: the ring gets partition power "
                + publish.ring().partPower()
                + ". From here there is no way back."));
  }

  /** What is to be said once a ring has been written. */
  public static Announcement published(Publish publish) {
    Publication intent = publish.intent();
    return Announcement.normal(
        EventReason.RingPublished,
        "%s ring of cycle %d: partition power %d, next %s, version %s, md5 %s."
            .formatted(
                intent.transition(),
                intent.cycle(),
                publish.ring().partPower(),
                publish.ring().nextPartPower() == null ? "none" : publish.ring().nextPartPower(),
                intent.version() == null ? "none" : intent.version(),
                intent.md5()));
  }

  /** What is to be said of what had to give way to a ring. */
  public static Announcement dropped(String sentence) {
    return Announcement.normal(EventReason.BackupsDropped, sentence);
  }

  /** Comes last: what another event says of it already is not said again. */
  private static void addPhase(
      @Nullable PartitionPowerIncreaseStatus old,
      PartitionPowerIncreaseStatus next,
      List<Announcement> all) {
    Phase before = old == null ? null : old.phase();
    if (Objects.equals(before, next.phase())) {
      return;
    }
    String message = String.valueOf(next.message());
    if (next.phase() == Phase.Complete) {
      all.add(Announcement.normal(EventReason.Completed, message));
    } else if (next.phase() == Phase.Cancelled) {
      all.add(Announcement.normal(EventReason.Cancelled, message));
    } else if (next.phase() == Phase.Failed) {
      all.add(Announcement.warning(EventReason.Failed.name(), message));
    } else {
      String unsaid =
          all.stream()
              .map(Announcement::message)
              .filter(message::endsWith)
              .map(said -> message.substring(0, message.length() - said.length()).strip())
              .min(Comparator.comparingInt(String::length))
              .orElse(message);
      all.addFirst(
          Announcement.normal(
              EventReason.PhaseChanged,
              "Now " + next.phase() + (unsaid.isEmpty() ? "." : ": " + unsaid)));
    }
  }

  private static void addPreflight(
      @Nullable PartitionPowerIncreaseStatus old,
      PartitionPowerIncreaseStatus next,
      List<Announcement> all) {
    Condition after = Conditions.find(next, ConditionType.PreflightPassed);
    Condition before = Conditions.find(old, ConditionType.PreflightPassed);
    if (after != null
        && "False".equals(after.getStatus())
        && (before == null || !Objects.equals(before.getMessage(), after.getMessage()))) {
      all.add(Announcement.warning(EventReason.PreflightFailed.name(), after.getMessage()));
    }
  }

  /** When the ring that was published is first seen in the store. */
  private static void addByHand(
      @Nullable PartitionPowerIncreaseStatus old, Plan plan, List<Announcement> all) {
    RingStatus now = plan.facts().ring();
    boolean seen =
        now == null || (old != null && old.ring() != null && old.ring().md5().equals(now.md5()));
    if (!seen) {
      all.addAll(plan.facts().byHand());
    }
  }

  private static void addConverged(
      @Nullable PartitionPowerIncreaseStatus old,
      PartitionPowerIncreaseStatus next,
      Plan plan,
      Instant now,
      List<Announcement> all) {
    Publication publication = next.publication();
    Condition before = Conditions.find(old, ConditionType.RingDistributed);
    Condition after = Conditions.find(next, ConditionType.RingDistributed);
    boolean spreading =
        next.phase() == Phase.Preparing
            || next.phase() == Phase.Increasing
            || next.phase() == Phase.Finishing
            || next.phase() == Phase.Cancelling;
    if (!spreading
        || publication == null
        || next.ring() == null
        || !publication.md5().equals(next.ring().md5())
        || isTrue(before)
        || !isTrue(after)) {
      return;
    }
    Integer spread = next.ring().spreadSeconds();
    Barrier barrier = plan.facts().barrier();
    all.add(
        Announcement.normal(
            EventReason.RingConverged,
            "All %s have the %s ring of cycle %d, %s after it was decided on%s."
                .formatted(
                    barrier == null ? next.ring().consumersTotal() : barrier.everybody(),
                    publication.transition(),
                    publication.cycle(),
                    Times.inWords(Duration.between(Times.parse(publication.decidedAt(), now), now)),
                    spread == null
                        ? ""
                        : " and %d s after the first of them had it".formatted(spread))));
  }

  private static void addNodes(
      @Nullable PartitionPowerIncreaseStatus old,
      PartitionPowerIncreaseStatus next,
      List<Announcement> all) {
    NodeCounts before = old == null || old.phase() != next.phase() ? null : old.nodes();
    NodeCounts after = next.nodes();
    if (after != null && steps(after) > (before == null ? 0 : steps(before))) {
      if (next.phase() == Phase.Relinking
          || next.phase() == Phase.CleaningUp
          || next.phase() == Phase.Cancelling) {
        all.add(
            Announcement.normal(
                EventReason.NodeCompleted,
                "%s: %d of %d nodes done.".formatted(next.phase(), after.done(), after.total())));
      }
    }
  }

  /** Each of a few nodes is told of; of many, each tenth. */
  private static int steps(NodeCounts nodes) {
    return nodes.total() <= FEW_NODES ? nodes.done() : nodes.done() * FEW_NODES / nodes.total();
  }

  private static void addProblems(
      @Nullable PartitionPowerIncreaseStatus old,
      PartitionPowerIncreaseStatus next,
      Plan plan,
      List<Announcement> all) {
    if (next.phase() == Phase.Preflight || (old != null && old.phase() == Phase.Preflight)) {
      return; // the checks tell of them
    }
    List<Problem> before = problems(old);
    List<Problem> after = problems(next);
    after.stream()
        .filter(problem -> before.stream().noneMatch(known -> isSame(known, problem)))
        .limit(PROBLEMS)
        .forEach(problem -> all.add(Announcement.warning(problem.reason(), problem.message())));
    // A ring that is taken over begins the step anew: nobody has looked at its devices yet.
    if (!before.isEmpty() && after.isEmpty() && !(plan.decision() instanceof Adopt)) {
      all.add(Announcement.normal(EventReason.Recovered, "Nothing has a problem any more."));
    }
  }

  private static void addStall(
      @Nullable PartitionPowerIncreaseStatus old,
      PartitionPowerIncreaseStatus next,
      Plan plan,
      List<Announcement> all) {
    Decision decision = plan.decision();
    if (!(decision instanceof Stall || decision instanceof Halt)
        || decision.reason() == Reason.PreflightFailed) {
      return;
    }
    String reason = decision.reason().name();
    boolean known = wasStalledFor(old, decision.reason());
    if (known && decision instanceof Halt) {
      // Another hand may change the ring more than once; each time it is another story.
      known = old != null && decision.message().equals(old.message());
    }
    boolean told = problems(next).stream().anyMatch(problem -> problem.reason().equals(reason));
    if (!known && !told) {
      all.add(Announcement.warning(reason, decision.message()));
    }
  }

  private static void addRestored(
      @Nullable PartitionPowerIncreaseStatus old, Plan plan, List<Announcement> all) {
    Decision decision = plan.decision();
    if (decision instanceof Adopt adopt) {
      EventReason reason = EventReason.valueOf(adopt.reason().name());
      all.add(Announcement.normal(reason, adopt.message()));
    } else if (!(decision instanceof Halt) && wasStalledFor(old, Reason.RingChangedExternally)) {
      all.add(
          Announcement.normal(
              EventReason.RingRestored, "Ring and builder are as they were published."));
    }
  }

  private static void addApproval(
      @Nullable PartitionPowerIncreaseStatus old,
      PartitionPowerIncreaseStatus next,
      Plan plan,
      List<Announcement> all) {
    if (plan.decision() instanceof Approve approve) {
      all.add(Announcement.normal(EventReason.Approved, approve.message()));
    }
    Condition before = Conditions.find(old, ConditionType.AwaitingApproval);
    Condition after = Conditions.find(next, ConditionType.AwaitingApproval);
    boolean known = isTrue(before) && isTrue(after) && said(before).equals(said(after));
    if (isTrue(after) && !known) {
      all.add(Announcement.normal(EventReason.ApprovalRequired, said(after)));
    }
  }

  private static void addRest(
      @Nullable PartitionPowerIncreaseStatus old,
      PartitionPowerIncreaseStatus next,
      List<Announcement> all) {
    Condition before = Conditions.find(old, ConditionType.Paused);
    Condition after = Conditions.find(next, ConditionType.Paused);
    if (isTrue(after) && !(isTrue(before) && said(before).equals(said(after)))) {
      all.add(Announcement.normal(EventReason.Paused, said(after)));
    } else if (isTrue(before) && !isTrue(after) && !isTerminal(next)) {
      all.add(Announcement.normal(EventReason.Resumed, "Work goes on."));
    }
  }

  private static boolean isTerminal(PartitionPowerIncreaseStatus status) {
    return status.phase() != null && status.phase().terminal();
  }

  private static String said(@Nullable Condition condition) {
    return condition == null ? "" : condition.getMessage();
  }

  private static boolean wasStalledFor(@Nullable PartitionPowerIncreaseStatus old, Reason reason) {
    Condition before = Conditions.find(old, ConditionType.Stalled);
    return before != null && isTrue(before) && reason.name().equals(before.getReason());
  }

  private static List<Problem> problems(@Nullable PartitionPowerIncreaseStatus status) {
    return status == null || status.problems() == null ? List.of() : status.problems();
  }

  private static boolean isSame(Problem a, Problem b) {
    return Objects.equals(a.node(), b.node())
        && Objects.equals(a.device(), b.device())
        && Objects.equals(a.consumer(), b.consumer())
        && a.reason().equals(b.reason());
  }

  private static boolean isTrue(@Nullable Condition condition) {
    return condition != null && "True".equals(condition.getStatus());
  }
}
