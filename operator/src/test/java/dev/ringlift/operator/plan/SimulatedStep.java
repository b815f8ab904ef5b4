package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.NodeSelection;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.api.v1alpha1.RelinkerSettings;
import dev.ringlift.operator.plan.NodeTurns.Candidate;
import dev.ringlift.operator.plan.NodeTurns.Standing;
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
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A step that runs by a clock of its own, a tick after the other: nodes with devices that take
 * about an hour each, in their turns, with pauses, and with tries that fail.
 */
final class SimulatedStep {
  /** What was foretold, after so many seconds in which work was allowed. */
  record Said(double worked, Optional<Double> left) {}

  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final double HOUR = 3600;
  private static final double TICK = 20;
  private static final int PARTITIONS = 1024;
  private static final double BACKOFF = 60;

  private static final class Device {
    final String name;
    final double takes;
    double worked;

    /** After so much work its try fails; once. */
    double failsAt = Double.MAX_VALUE;

    boolean failed;

    Device(String name, double takes) {
      this.name = name;
      this.takes = takes;
    }

    boolean done() {
      return worked >= takes;
    }
  }

  private static final class Node {
    final String name;
    final Zone zone;
    final List<Device> devices = new ArrayList<>();
    int attempt = 1;
    boolean begun;
    boolean working;
    @Nullable Instant retryAt;

    Node(String name, Zone zone) {
      this.name = name;
      this.zone = zone;
    }

    boolean done() {
      return devices.stream().allMatch(Device::done);
    }

    Standing standing(Instant now) {
      if (working) {
        return Standing.AtWork;
      }
      if (done()) {
        return Standing.Done;
      }
      if (retryAt == null) {
        return begun ? Standing.Begun : Standing.Fresh;
      }
      return now.isBefore(retryAt) ? Standing.Resting : Standing.Retry;
    }
  }

  private final NodeSelection selection;
  private final Random random;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Zone> zones = new HashMap<>();
  private Instant now = BEGIN;
  private double worked;
  private boolean pauses;

  SimulatedStep(
      long seed,
      int nodeCount,
      int deviceCount,
      double spread,
      NodeSelection selection,
      int zoneCount) {
    this.selection = selection;
    random = new Random(seed);
    for (int number = 0; number < nodeCount; number++) {
      Node node = new Node("node-%03d".formatted(number), new Zone(1, number % zoneCount));
      for (int device = 0; device < deviceCount; device++) {
        double takes = HOUR * (1 - spread + 2 * spread * random.nextDouble());
        node.devices.add(new Device("d" + device, takes));
      }
      nodes.add(node);
      zones.put(node.name, node.zone);
    }
  }

  /** Work is not allowed for hours, again and again. */
  SimulatedStep pausedAtTimes() {
    pauses = true;
    return this;
  }

  /** Of four nodes, about one has a device whose first try fails between two shares of it. */
  SimulatedStep failing(double from, double to) {
    for (Node node : nodes) {
      if (random.nextInt(4) == 0) {
        Device device = node.devices.get(random.nextInt(node.devices.size()));
        device.failsAt = device.takes * (from + (to - from) * random.nextDouble());
      }
    }
    return this;
  }

  /** To its end, with what was foretold on the way. */
  List<Said> run() {
    List<Said> all = new ArrayList<>();
    while (!nodes.stream().allMatch(Node::done)) {
      if (pauses && random.nextInt(100) == 0) {
        pause(Duration.ofMinutes(30 + random.nextInt(600)));
      }
      tick();
      if (random.nextInt(10) == 0) {
        all.add(new Said(worked, left()));
      }
    }
    return all;
  }

  void work(double seconds) {
    for (double time = 0; time < seconds; time += TICK) {
      tick();
    }
  }

  void pause(Duration time) {
    now = now.plus(time);
  }

  /** For how many seconds work was allowed so far. */
  double worked() {
    return worked;
  }

  Optional<Double> left() {
    List<NodeWork> work = nodes.stream().map(this::work).toList();
    return Forecast.left(
            new StepWork(
                work, List.of(), List.of(), true, new NodeTurns(Set.of(), 0, ""), List.of()),
            zones,
            selection,
            now)
        .map(left -> left.toMillis() / 1000.0);
  }

  private void tick() {
    NodeTurns turns =
        NodeTurns.of(
            selection,
            nodes.stream()
                .map(node -> new Candidate(node.name, node.zone, node.standing(now), false))
                .toList());
    for (Node node : nodes) {
      if (!node.working && turns.may(node.name)) {
        node.attempt += node.retryAt == null ? 0 : 1;
        node.retryAt = null;
        node.begun = true;
        node.working = true;
        node.devices.forEach(device -> device.failed = false);
      }
    }
    now = now.plusSeconds((long) TICK);
    worked += TICK;
    nodes.stream().filter(node -> node.working).forEach(this::advance);
  }

  private void advance(Node node) {
    for (Device device : node.devices) {
      if (!device.done() && !device.failed) {
        device.worked = Math.min(device.takes, device.worked + TICK);
        if (device.worked >= device.failsAt) {
          device.failed = true;
          device.failsAt = Double.MAX_VALUE;
        }
      }
    }
    if (node.devices.stream().allMatch(device -> device.done() || device.failed)) {
      node.working = false;
      node.retryAt = node.done() ? null : now.plusSeconds((long) BACKOFF);
    }
  }

  private NodeWork work(Node node) {
    Set<String> names = new TreeSet<>();
    node.devices.forEach(device -> names.add(device.name));
    if (!node.begun) {
      return new NodeWork(node.name, names, null, NodeState.Waiting, null);
    }
    NodeState state =
        node.working ? NodeState.Running : node.done() ? NodeState.Done : NodeState.Failed;
    RelinkTaskSpec spec =
        new RelinkTaskSpec(
            "uid",
            1,
            node.name,
            0,
            Step.Cleanup,
            10,
            10,
            "0".repeat(32),
            1,
            0,
            List.copyOf(names),
            node.attempt,
            false,
            RelinkerSettings.DEFAULTS);
    return new NodeWork(
        node.name, names, new Task(node.name, 1, "1", spec, status(node)), state, node.retryAt);
  }

  private static RelinkTaskStatus status(Node node) {
    return new RelinkTaskStatus(
        node.working ? State.Running : node.done() ? State.Succeeded : State.Failed,
        null,
        node.attempt,
        0,
        1L,
        null,
        0,
        0,
        0,
        0,
        0,
        node.devices.stream().map(SimulatedStep::progress).toList(),
        List.of(),
        null,
        null);
  }

  private static DeviceProgress progress(Device device) {
    return new DeviceProgress(
        device.name,
        device.done()
            ? DeviceState.Succeeded
            : device.failed ? DeviceState.Failed : DeviceState.Running,
        (long) (PARTITIONS * device.worked / device.takes),
        PARTITIONS,
        0,
        0,
        0,
        0,
        List.of(),
        (long) device.worked,
        null);
  }
}
