package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Risk;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.RingStatus;
import dev.ringlift.operator.plan.Decision.Stall;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The two clocks that run while a ring has a next partition power.
 *
 * <ol>
 *   <li>Cleanup has to end within reclaim_age of the first write of the Increase or Cancel ring, by
 *       clocks that may differ a little: an object that was overwritten during the increase and
 *       deleted afterwards has its tombstone at the new place only, and once that is reclaimed, its
 *       old file would come back.
 *   <li>From Prepare on nobody repairs replicas, and tombstones go on being reclaimed: one that a
 *       replica has not got by then lets the object come back after Finish.
 * </ol>
 *
 * <p>Invariants: the ring is not increased where cleanup is not expected to end in time, unless the
 * user has taken that upon himself. Once it is, nothing that holds cleanup up passes the point in
 * silence from which on it can't end in time.
 */
final class Deadline {
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

  private Deadline() {}

  /** For a ring that is first written now. */
  static String of(PartitionPowerIncreaseSpec spec, Instant now) {
    return Times.format(of(Times.duration(spec.reclaimAge()), now));
  }

  private static Instant of(Duration reclaimAge, Instant now) {
    return now.plus(reclaimAge).minus(CLOCK_SKEW);
  }

  /** When the time for cleanup began; empty before that. */
  static Optional<Instant> begin(Observation.Increase increase) {
    return Optional.ofNullable(increase.status())
        .map(PartitionPowerIncreaseStatus::cleanupDeadline)
        .map(deadline -> Times.parse(deadline, Instant.MAX))
        .filter(deadline -> !deadline.equals(Instant.MAX))
        .map(deadline -> deadline.plus(CLOCK_SKEW))
        .map(deadline -> deadline.minus(Times.duration(increase.spec().reclaimAge())));
  }

  /** Why the ring can't be increased now, for cleanup would end too late; empty if it can. */
  static Optional<Decision> refusal(Scene scene) {
    PartitionPowerIncreaseSpec spec = scene.spec();
    if (scene.cycle() == null || spec.acknowledge().contains(Risk.LateCleanup)) {
      return Optional.empty();
    }
    Windows windows = Windows.of(spec.windows());
    Instant begin = scene.now().plus(spread(scene)).plus(scene.settings().settle());
    Instant deadline = of(Times.duration(spec.reclaimAge()), scene.now());
    return Budget.ofCleanup(
            scene.seen(), scene.cycle().number(), scene.devices(), windows, scene.now())
        .filter(budget -> budget.end(windows, begin).isAfter(deadline))
        .map(
            budget ->
                new Stall(
                    Reason.CleanupTooLong,
                    "The ring is not increased: %s of work, and would end %s, but has to end by %s, reclaimAge (%s) from now. Let more nodes work at once, lift limits in spec.relinker, or widen spec.windows. If reclaim_age of all object servers has been raised, acknowledge LateCleanup in spec.acknowledge. Or cancel."
                        .formatted(
                            need(budget),
                            when(budget.end(windows, begin)),
                            Times.format(deadline),
                            spec.reclaimAge()),
                    scene.settings().recheck()));
  }

  private static String need(Budget budget) {
    return (budget.measured()
            ? "by what relinking took, cleanup needs about "
            : "no node was relinked at one go, and by all the time since Prepare cleanup may need up to ")
        + Times.inWords(budget.work());
  }

  private static String when(Instant end) {
    return end.equals(Instant.MAX) ? "in years" : "at " + Times.format(end);
  }

  /** How long the last ring took to be everywhere: so will the next. */
  private static Duration spread(Scene scene) {
    RingStatus ring = scene.status() == null ? null : scene.status().ring();
    if (ring == null || ring.since() == null || ring.lastProofTime() == null) {
      return Duration.ZERO;
    }
    Instant since = Times.parse(ring.since(), scene.now());
    Duration took = Duration.between(since, Times.parse(ring.lastProofTime(), since));
    return took.isNegative() ? Duration.ZERO : took;
  }

  /** What may go wrong in time if nobody does anything, whatever holds the work up. */
  static List<Problem> risks(Observation seen, DeviceMap devices, boolean rests, Instant now) {
    PartitionPowerIncreaseStatus status = seen.increase().status();
    List<Problem> risks = new ArrayList<>();
    if (status != null) {
      cleanup(seen, status, devices, rests, now).ifPresent(risks::add);
      replication(seen.increase().spec(), status, now).ifPresent(risks::add);
    }
    return risks;
  }

  /** Whether a problem is one of {@link #risks}. */
  static boolean isRisk(Problem problem) {
    return problem.reason().equals(Reason.DeadlineAtRisk.name())
        || problem.reason().equals(Reason.ReplicationSuspended.name());
  }

  private static Optional<Problem> cleanup(
      Observation seen,
      PartitionPowerIncreaseStatus status,
      DeviceMap devices,
      boolean rests,
      Instant now) {
    if (status.cleanupDeadline() == null) {
      return Optional.empty();
    }
    PartitionPowerIncreaseSpec spec = seen.increase().spec();
    Instant deadline = Times.parse(status.cleanupDeadline(), Instant.MAX);
    Windows windows = Windows.of(spec.windows());
    Optional<Budget> budget =
        status.cycle() == null
            ? Optional.empty()
            : Budget.ofCleanup(seen, status.cycle().number(), devices, windows, now);
    Duration quarter = Times.duration(spec.reclaimAge()).dividedBy(4);
    boolean late = budget.isPresent() && budget.get().end(windows, now).isAfter(deadline);
    Instant goOnBy =
        budget
            .filter(unused -> rests)
            .map(b -> b.latestStart(windows, deadline, now))
            .orElse(deadline);
    if (!late && Duration.between(now, goOnBy).compareTo(quarter) > 0) {
      return Optional.empty();
    }
    return Optional.of(
        problem(
            now.isBefore(deadline)
                ? "Cleanup has to end by %s, reclaimAge (%s) after the ring was changed, or deleted objects may come back.%s"
                    .formatted(
                        status.cleanupDeadline(),
                        spec.reclaimAge(),
                        figures(budget, windows, rests ? goOnBy : null, late, now))
                : "Cleanup had to end by %s, reclaimAge (%s) after the ring was changed: deleted objects may come back."
                    .formatted(status.cleanupDeadline(), spec.reclaimAge())));
  }

  private static String figures(
      Optional<Budget> budget,
      Windows windows,
      @Nullable Instant goOnBy,
      boolean late,
      Instant now) {
    if (budget.isEmpty()) {
      return "";
    }
    Budget left = budget.get();
    String figures =
        " %s %s of work %s left: it would end %s."
            .formatted(
                left.measured() ? "About" : "Up to",
                Times.inWords(left.work()),
                left.measured() ? "is" : "may be",
                when(left.end(windows, now)));
    return goOnBy == null || late
        ? figures
        : figures + " Work must go on by %s.".formatted(Times.format(goOnBy));
  }

  private static Problem problem(String sentence) {
    return new Problem(
        null,
        null,
        Reason.DeadlineAtRisk.name(),
        sentence
            + " Let work go on: no pause, no window, no gate, no limit; and raise reclaim_age on the object servers.");
  }

  private static Optional<Problem> replication(
      PartitionPowerIncreaseSpec spec, PartitionPowerIncreaseStatus status, Instant now) {
    if (status.replicationSuspendedSince() == null) {
      return Optional.empty();
    }
    Duration reclaimAge = Times.duration(spec.reclaimAge());
    Instant since = Times.parse(status.replicationSuspendedSince(), now);
    if (Duration.between(since, now).compareTo(reclaimAge.multipliedBy(3).dividedBy(4)) < 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Problem(
            null,
            null,
            Reason.ReplicationSuspended.name(),
            "No replica has been repaired since %s: from %s on, reclaimAge (%s) later, objects that were deleted meanwhile may come back where a replica has missed that. Raise reclaim_age on the object servers, and let work go on."
                .formatted(
                    status.replicationSuspendedSince(),
                    Times.format(since.plus(reclaimAge)),
                    spec.reclaimAge())));
  }
}
