package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ringlift.api.v1alpha1.NodeSelection;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.api.v1alpha1.RelinkerSettings;
import dev.ringlift.operator.plan.NodeTurns.Zone;
import dev.ringlift.operator.plan.Observation.Task;
import dev.ringlift.operator.plan.StepWork.NodeState;
import dev.ringlift.operator.plan.StepWork.NodeWork;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * From a quarter of the way on, the end of a step is foretold to a fifth of the time that it takes:
 * over fleets whose devices differ, and whose nodes have turns.
 */
class ForecastTest {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final int PARTITIONS = 1024;
  private static final double HOUR = 3600;

  /** A device's time, in seconds, by its name. */
  private record Node(String name, double start, Map<String, Double> devices) {
    double end() {
      return start + devices.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "one node with one device, 1, 1, 0, 100%, 1",
    "one node with uneven devices, 1, 12, 0.6, 100%, 1",
    "a hundred nodes, 100, 12, 0.4, 100%, 1",
    "one node at a time, 12, 4, 0.4, 1, 1",
    "a few at a time, 30, 12, 0.4, 4, 1",
    "a quarter of them at a time, 40, 6, 0.4, 25%, 1",
    "zone by zone, 24, 6, 0.4, 100%, 4",
    "zone by zone and a few at a time, 24, 6, 0.4, 3, 4"
  })
  void theEndIsForetoldFromAQuarterOfTheWayOn(
      String name, int nodes, int devices, double spread, String maxConcurrent, int zoneCount) {
    for (long seed = 1; seed <= 20; seed++) {
      NodeSelection selection = selection(maxConcurrent, zoneCount > 1);
      Map<String, Zone> zones = new HashMap<>();
      List<Node> fleet =
          fleet(new Random(seed), nodes, devices, spread, selection, zoneCount, zones);
      double end = fleet.stream().mapToDouble(Node::end).max().orElseThrow();
      for (int part = 5; part < 20; part++) {
        double now = end * part / 20;
        Optional<Duration> left =
            Forecast.left(at(fleet, now), zones, selection, Windows.of(List.of()), time(now));

        assertThat(left).as("%s, seed %d: at %d/20", name, seed, part).isPresent();
        assertThat(now + left.orElseThrow().toMillis() / 1000.0)
            .as("%s, seed %d: the end, at %d/20", name, seed, part)
            .isCloseTo(end, within(end / 5));
      }
    }
  }

  @Test
  void nothingIsForetoldBeforeAnythingIsDone() {
    List<Node> fleet = List.of(new Node("node-1", 0, Map.of("sda", HOUR)));

    assertThat(left(fleet, 0)).isEmpty();
    assertThat(left(fleet, 60)).isEmpty();
    assertThat(left(fleet, 360))
        .hasValueSatisfying(
            left -> assertThat(left).isBetween(Duration.ofMinutes(53), Duration.ofMinutes(55)));
  }

  private static Optional<Duration> left(List<Node> fleet, double now) {
    return Forecast.left(
        at(fleet, now), Map.of(), selection("100%", false), Windows.of(List.of()), time(now));
  }

  private static NodeSelection selection(String maxConcurrent, boolean oneZoneAtATime) {
    return new NodeSelection(null, maxConcurrent, oneZoneAtATime, List.of());
  }

  /** Each node begins as {@link NodeTurns} lets it. */
  private static List<Node> fleet(
      Random random,
      int nodes,
      int devices,
      double spread,
      NodeSelection selection,
      int zoneCount,
      Map<String, Zone> zones) {
    int limit = NodeTurns.limit(selection.maxConcurrent(), nodes);
    List<Node> fleet = new ArrayList<>();
    double zoneBegins = 0;
    for (int zone = 0; zone < zoneCount; zone++) {
      PriorityQueue<Double> ends = new PriorityQueue<>();
      for (int number = zone; number < nodes; number += zoneCount) {
        String name = "node-%03d".formatted(number);
        zones.put(name, new Zone(1, zone));
        Map<String, Double> times = new HashMap<>();
        for (int device = 0; device < devices; device++) {
          times.put("d" + device, HOUR * (1 - spread + 2 * spread * random.nextDouble()));
        }
        double start = ends.size() < limit ? zoneBegins : ends.remove();
        Node node = new Node(name, start, times);
        ends.add(node.end());
        fleet.add(node);
      }
      zoneBegins = fleet.stream().mapToDouble(Node::end).max().orElseThrow();
    }
    return fleet;
  }

  private static StepWork at(List<Node> fleet, double now) {
    List<NodeWork> nodes = fleet.stream().map(node -> at(node, now)).toList();
    return new StepWork(
        nodes, List.of(), List.of(), true, new NodeTurns(Set.of(), 0, ""), List.of());
  }

  private static NodeWork at(Node node, double now) {
    Set<String> names = new TreeSet<>(node.devices().keySet());
    if (now <= node.start()) {
      return new NodeWork(node.name(), names, null, NodeState.Waiting, null);
    }
    boolean done = now >= node.end();
    List<DeviceProgress> devices = new ArrayList<>();
    node.devices()
        .forEach(
            (name, takes) -> {
              double share = Math.min(1, (now - node.start()) / takes);
              devices.add(
                  new DeviceProgress(
                      name,
                      share == 1 ? DeviceState.Succeeded : DeviceState.Running,
                      (long) (PARTITIONS * share),
                      PARTITIONS,
                      0,
                      0,
                      0,
                      0,
                      null));
            });
    RelinkTaskSpec spec =
        new RelinkTaskSpec(
            "uid",
            1,
            node.name(),
            0,
            Step.Cleanup,
            10,
            10,
            "0".repeat(32),
            1,
            0,
            List.copyOf(names),
            1,
            false,
            RelinkerSettings.DEFAULTS);
    RelinkTaskStatus status =
        new RelinkTaskStatus(
            done ? State.Succeeded : State.Running,
            null,
            1,
            0,
            1L,
            null,
            0,
            0,
            0,
            0,
            0,
            devices,
            List.of(),
            time(node.start()).toString(),
            done ? time(node.end()).toString() : null);
    return new NodeWork(
        node.name(),
        names,
        new Task(node.name(), 1, "1", spec, status),
        done ? NodeState.Done : NodeState.Running,
        null);
  }

  private static Instant time(double seconds) {
    return BEGIN.plusMillis((long) (seconds * 1000));
  }
}
