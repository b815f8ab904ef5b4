package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.NodeSelection;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.operator.plan.NodeTurns.Zone;
import dev.ringlift.operator.plan.StepWork.NodeState;
import dev.ringlift.operator.plan.StepWork.NodeWork;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * How long a step will still take:
 *
 * <ol>
 *   <li>A device: what the rest takes at its pace since its node began. The devices of a node are
 *       walked at the same time, so that a node takes as long as its slowest one.
 *   <li>A node that has not begun, or not far enough to tell: the mean of the others.
 *   <li>Over all: each node begins when it is its turn, as many at once, and zone by zone, as the
 *       user wants it; so the end is that of the last one, not that of the average.
 * </ol>
 */
final class Forecast {
  /** Below this share of a device there is no ground yet for an estimate. */
  private static final double ESTIMABLE = 0.02;

  private Forecast() {}

  /** A node's work: what is known of it. */
  private record Pace(double worked, double left) {}

  /** Time in which windows have to be open; empty if nothing tells yet. */
  static Optional<Duration> left(
      StepWork work,
      Map<String, Zone> zones,
      NodeSelection selection,
      Windows windows,
      Instant now) {
    Map<String, Pace> known = new HashMap<>();
    for (NodeWork node : work.nodes()) {
      Pace pace = pace(node, windows, now);
      if (pace != null) {
        known.put(node.name(), pace);
      }
    }
    if (known.isEmpty()) {
      return Optional.empty();
    }
    double whole =
        known.values().stream()
            .mapToDouble(pace -> pace.worked() + pace.left())
            .average()
            .orElseThrow();
    // Who works goes on; the others follow by name.
    Map<String, Double> seconds = new LinkedHashMap<>();
    work.nodes().stream()
        .filter(node -> node.state() != NodeState.Done)
        .sorted(
            Comparator.comparing((NodeWork node) -> !known.containsKey(node.name()))
                .thenComparing(NodeWork::name))
        .forEach(
            node -> {
              Pace pace = known.get(node.name());
              seconds.put(node.name(), pace == null ? whole : pace.left());
            });
    int limit = NodeTurns.limit(selection.maxConcurrent(), work.nodes().size());
    double total = overAll(seconds, zones, limit, selection.oneZoneAtATime());
    return Optional.of(Duration.ofMillis((long) (total * 1000)));
  }

  /**
   * How long nodes take that have their turns.
   *
   * @param seconds of each node, in the order of their turns
   * @param limit how many work at once
   */
  static double overAll(
      Map<String, Double> seconds, Map<String, Zone> zones, int limit, boolean oneZoneAtATime) {
    Map<Object, List<Double>> turns = new HashMap<>();
    seconds.forEach(
        (node, time) ->
            turns
                .computeIfAbsent(
                    oneZoneAtATime ? Objects.requireNonNullElse(zones.get(node), "no zone") : "all",
                    unused -> new ArrayList<>())
                .add(time));
    return turns.values().stream().mapToDouble(times -> inTurns(times, limit)).sum();
  }

  /** Each begins when the first of those before it, so many at once, has ended. */
  private static double inTurns(List<Double> times, int limit) {
    PriorityQueue<Double> ends = new PriorityQueue<>();
    double last = 0;
    for (double time : times) {
      double end = (ends.size() < limit ? 0 : ends.remove()) + time;
      ends.add(end);
      last = Math.max(last, end);
    }
    return last;
  }

  /** Null if it does not tell. */
  private static @Nullable Pace pace(NodeWork node, Windows windows, Instant now) {
    RelinkTaskStatus status = node.status();
    if (status == null || status.startTime() == null) {
      return null;
    }
    Instant start = Times.parse(status.startTime(), now);
    Instant end = Times.parse(status.completionTime(), now);
    if (!start.isBefore(end)) {
      return null;
    }
    double worked = windows.openBetween(start, end).toMillis() / 1000.0;
    if (node.state() == NodeState.Done) {
      return new Pace(worked, 0);
    }
    double slowest =
        status.devices().stream()
            .filter(device -> node.devices().contains(device.name()))
            .mapToDouble(StepProgress::share)
            .min()
            .orElse(0);
    return slowest < ESTIMABLE ? null : new Pace(worked, worked * (1 - slowest) / slowest);
  }
}
