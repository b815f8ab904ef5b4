package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.NodeSelection;
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

/**
 * How long a step will still take:
 *
 * <ol>
 *   <li>A node at work: as its {@link NodePace} has it; one that failed, after its back-off.
 *   <li>A node that has not begun, or not far enough to tell: the mean of the others.
 *   <li>Over all: each node begins when it is its turn, as many at once, and zone by zone, as the
 *       user wants it; so the end is that of the last one, not that of the average.
 * </ol>
 */
final class Forecast {
  private Forecast() {}

  /** Time in which work has to be allowed; empty if nothing tells yet. */
  static Optional<Duration> left(
      StepWork work, Map<String, Zone> zones, NodeSelection selection, Instant now) {
    Map<String, NodePace> known = new HashMap<>();
    for (NodeWork node : work.nodes()) {
      Optional.ofNullable(node.status())
          .flatMap(status -> NodePace.of(node.devices(), status))
          .ifPresent(pace -> known.put(node.name(), pace));
    }
    if (known.isEmpty()) {
      return Optional.empty();
    }
    double whole = known.values().stream().mapToDouble(NodePace::whole).average().orElseThrow();
    Map<String, Double> seconds = new LinkedHashMap<>();
    work.nodes().stream()
        .filter(node -> node.state() != NodeState.Done)
        .sorted(
            Comparator.comparing((NodeWork node) -> turn(node, known.containsKey(node.name())))
                .thenComparing(NodeWork::name))
        .forEach(
            node -> {
              NodePace pace = known.get(node.name());
              seconds.put(node.name(), backoff(node, now) + (pace == null ? whole : pace.left()));
            });
    int limit = NodeTurns.limit(selection.maxConcurrent(), work.nodes().size());
    double total = overAll(seconds, zones, limit, selection.oneZoneAtATime());
    return Optional.of(Duration.ofMillis((long) (total * 1000)));
  }

  /** Who works goes on; then as in {@link NodeTurns.Standing}. */
  private static int turn(NodeWork node, boolean begun) {
    return switch (node.state()) {
      case Running -> 0;
      case Waiting -> begun ? 1 : 2;
      case Failed, Done -> 3;
    };
  }

  private static double backoff(NodeWork node, Instant now) {
    Instant at = node.retryAt();
    return at == null || at.isBefore(now) ? 0 : Duration.between(now, at).toMillis() / 1000.0;
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
}
