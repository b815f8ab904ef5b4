package dev.ringlift.operator;

import dev.ringlift.api.v1alpha1.ErrorCount;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.NodeCounts;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Progress;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.RingStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.plan.ConditionType;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gauges of each increase that is under way or has failed, which show its last status; their names
 * are in {@link IncreaseMetric}. Labels are bounded: by increases under way, phases, states, kinds
 * of errors, and the reasons that a problem can have; never by nodes or devices.
 */
public final class IncreaseMetrics {
  private final MeterRegistry registry;
  private final InstantSource clock;
  private final ConcurrentMap<String, Entry> entries = new ConcurrentHashMap<>();

  public IncreaseMetrics(MeterRegistry registry, InstantSource clock) {
    this.registry = registry;
    this.clock = clock;
  }

  /** The last status of one increase, and the gauges that show it. */
  private static final class Entry {
    private final String uid;
    private final Tags tags;
    private volatile PartitionPowerIncreaseStatus status;
    private final List<Meter> gauges = new ArrayList<>();
    private final Set<String> reasons = new HashSet<>();

    Entry(String uid, Tags tags, PartitionPowerIncreaseStatus status) {
      this.uid = uid;
      this.tags = tags;
      this.status = status;
    }
  }

  void record(PartitionPowerIncrease increase, PartitionPowerIncreaseStatus status) {
    String name = name(increase);
    Entry before = entries.get(name);
    if (before != null && !before.uid.equals(increase.getMetadata().getUid())) {
      // Made anew under the same name, and so under the same tags: the gauges of the former one
      // would stay, and show it for ever.
      forget(increase);
    }
    Entry entry = entries.computeIfAbsent(name, unused -> register(increase, status));
    entry.status = status;
    addReasons(entry, status);
  }

  /** What has ended has no figures any more; only that it failed is shown until it is deleted. */
  void end(PartitionPowerIncrease increase, PartitionPowerIncreaseStatus status) {
    if (status.phase() == Phase.Failed) {
      record(increase, status);
    } else {
      forget(increase);
    }
  }

  void forget(PartitionPowerIncrease increase) {
    Entry entry = entries.remove(name(increase));
    if (entry != null) {
      synchronized (entry) {
        entry.gauges.forEach(registry::remove);
      }
    }
  }

  private static String name(PartitionPowerIncrease increase) {
    return increase.getMetadata().getNamespace() + "/" + increase.getMetadata().getName();
  }

  private Entry register(PartitionPowerIncrease increase, PartitionPowerIncreaseStatus status) {
    Tags tags =
        Tags.of(
            "namespace", increase.getMetadata().getNamespace(),
            "increase", increase.getMetadata().getName());
    Entry entry = new Entry(increase.getMetadata().getUid(), tags, status);
    synchronized (entry) {
      for (Phase phase : Phase.values()) {
        add(
            entry,
            IncreaseMetric.INCREASE_PHASE,
            Tags.of("phase", phase.name()),
            s -> s.phase() == phase ? 1 : 0);
      }
      add(entry, IncreaseMetric.INCREASE_STALLED, s -> stalled(s) ? 1 : 0);
      addRing(entry);
      addProgress(entry);
      addNodes(entry, "waiting", NodeCounts::waiting);
      addNodes(entry, "running", NodeCounts::running);
      addNodes(entry, "done", NodeCounts::done);
      addNodes(entry, "failed", NodeCounts::failed);
    }
    return entry;
  }

  private void addRing(Entry entry) {
    Function<PartitionPowerIncreaseStatus, @Nullable Cycle> cycle =
        PartitionPowerIncreaseStatus::cycle;
    Function<PartitionPowerIncreaseStatus, @Nullable RingStatus> ring =
        PartitionPowerIncreaseStatus::ring;
    add(entry, IncreaseMetric.INCREASE_CYCLE, of(cycle, Cycle::number));
    add(entry, IncreaseMetric.INCREASE_CYCLES, of(cycle, Cycle::of));
    add(entry, IncreaseMetric.INCREASE_PART_POWER, of(ring, RingStatus::partPower));
    add(
        entry,
        IncreaseMetric.INCREASE_STALE_CONSUMERS,
        of(ring, r -> r.consumersTotal() - r.consumersCurrent()));
    add(
        entry,
        IncreaseMetric.INCREASE_REPLICATION_SUSPENDED_SECONDS,
        s ->
            s.replicationSuspendedSince() == null
                ? 0
                : -secondsUntil(s.replicationSuspendedSince()));
    add(
        entry,
        IncreaseMetric.INCREASE_CLEANUP_DEADLINE_SECONDS,
        s -> secondsUntil(s.cleanupDeadline()));
  }

  private void addProgress(Entry entry) {
    Function<PartitionPowerIncreaseStatus, @Nullable Progress> progress =
        PartitionPowerIncreaseStatus::progress;
    add(
        entry,
        IncreaseMetric.INCREASE_PROGRESS_RATIO,
        of(
            progress,
            p -> p.partitionsTotal() == 0 ? 0 : (double) p.partitionsDone() / p.partitionsTotal()));
    add(entry, IncreaseMetric.INCREASE_PARTITIONS_DONE, of(progress, Progress::partitionsDone));
    add(entry, IncreaseMetric.INCREASE_PARTITIONS, of(progress, Progress::partitionsTotal));
    add(entry, IncreaseMetric.INCREASE_FILES, of(progress, Progress::files));
    add(entry, IncreaseMetric.INCREASE_LINKED, of(progress, Progress::linked));
    add(entry, IncreaseMetric.INCREASE_REMOVED, of(progress, Progress::removed));
    for (ErrorCount.Kind kind : ErrorCount.Kind.values()) {
      add(
          entry,
          IncreaseMetric.INCREASE_ERRORS,
          Tags.of("kind", kind.name()),
          of(progress, p -> errors(p, kind)));
    }
    add(entry, IncreaseMetric.INCREASE_FILES_PER_SECOND, of(progress, Progress::filesPerSecond));
    add(
        entry,
        IncreaseMetric.INCREASE_ETA_SECONDS,
        s -> s.progress() == null ? Double.NaN : secondsUntil(s.progress().estimatedCompletion()));
  }

  private static long errors(Progress progress, ErrorCount.Kind kind) {
    return progress.errorsByKind().stream()
        .filter(errors -> errors.kind() == kind)
        .mapToLong(ErrorCount::count)
        .sum();
  }

  private void addNodes(Entry entry, String state, ToDoubleFunction<NodeCounts> count) {
    add(
        entry,
        IncreaseMetric.INCREASE_NODES,
        Tags.of("state", state),
        of(PartitionPowerIncreaseStatus::nodes, count));
  }

  /** A reason gets its gauge when it is first given, and keeps it, at 0, when it is gone. */
  private void addReasons(Entry entry, PartitionPowerIncreaseStatus status) {
    synchronized (entry) {
      for (Problem problem : problems(status)) {
        if (entry.reasons.add(problem.reason())) {
          add(
              entry,
              IncreaseMetric.INCREASE_PROBLEMS,
              Tags.of("reason", problem.reason()),
              s ->
                  problems(s).stream()
                      .filter(other -> other.reason().equals(problem.reason()))
                      .count());
        }
      }
    }
  }

  private static boolean stalled(PartitionPowerIncreaseStatus status) {
    return status.conditions() != null
        && status.conditions().stream()
            .anyMatch(
                condition ->
                    ConditionType.Stalled.name().equals(condition.getType())
                        && "True".equals(condition.getStatus()));
  }

  private static List<Problem> problems(PartitionPowerIncreaseStatus status) {
    return status.problems() == null ? List.of() : status.problems();
  }

  /** A figure of a part of the status; 0 where it has no such part. */
  private static <T> ToDoubleFunction<PartitionPowerIncreaseStatus> of(
      Function<PartitionPowerIncreaseStatus, @Nullable T> part, ToDoubleFunction<T> figure) {
    return status -> {
      T found = part.apply(status);
      return found == null ? 0 : figure.applyAsDouble(found);
    };
  }

  private double secondsUntil(@Nullable String time) {
    if (time == null) {
      return Double.NaN;
    }
    try {
      return Duration.between(clock.instant(), Instant.parse(time)).toMillis() / 1000.0;
    } catch (DateTimeParseException e) {
      return Double.NaN;
    }
  }

  private void add(
      Entry entry, IncreaseMetric metric, ToDoubleFunction<PartitionPowerIncreaseStatus> value) {
    add(entry, metric, Tags.empty(), value);
  }

  private void add(
      Entry entry,
      IncreaseMetric metric,
      Tags more,
      ToDoubleFunction<PartitionPowerIncreaseStatus> value) {
    entry.gauges.add(
        Gauge.builder(metric.metric(), entry, e -> value.applyAsDouble(e.status))
            .tags(entry.tags.and(more))
            .register(registry));
  }
}
