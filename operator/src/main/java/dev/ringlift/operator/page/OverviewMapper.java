package dev.ringlift.operator.page;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.RingStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.page.Overview.CheckView;
import dev.ringlift.operator.page.Overview.ConditionView;
import dev.ringlift.operator.page.Overview.Increase;
import dev.ringlift.operator.page.Overview.ProblemView;
import dev.ringlift.operator.page.Overview.RingView;
import dev.ringlift.operator.plan.Times;
import dev.ringlift.ring.RingFileName;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** From the increases of a namespace to what the page shows of them. Pure. */
final class OverviewMapper {
  /** Most increases that are shown. */
  static final int INCREASES = 12;

  /** Newest first, and those that have ended after all others. */
  private static final Comparator<PartitionPowerIncrease> ORDER =
      Comparator.comparing(OverviewMapper::hasEnded)
          .thenComparing(OverviewMapper::created, Comparator.reverseOrder())
          .thenComparing(increase -> increase.getMetadata().getName());

  private OverviewMapper() {}

  /** The increases that are shown, in the order in which they are. */
  static List<PartitionPowerIncrease> shown(Collection<PartitionPowerIncrease> increases) {
    return increases.stream().sorted(ORDER).limit(INCREASES).toList();
  }

  /**
   * The overview.
   *
   * @param steps gives what the nodes of an increase do, by its UID; null for nothing
   */
  static Overview map(
      String namespace,
      Collection<PartitionPowerIncrease> increases,
      History history,
      Steps steps) {
    List<Increase> shown =
        shown(increases).stream()
            .map(increase -> increase(increase, history, steps.of(increase)))
            .toList();
    return new Overview(Clip.name(namespace), shown, increases.size() - shown.size());
  }

  /** What the nodes of an increase do. */
  interface Steps {
    @Nullable String of(PartitionPowerIncrease increase);
  }

  private static Increase increase(
      PartitionPowerIncrease increase, History history, @Nullable String step) {
    PartitionPowerIncreaseStatus status =
        Objects.requireNonNullElse(increase.getStatus(), PartitionPowerIncreaseStatus.NOTHING);
    String uid = increase.getMetadata().getUid();
    int policy = increase.getSpec().policyIndex();
    return new Increase(
        Clip.name(increase.getMetadata().getName()),
        uid,
        policy,
        RingFileName.ring(policy),
        Objects.requireNonNullElse(status.fromPartPower(), 0),
        increase.getSpec().targetPartPower(),
        Objects.requireNonNullElse(status.phase(), Phase.Pending),
        hasEnded(increase),
        increase.getSpec().dryRun(),
        Clip.message(status.message()),
        status.cycle(),
        status.ring() == null ? null : ring(status.ring()),
        status.nodes(),
        status.progress(),
        step,
        Boolean.TRUE.equals(status.pastPointOfNoReturn()),
        status.replicationSuspendedSince(),
        status.cleanupDeadline(),
        status.startTime(),
        status.completionTime(),
        Timeline.of(increase.getSpec(), status, history.phases(uid)),
        each(status.conditions()).stream().map(OverviewMapper::condition).toList(),
        each(status.preflight()).stream().map(OverviewMapper::check).toList(),
        each(status.problems()).stream().map(OverviewMapper::problem).toList(),
        history.points(uid));
  }

  private static <T> List<T> each(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }

  private static RingView ring(RingStatus ring) {
    return new RingView(
        ring.partPower(),
        ring.nextPartPower(),
        ring.version(),
        ring.md5(),
        ring.consumersTotal(),
        ring.consumersCurrent(),
        ring.spreadSeconds());
  }

  private static ConditionView condition(Condition condition) {
    return new ConditionView(
        condition.getType(),
        condition.getStatus(),
        condition.getReason(),
        Clip.message(condition.getMessage()),
        condition.getLastTransitionTime());
  }

  private static CheckView check(PreflightCheck check) {
    return new CheckView(
        Clip.name(check.check()), check.result().name(), Clip.message(check.message()));
  }

  private static ProblemView problem(Problem problem) {
    return new ProblemView(
        problem.node() == null ? null : Clip.name(problem.node()),
        problem.device() == null ? null : Clip.name(problem.device()),
        problem.consumer() == null ? null : Clip.name(problem.consumer()),
        Clip.name(problem.reason()),
        Clip.message(problem.message()));
  }

  static boolean hasEnded(PartitionPowerIncrease increase) {
    PartitionPowerIncreaseStatus status = increase.getStatus();
    return status != null && status.phase() != null && status.phase().terminal();
  }

  private static Instant created(PartitionPowerIncrease increase) {
    return Times.parse(increase.getMetadata().getCreationTimestamp(), Instant.EPOCH);
  }
}
