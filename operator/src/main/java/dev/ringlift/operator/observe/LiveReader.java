package dev.ringlift.operator.observe;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.StorageNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Optional;

/** Asks the API server each time: for what may not be decided on a cache. */
public final class LiveReader implements ClusterReader {
  private final KubernetesClient client;

  public LiveReader(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public List<Node> nodes() {
    return client.nodes().list().getItems();
  }

  @Override
  public List<StorageNode> storageNodes(String namespace) {
    return client.resources(StorageNode.class).inNamespace(namespace).list().getItems();
  }

  @Override
  public List<Lease> leases(String namespace) {
    return client
        .leases()
        .inNamespace(namespace)
        .withLabel(ApiConstants.LABEL_NODE)
        .list()
        .getItems();
  }

  @Override
  public List<RelinkTask> tasks(String namespace, String increaseUid) {
    return client
        .resources(RelinkTask.class)
        .inNamespace(namespace)
        .withLabel(ApiConstants.LABEL_INCREASE_UID, increaseUid)
        .list()
        .getItems();
  }

  @Override
  public List<PartitionPowerIncrease> increases(String namespace) {
    return client.resources(PartitionPowerIncrease.class).inNamespace(namespace).list().getItems();
  }

  @Override
  public List<Pod> pods(String namespace) {
    return client.pods().inNamespace(namespace).list().getItems();
  }

  @Override
  public Optional<HasMetadata> workload(String namespace, Consumer.Kind kind, String name) {
    HasMetadata found =
        switch (kind) {
          case Deployment ->
              client.apps().deployments().inNamespace(namespace).withName(name).get();
          case StatefulSet ->
              client.apps().statefulSets().inNamespace(namespace).withName(name).get();
          case DaemonSet -> client.apps().daemonSets().inNamespace(namespace).withName(name).get();
          case Addresses -> null;
        };
    return Optional.ofNullable(found);
  }
}
