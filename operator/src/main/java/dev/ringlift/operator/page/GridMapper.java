package dev.ringlift.operator.page;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.operator.observe.Observer;
import dev.ringlift.operator.page.NodeGrid.Device;
import dev.ringlift.operator.page.NodeGrid.Node;
import dev.ringlift.operator.plan.Observation.Heartbeat;
import dev.ringlift.ring.RingFileName;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * From tasks, StorageNodes and heartbeats to the grid of an increase's nodes. Pure.
 *
 * <p>The grid has a bounded size: beyond {@link #DEVICES} devices only those of nodes in trouble
 * are listed, for the first {@link #NODES_WITH_DEVICES} of these; and beyond {@link #NODES} nodes
 * those without trouble are left out first.
 */
final class GridMapper {
  /** Most devices that are all listed. */
  static final int DEVICES = 1_500;

  /** Most nodes whose devices are listed where not all are. */
  static final int NODES_WITH_DEVICES = 40;

  /** Most devices of one node that are listed where not all are. */
  static final int DEVICES_OF_A_NODE = 60;

  /** Most nodes. */
  static final int NODES = 5_000;

  /** How much later than its Lease says an agent is taken for lost. */
  private final Duration leaseGrace;

  GridMapper(Duration leaseGrace) {
    this.leaseGrace = leaseGrace;
  }

  /** What there is in the increase's namespace; the tasks are those of the increase. */
  record Sources(List<RelinkTask> tasks, List<StorageNode> nodes, List<Lease> leases) {}

  /** The step that the nodes are at, or were last, in the present cycle; null before its first. */
  static @Nullable Step step(PartitionPowerIncrease increase, List<RelinkTask> tasks) {
    int cycle = cycle(increase);
    return tasks.stream()
        .filter(task -> task.getSpec().cycle() == cycle)
        .map(task -> task.getSpec().step())
        .max(Comparator.naturalOrder())
        .orElse(null);
  }

  private static int cycle(PartitionPowerIncrease increase) {
    PartitionPowerIncreaseStatus status = increase.getStatus();
    return status == null || status.cycle() == null ? 0 : status.cycle().number();
  }

  NodeGrid map(PartitionPowerIncrease increase, Sources sources, Instant now) {
    Step step = step(increase, sources.tasks());
    List<Node> nodes = nodes(increase, step, sources, now);
    int devices = nodes.stream().mapToInt(Node::deviceCount).sum();
    boolean aggregated = devices > DEVICES;
    List<Node> shown = nodes.size() > NODES ? worst(nodes) : nodes;
    return new NodeGrid(
        increase.getMetadata().getUid(),
        step == null ? null : step.name(),
        aggregated,
        aggregated ? aggregated(shown) : shown,
        nodes.size() - shown.size());
  }

  private static List<Node> worst(List<Node> nodes) {
    return nodes.stream()
        .sorted(Comparator.comparing(node -> node.trouble() == null))
        .limit(NODES)
        .sorted(Comparator.comparing(Node::name))
        .toList();
  }

  private static List<Node> aggregated(List<Node> nodes) {
    List<Node> result = new ArrayList<>();
    int listed = 0;
    for (Node node : nodes) {
      boolean lists = node.trouble() != null && listed < NODES_WITH_DEVICES;
      listed += lists ? 1 : 0;
      result.add(withDevices(node, lists ? DEVICES_OF_A_NODE : 0));
    }
    return result;
  }

  private static Node withDevices(Node node, int most) {
    return new Node(
        node.name(),
        node.state(),
        node.staleRing(),
        node.done(),
        node.total(),
        node.filesPerSecond(),
        node.errors(),
        node.trouble(),
        node.deviceCount(),
        node.devices().stream()
            .sorted(Comparator.comparing(device -> device.trouble() == null))
            .limit(most)
            .sorted(Comparator.comparing(Device::name))
            .toList());
  }

  private List<Node> nodes(
      PartitionPowerIncrease increase, @Nullable Step step, Sources sources, Instant now) {
    int cycle = cycle(increase);
    Map<String, RelinkTask> tasks = new HashMap<>();
    for (RelinkTask task : sources.tasks()) {
      if (task.getSpec().step() == step && task.getSpec().cycle() == cycle) {
        tasks.put(task.getSpec().nodeName(), task);
      }
    }
    Map<String, StorageNode> storageNodes = new HashMap<>();
    sources.nodes().forEach(node -> storageNodes.put(node.getMetadata().getName(), node));
    Map<String, Lease> leases = new HashMap<>();
    sources.leases().forEach(lease -> leases.put(lease.getMetadata().getName(), lease));
    Map<String, List<Problem>> problems = problems(increase.getStatus());
    TreeSet<String> names = new TreeSet<>(storageNodes.keySet());
    names.addAll(tasks.keySet());
    String file = RingFileName.ring(increase.getSpec().policyIndex());
    boolean ended = OverviewMapper.hasEnded(increase);
    String md5 = ended ? null : ringMd5(increase.getStatus());
    return names.stream()
        .map(
            name ->
                new NodeMapper(
                        name,
                        step != null,
                        tasks.get(name),
                        Objects.requireNonNullElseGet(storageNodes.get(name), StorageNode::new)
                            .getStatus(),
                        problems.getOrDefault(name, List.of()))
                    .map(
                        file, md5, isLost(leases.get(ApiConstants.AGENT_LEASE_PREFIX + name), now)))
        .toList();
  }

  private static @Nullable String ringMd5(@Nullable PartitionPowerIncreaseStatus status) {
    return status == null || status.ring() == null ? null : status.ring().md5();
  }

  private static Map<String, List<Problem>> problems(
      @Nullable PartitionPowerIncreaseStatus status) {
    Map<String, List<Problem>> problems = new HashMap<>();
    if (status != null && status.problems() != null) {
      for (Problem problem : status.problems()) {
        if (problem.node() != null) {
          problems.computeIfAbsent(problem.node(), unused -> new ArrayList<>()).add(problem);
        }
      }
    }
    return problems;
  }

  private boolean isLost(@Nullable Lease lease, Instant now) {
    Heartbeat heartbeat = Observer.heartbeat(lease);
    return heartbeat == null || heartbeat.until().plus(leaseGrace).isBefore(now);
  }
}
