package dev.ringlift.operator.observe;

import static java.util.stream.Collectors.toMap;

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
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is there now, for what may not be decided on a cache; for one look.
 *
 * <ol>
 *   <li>Of each kind, all at once, the API server is asked for the names and the resourceVersions
 *       of all objects that there are: see {@link Versions}.
 *   <li>Where a cache holds an object at the resourceVersion that it has now, it holds the very
 *       object: that is taken, and neither sent nor parsed once more. Of thousands, that is all but
 *       a few.
 *   <li>What the cache holds otherwise, or not at all, is read; one by one if these are few, else
 *       (its watch is behind, or broken) all of the kind, page by page. What is gone is left out.
 * </ol>
 *
 * <p>Invariant: nothing is older than this object. How far caches are behind decides how long it
 * takes, never what is seen; it is remembered, for whoever {@linkplain LiveLooks asks} whether they
 * hear anything at all.
 */
public final class LiveReader implements ClusterReader {
  private static final long PAGE = 500;

  /** More than these are read sooner by lists than one by one. */
  private static final int FEW = 100;

  private final KubernetesClient client;
  private final Versions versions;
  private final CompletableFuture<List<Node>> nodes;
  private final CompletableFuture<List<StorageNode>> storageNodes;
  private final CompletableFuture<List<Lease>> leases;
  private final CompletableFuture<List<RelinkTask>> tasks;
  private final CompletableFuture<List<PartitionPowerIncrease>> increases;
  private final CompletableFuture<List<Pod>> pods;
  private final Queue<Unheard> unheard = new ConcurrentLinkedQueue<>();

  /**
   * Begins to read.
   *
   * @param caches what watches have told
   * @param namespace of all but the Nodes
   * @param increaseUid whose tasks are read
   */
  public LiveReader(
      KubernetesClient client, ClusterReader caches, String namespace, String increaseUid) {
    this.client = client;
    this.versions = new Versions(client);
    nodes =
        begin(
            () -> read(Node.class, caches::nodes, client.nodes(), null, null, Slim::addressesOnly));
    storageNodes =
        begin(
            () ->
                read(
                    StorageNode.class,
                    () -> caches.storageNodes(namespace),
                    client.resources(StorageNode.class).inNamespace(namespace),
                    namespace,
                    null,
                    Slim::withoutManagers));
    leases =
        begin(
            () ->
                read(
                    Lease.class,
                    () -> caches.leases(namespace),
                    client.leases().inNamespace(namespace),
                    namespace,
                    ApiConstants.LABEL_NODE,
                    Slim::withRenewals));
    tasks =
        begin(
            () ->
                read(
                    RelinkTask.class,
                    () -> caches.tasks(namespace, increaseUid),
                    client.resources(RelinkTask.class).inNamespace(namespace),
                    namespace,
                    ApiConstants.LABEL_INCREASE_UID + "=" + increaseUid,
                    Slim::withoutManagers));
    increases =
        begin(
            () ->
                client
                    .resources(PartitionPowerIncrease.class)
                    .inNamespace(namespace)
                    .list()
                    .getItems());
    pods =
        begin(
            () ->
                read(
                    Pod.class,
                    () -> caches.pods(namespace),
                    client.pods().inNamespace(namespace),
                    namespace,
                    null,
                    SlimPods::slim));
  }

  @Override
  public List<Node> nodes() {
    return end(nodes);
  }

  @Override
  public List<StorageNode> storageNodes(String namespace) {
    return end(storageNodes);
  }

  @Override
  public List<Lease> leases(String namespace) {
    return end(leases);
  }

  @Override
  public List<RelinkTask> tasks(String namespace, String increaseUid) {
    return end(tasks);
  }

  @Override
  public List<PartitionPowerIncrease> increases(String namespace) {
    return end(increases);
  }

  @Override
  public List<Pod> pods(String namespace) {
    return end(pods);
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

  /** What caches had not heard of when this was read; once all of it is. */
  public List<Unheard> unheard() {
    CompletableFuture.allOf(nodes, storageNodes, leases, tasks, pods).join();
    return List.copyOf(unheard);
  }

  private <T extends HasMetadata> List<T> read(
      Class<T> kind,
      Supplier<List<T>> cache,
      NonNamespaceOperation<T, ? extends KubernetesResourceList<T>, ? extends Resource<T>> objects,
      @Nullable String namespace,
      @Nullable String labels,
      UnaryOperator<T> less) {
    Map<String, T> known =
        cache.get().stream()
            .collect(toMap(object -> object.getMetadata().getName(), Function.identity()));
    Map<String, String> former = Unheard.versions(known.values());
    List<T> all = new ArrayList<>();
    List<String> others = new ArrayList<>();
    versions
        .of(kind, namespace, labels)
        .forEach(
            (name, version) -> {
              T object = known.get(name);
              if (object != null && version.equals(former.get(name))) {
                all.add(object);
                former.remove(name);
              } else {
                others.add(name);
                former.putIfAbsent(name, Unheard.ABSENT);
              }
            });
    unheard.add(new Unheard(kind.getSimpleName(), cache, former));
    if (others.size() > FEW) {
      return readAll(labels == null ? objects : objects.withLabelSelector(labels), less);
    }
    for (String name : others) {
      T object = objects.withName(name).get();
      if (object != null) {
        all.add(less.apply(object));
      }
    }
    return all;
  }

  private static <T extends HasMetadata> List<T> readAll(
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

  private static <T> CompletableFuture<T> begin(Supplier<T> reading) {
    return CompletableFuture.supplyAsync(reading, Thread::startVirtualThread);
  }

  private static <T> T end(CompletableFuture<T> reading) {
    try {
      return reading.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
