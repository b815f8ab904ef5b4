package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.NodeSelection.ExcludedDevice;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck.Result;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.operator.plan.Observation.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The checks, before a Prepare ring is published, of nodes, their agents and devices. */
final class NodeChecks {
  /** The first agent that leaves devices alone that are excluded. */
  private static final FirstVersion AGENT = new FirstVersion(0, 1);

  /** What a busy API server may take for a renewal, which looks like a clock that is behind. */
  private static final Duration RENEWAL = Duration.ofSeconds(2);

  private final Observation seen;
  private final DeviceMap devices;
  private final Barrier barrier;
  private final Instant now;
  private final CheckList checks;

  private NodeChecks(Scene scene, CheckList checks) {
    this.checks = checks;
    this.seen = scene.seen();
    this.devices = scene.devices();
    this.barrier = scene.barrier();
    this.now = scene.now();
  }

  static void make(Scene scene, CheckList checks) {
    new NodeChecks(scene, checks).checkNodes();
  }

  private void checkNodes() {
    if (devices.ringDevices().isEmpty() && devices.problems().isEmpty()) {
      checks.add(Check.DevicesMatched, Result.Failed, "The ring has no device.");
      return;
    }
    addProblems(
        Check.DevicesMatched,
        devices.problems(),
        "Every device of the ring belongs to one of %d node(s)."
            .formatted(devices.ringDevices().size()));
    String dataDir = DataDir.of(seen.increase().spec().policyIndex());
    List<Problem> heldBack =
        seen.nodes().stream()
            .filter(node -> !devices.required(node, dataDir).isEmpty())
            .flatMap(node -> HeldBack.why(node, seen.increase().spec().nodes()).stream())
            .toList();
    addProblems(
        Check.NodesSelected, heldBack, "All nodes with devices that have to be done take part.");
    checkExclusions();
    checkCordoned(dataDir);
    addProblems(
        Check.AgentsAlive,
        barrier.lost(),
        "The agents of all %d node(s) answer.".formatted(barrier.nodes()));
    checkVersions();
    checkClocks();
    List<Problem> outdated =
        barrier.missingNodes().stream()
            .filter(problem -> !barrier.lost().contains(problem))
            .toList();
    addProblems(
        Check.RingDistributed, outdated, "All nodes that answer have the ring that the store has.");
    List<Problem> unusable =
        seen.nodes().stream().flatMap(node -> devices.unusable(node).stream()).toList();
    addProblems(
        Check.DevicesMounted, unusable, "All devices of the ring are on their nodes and mounted.");
    checkOwners(dataDir);
    checkStale(dataDir);
  }

  /**
   * Hard links need the owner's uid, and an agent has one. As which it runs, it does not tell: only
   * where devices differ, it is seen that some are not its own.
   */
  private void checkOwners(String dataDir) {
    List<String> mixed = new ArrayList<>();
    for (Node node : seen.nodes()) {
      Set<String> required = devices.required(node, dataDir);
      Map<Integer, String> owners = new TreeMap<>();
      if (node.inventory() != null) {
        node.inventory().devices().stream()
            .filter(device -> required.contains(device.name()))
            .filter(device -> device.mounted() && device.problem() == null)
            .forEach(device -> owners.putIfAbsent(device.uid(), device.name()));
      }
      if (owners.size() > 1) {
        mixed.add(
            "Devices of node %s belong to different users (%s), and its agent, which is one of them, can only link what is its own: make Swift's user the owner of all."
                .formatted(
                    node.name(),
                    owners.entrySet().stream()
                        .map(owner -> "%s to uid %d".formatted(owner.getValue(), owner.getKey()))
                        .collect(Collectors.joining(", "))));
      }
    }
    checks.warnIf(Check.DeviceOwners, mixed, "The devices of each node belong to one user.");
  }

  /** A cordoned node works: its agent's pod stays, and may come back. But it may be drained. */
  private void checkCordoned(String dataDir) {
    List<String> cordoned =
        seen.nodes().stream()
            .filter(Node::cordoned)
            .filter(node -> !devices.required(node, dataDir).isEmpty())
            .map(
                node ->
                    "Node %s is cordoned; it takes part. If it is to be drained or replaced, hold it back by the label ringlift.dev/skip, or wait with the increase."
                        .formatted(node.name()))
            .toList();
    checks.warnIf(Check.NodesCordoned, cordoned, "No node with devices to be done is cordoned.");
  }

  private void checkVersions() {
    List<String> old = new ArrayList<>();
    Set<String> versions = new TreeSet<>();
    for (Node node : seen.nodes()) {
      if (node.inventory() == null || devices.leftOut().contains(node.name())) {
        continue;
      }
      String version = Sentences.foreign(node.inventory().agentVersion());
      versions.add(version);
      if (AGENT.isAfter(version)) {
        old.add(
            "The agent of node %s has version %s, and %s is needed."
                .formatted(node.name(), version, AGENT));
      }
    }
    if (!old.isEmpty()) {
      checks.add(Check.AgentVersions, Result.Failed, Sentences.first(old));
    } else if (versions.size() > 1) {
      checks.add(
          Check.AgentVersions,
          Result.Warning,
          "Agents have different versions: %s. Let their rollout end first."
              .formatted(String.join(", ", versions)));
    } else {
      checks.add(
          Check.AgentVersions,
          Result.Passed,
          versions.isEmpty()
              ? "No agent has told its version."
              : "All agents have version " + versions.iterator().next() + ".");
    }
  }

  /** An agent looks at its clock before it renews its Lease, the API server when it does. */
  private void checkClocks() {
    List<String> skewed = new ArrayList<>();
    for (Node node : seen.nodes()) {
      if (node.heartbeat() == null) {
        continue;
      }
      Duration skew = node.heartbeat().skewAt(now);
      if (skew.compareTo(ConsumerChecks.CLOCK_SKEW) > 0) {
        skewed.add(
            "The clock of node %s is at least %s ahead of the API server's."
                .formatted(node.name(), Times.inWords(skew)));
      } else if (skew.negated().compareTo(ConsumerChecks.CLOCK_SKEW.plus(RENEWAL)) > 0) {
        skewed.add(
            "The clock of node %s is about %s behind the API server's."
                .formatted(node.name(), Times.inWords(skew.negated())));
      }
    }
    if (skewed.isEmpty()) {
      checks.add(
          Check.AgentClocks,
          Result.Passed,
          "No agent's clock is known to differ from the API server's.");
    } else {
      checks.add(
          Check.AgentClocks,
          Result.Warning,
          Sentences.first(skewed)
              + " Swift decides by time stamps which write is the last: mend the clocks first.");
    }
  }

  /** What is left out anyway may be stale: it has to be wiped before it returns. */
  private void checkStale(String dataDir) {
    List<Problem> stale = devices.stale(seen.nodes(), dataDir);
    List<Problem> taking = new ArrayList<>(devices.exclusions().returned());
    stale.stream().filter(problem -> !isLeftOut(problem)).forEach(taking::add);
    if (!stale.isEmpty() && taking.isEmpty()) {
      checks.add(
          Check.NoStaleDevices,
          Result.Warning,
          Sentences.first(stale.stream().map(Problem::message).toList())
              + " It is left out, as spec.nodes.excludeDevices has it.");
    } else {
      addProblems(
          Check.NoStaleDevices, taking, "No device holds what an earlier increase left behind.");
    }
  }

  private boolean isLeftOut(Problem problem) {
    return problem.node() != null
        && problem.device() != null
        && devices.exclusions().ofNode(problem.node()).contains(problem.device());
  }

  private void checkExclusions() {
    Exclusions exclusions = devices.exclusions();
    List<ExcludedDevice> named = seen.increase().spec().nodes().excludeDevices();
    if (named.isEmpty()) {
      checks.add(Check.Exclusions, Result.Passed, "No device is to be left out.");
    } else if (exclusions.refusal() != null) {
      checks.add(Check.Exclusions, Result.Failed, exclusions.refusal());
    } else if (!exclusions.strangers().isEmpty()) {
      checks.add(
          Check.Exclusions,
          Result.Failed,
          "spec.nodes.excludeDevices names what is neither in the ring nor on its node: %s. Name devices as the ring does, with their node, or with their ip in the ring."
              .formatted(Exclusions.names(exclusions.strangers())));
    } else {
      checks.add(
          Check.Exclusions,
          Result.Warning,
          "%s: left out. Every partition has enough replicas without, but what only these hold can't be found any more. Wipe each before it returns."
              .formatted(Exclusions.names(named)));
    }
  }

  private void addProblems(Check check, List<Problem> problems, String otherwise) {
    checks.failIf(check, problems.stream().map(Problem::message).toList(), otherwise);
  }
}
