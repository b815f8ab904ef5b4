package dev.ringlift.operator.observe;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.StorageNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Listable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Asks the API server each time: for what may not be decided on a cache. Page by page, and of each
 * object only what {@link Observer} looks at is kept: all Nodes of a large cluster, whole and at
 * once, would not fit the heap.
 */
public final class LiveReader implements ClusterReader {
  private static final long PAGE = 500;

  private final KubernetesClient client;

  public LiveReader(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public List<Node> nodes() {
    return read(client.nodes(), Slim::addressesOnly);
  }

  @Override
  public List<StorageNode> storageNodes(String namespace) {
    return read(client.resources(StorageNode.class).inNamespace(namespace), Slim::withoutManagers);
  }

  @Override
  public List<Lease> leases(String namespace) {
    return read(
        client.leases().inNamespace(namespace).withLabel(ApiConstants.LABEL_NODE),
        Slim::withoutManagers);
  }

  @Override
  public List<RelinkTask> tasks(String namespace, String increaseUid) {
    return read(
        client
            .resources(RelinkTask.class)
            .inNamespace(namespace)
            .withLabel(ApiConstants.LABEL_INCREASE_UID, increaseUid),
        Slim::withoutManagers);
  }

  @Override
  public List<PartitionPowerIncrease> increases(String namespace) {
    return client.resources(PartitionPowerIncrease.class).inNamespace(namespace).list().getItems();
  }

  @Override
  public List<Pod> pods(String namespace) {
    return read(client.pods().inNamespace(namespace), SlimPods::slim);
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

  private static <T extends HasMetadata> List<T> read(
      Listable<? extends KubernetesResourceList<T>> objects, UnaryOperator<T> less) {
    List<T> all = new ArrayList<>();
    String next = null;
    do {
      KubernetesResourceList<T> page =
          objects.list(new ListOptionsBuilder().withLimit(PAGE).withContinue(next).build());
      page.getItems().stream().map(less).forEach(all::add);
      next = page.getMetadata().getContinue();
    } while (next != null && !next.isEmpty());
    return all;
  }
}
