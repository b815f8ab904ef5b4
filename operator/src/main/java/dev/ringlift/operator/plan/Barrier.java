package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.KnownConsumer;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingFileStatus;
import dev.ringlift.operator.plan.Observation.Heartbeat;
import dev.ringlift.operator.plan.Observation.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who has proved to have the ring that the store has. Asked are all nodes with devices of the ring
 * and all that have a StorageNode, and the consumers. Each node must live and show the ring's md5:
 * a node that is silent proves nothing, whatever it said before; it is not asked if all its devices
 * are left out, for then the user knows it to be dead. What consumers must do is said in {@link
 * ConsumerProofs}.
 *
 * @param nodes how many nodes are asked
 * @param missingNodes each that has not proved it, with what is wrong there; first those that are
 *     lost, for they are the ones that don't come by waiting
 * @param overdueNodes those of the others that ought to have it by now, or are on their way to be
 *     lost: not ready, as Kubernetes says, which it knows long before a Lease has run out
 * @param consumers what the consumers have proved
 * @param demands what is not true of the consumers themselves that has to be, once the increase has
 *     changed something; before, preflight looks
 * @param asked each consumer, as it is now
 */
record Barrier(
    int nodes,
    List<Problem> missingNodes,
    List<Problem> overdueNodes,
    ConsumerProofs consumers,
    List<Problem> demands,
    List<KnownConsumer> asked) {

  Barrier {
    missingNodes = List.copyOf(missingNodes);
    overdueNodes = List.copyOf(overdueNodes);
    demands = List.copyOf(demands);
    asked = List.copyOf(asked);
  }

  static Barrier of(
      Observation seen, DeviceMap devices, WantedRing ring, Settings settings, Instant now) {
    int total = 0;
    boolean late =
        ring.since() != null && now.isAfter(ring.since().plus(settings.consumers().staleAfter()));
    List<Problem> gone = new ArrayList<>();
    List<Problem> outdated = new ArrayList<>();
    List<Problem> overdue = new ArrayList<>();
    for (Node node : seen.nodes()) {
      if (node.inventory() == null && !devices.ringDevices().containsKey(node.name())) {
        continue;
      }
      Optional<Problem> lost = lost(node, settings, now);
      if (lost.isPresent() && devices.leftOut().contains(node.name())) {
        continue;
      }
      total++;
      lost.ifPresent(gone::add);
      Optional<Problem> lacks = lost.isPresent() ? Optional.empty() : outdated(node, ring);
      lacks.ifPresent(outdated::add);
      lacks.filter(unused -> late || node.notReadySince() != null).ifPresent(overdue::add);
    }
    ConsumerProofs consumers = ConsumerProofs.of(seen.audience(), ring, settings.consumers(), now);
    List<Problem> missing = new ArrayList<>(gone);
    missing.addAll(outdated);
    List<Problem> demands = new ArrayList<>();
    if (ring.published()) {
      demands.addAll(ConsumerDemands.unmet(seen.increase().spec(), seen.audience()));
      demands.addAll(KnownConsumers.dropped(seen));
    }
    return new Barrier(
        total,
        missing,
        overdue,
        consumers,
        demands,
        KnownConsumers.of(seen.increase().spec(), seen.audience()));
  }

  boolean passed() {
    return missingNodes.isEmpty() && consumers.missing().isEmpty() && demands.isEmpty();
  }

  /** Nodes and consumers that are asked. */
  int total() {
    return nodes + consumers.total();
  }

  /** Those that have proved it. */
  int current() {
    return nodes - missingNodes.size() + consumers.current();
  }

  /** Everybody who has not, with what is wrong there. */
  List<Problem> missing() {
    List<Problem> all = new ArrayList<>(demands);
    all.addAll(missingNodes);
    all.addAll(consumers.missing());
    return all;
  }

  /** What is wrong, as against what only takes its time. */
  List<Problem> problems() {
    List<Problem> all = new ArrayList<>(demands);
    all.addAll(lost());
    all.addAll(overdueNodes);
    all.addAll(consumers.overdue());
    all.addAll(consumers.unproven());
    return all;
  }

  /** As in {@code 3 nodes and 2 other consumers}. */
  String everybody() {
    return consumers.total() == 0
        ? nodes + " nodes"
        : "%d nodes and %d other consumers".formatted(nodes, consumers.total());
  }

  static boolean isLost(Problem problem) {
    return Reason.NodeLost.name().equals(problem.reason());
  }

  /** The nodes that don't answer, as against those that only lack the ring. */
  List<Problem> lost() {
    return missingNodes.stream().filter(Barrier::isLost).toList();
  }

  /** Why a node's agent can't be taken for alive. */
  static Optional<Problem> lost(Node node, Settings settings, Instant now) {
    if (node.inventory() == null) {
      return Optional.of(
          problem(
              node,
              Reason.NodeLost,
              "has devices of the ring, but no agent has reported from it; see whether the"
                  + " agent's pod runs there"));
    }
    Heartbeat heartbeat = node.heartbeat();
    if (heartbeat == null) {
      return Optional.of(
          problem(node, Reason.NodeLost, "has a StorageNode, but its agent has no Lease"));
    }
    if (now.isAfter(heartbeat.until().plus(settings.leaseGrace()))) {
      return Optional.of(
          problem(
              node,
              Reason.NodeLost,
              "does not answer: its agent last renewed its Lease at "
                  + Times.format(heartbeat.renewed())
                  + "; see whether its pod runs, or exclude its devices if it is lost for good"));
    }
    return Optional.empty();
  }

  private static Optional<Problem> outdated(Node node, WantedRing ring) {
    String ringFile = ring.file();
    RingFileStatus seen = ringOf(node, ringFile);
    if (seen == null) {
      return Optional.of(
          problem(
              node,
              Reason.NodeRingOutdated,
              "has no file " + ringFile,
              notInstalled(node, ringFile)));
    }
    if (seen.md5().equals(ring.md5())) {
      return Optional.empty();
    }
    return Optional.of(
        problem(
            node,
            Reason.NodeRingOutdated,
            "has another %s than the store%s"
                .formatted(
                    ringFile,
                    // While a ring spreads, most nodes lack the same one, and have the same other.
                    ring.published() ? "" : ": md5 %s, not %s".formatted(seen.md5(), ring.md5())),
            notInstalled(node, ringFile)));
  }

  /** Why the node's agent, if that is its task, has not installed the ring. */
  private static String notInstalled(Node node, String ringFile) {
    if (node.inventory() == null) {
      return "";
    }
    return node.inventory().ringProblems().stream()
        .filter(problem -> problem.file() == null || problem.file().equals(ringFile))
        .map(
            problem ->
                " Of ConfigMap %s: %s"
                    .formatted(
                        Sentences.foreign(problem.configMap()),
                        Sentences.foreign(problem.message())))
        .collect(Collectors.joining());
  }

  private static @Nullable RingFileStatus ringOf(Node node, String ringFile) {
    if (node.inventory() == null) {
      return null;
    }
    return node.inventory().rings().stream()
        .filter(ring -> ring.file().equals(ringFile))
        .findFirst()
        .orElse(null);
  }

  private static Problem problem(Node node, Reason reason, String what) {
    return problem(node, reason, what, "");
  }

  private static Problem problem(Node node, Reason reason, String what, String why) {
    return new Problem(
        node.name(),
        null,
        reason.name(),
        "Node %s %s.%s%s".formatted(node.name(), what, why, notReady(node)));
  }

  private static String notReady(Node node) {
    Instant since = node.notReadySince();
    return since == null
        ? ""
        : " Kubernetes has not called it ready since " + Times.format(since) + ".";
  }

  /** How long the settle time still lasts when the ring has been everywhere since a moment. */
  static Duration settling(@Nullable Instant since, Duration settle, Instant now) {
    Duration left = Duration.between(now, (since == null ? now : since).plus(settle));
    return left.isNegative() ? Duration.ZERO : left;
  }
}
