package dev.ringlift.operator.cluster;

import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.operator.observe.ClusterReader;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.util.List;
import java.util.Optional;

/** Caches whose watches have told this much, and no more. */
public record Remembered(
    List<Node> nodes,
    List<StorageNode> storageNodes,
    List<Lease> leases,
    List<RelinkTask> tasks,
    List<Pod> pods)
    implements ClusterReader {
  /** That have heard of nothing. */
  public static final Remembered NOTHING =
      new Remembered(List.of(), List.of(), List.of(), List.of(), List.of());

  @Override
  public List<StorageNode> storageNodes(String namespace) {
    return storageNodes;
  }

  @Override
  public List<Lease> leases(String namespace) {
    return leases;
  }

  @Override
  public List<RelinkTask> tasks(String namespace, String increaseUid) {
    return tasks;
  }

  @Override
  public List<PartitionPowerIncrease> increases(String namespace) {
    return List.of();
  }

  @Override
  public List<Pod> pods(String namespace) {
    return pods;
  }

  @Override
  public Optional<HasMetadata> workload(String namespace, Consumer.Kind kind, String name) {
    return Optional.empty();
  }
}
