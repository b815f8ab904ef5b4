package dev.ringlift.operator;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.operator.observe.ClusterReader;
import dev.ringlift.operator.observe.Observer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What wakes an increase, and the caches that come with it.
 *
 * <ul>
 *   <li>its RelinkTasks;
 *   <li>any StorageNode of its namespace;
 *   <li>the ConfigMap that it names (seen by name only: the content is always read afresh);
 *   <li>a Node whose addresses changed;
 *   <li>a Lease that comes, or comes back after it had run out. A renewal wakes nobody, and that
 *       one runs out is no event: that is seen when an increase is next looked at.
 * </ul>
 */
final class EventSources implements ClusterReader {
  private final IndexerResourceCache<PartitionPowerIncrease> increases;
  private final InformerEventSource<RelinkTask, PartitionPowerIncrease> tasks;
  private final InformerEventSource<StorageNode, PartitionPowerIncrease> storageNodes;
  private final InformerEventSource<Node, PartitionPowerIncrease> nodes;
  private final InformerEventSource<Lease, PartitionPowerIncrease> leases;
  private final InformerEventSource<ConfigMap, PartitionPowerIncrease> configMaps;

  EventSources(EventSourceContext<PartitionPowerIncrease> context) {
    increases = context.getPrimaryCache();
    tasks =
        new InformerEventSource<>(
            from(RelinkTask.class)
                .withName("relinktasks")
                .withSecondaryToPrimaryMapper(
                    Mappers.fromOwnerReferences(PartitionPowerIncrease.class))
                .build(),
            context);
    storageNodes =
        new InformerEventSource<>(
            from(StorageNode.class)
                .withName("storagenodes")
                .withSecondaryToPrimaryMapper(this::allOfNamespace)
                .build(),
            context);
    nodes =
        new InformerEventSource<>(
            from(Node.class)
                .withName("nodes")
                .withWatchAllNamespaces()
                .withOnUpdateFilter(EventSources::addressesChanged)
                .withSecondaryToPrimaryMapper(node -> wake(increase -> true))
                .build(),
            context);
    leases =
        new InformerEventSource<>(
            from(Lease.class)
                .withName("leases")
                .withGenericFilter(EventSources::isAgent)
                .withOnUpdateFilter(EventSources::cameBack)
                .withSecondaryToPrimaryMapper(this::allOfNamespace)
                .build(),
            context);
    configMaps =
        new InformerEventSource<>(
            from(ConfigMap.class)
                .withName("configmaps")
                .withItemStore(new NamesOnly())
                .withSecondaryToPrimaryMapper(this::namingIt)
                .build(),
            context);
  }

  private static <R extends HasMetadata> InformerEventSourceConfiguration.Builder<R> from(
      Class<R> type) {
    return InformerEventSourceConfiguration.from(type, PartitionPowerIncrease.class);
  }

  List<EventSource<?, PartitionPowerIncrease>> all() {
    return List.of(tasks, storageNodes, nodes, leases, configMaps);
  }

  @Override
  public List<Node> nodes() {
    return nodes.list(node -> true).toList();
  }

  @Override
  public List<StorageNode> storageNodes(String namespace) {
    return storageNodes.list(namespace).toList();
  }

  @Override
  public List<Lease> leases(String namespace) {
    return leases.list(namespace, EventSources::isAgent).toList();
  }

  @Override
  public List<RelinkTask> tasks(String namespace, String increaseUid) {
    return tasks.list(namespace, task -> increaseUid.equals(task.getSpec().increaseUid())).toList();
  }

  @Override
  public List<PartitionPowerIncrease> increases(String namespace) {
    return increases.list(namespace).toList();
  }

  private Set<ResourceID> allOfNamespace(HasMetadata secondary) {
    String namespace = secondary.getMetadata().getNamespace();
    return wake(increase -> namespace.equals(increase.getMetadata().getNamespace()));
  }

  private Set<ResourceID> namingIt(ConfigMap map) {
    String namespace = map.getMetadata().getNamespace();
    String name = map.getMetadata().getName();
    return wake(
        increase ->
            namespace.equals(increase.getMetadata().getNamespace())
                && increase.getSpec().ring().configMaps().contains(name));
  }

  private Set<ResourceID> wake(Predicate<PartitionPowerIncrease> which) {
    return increases
        .list(which)
        .filter(EventSources::isUnderWay)
        .map(ResourceID::fromResource)
        .collect(Collectors.toSet());
  }

  private static boolean isUnderWay(PartitionPowerIncrease increase) {
    PartitionPowerIncreaseStatus status = increase.getStatus();
    return status == null || status.phase() == null || !status.phase().terminal();
  }

  private static boolean isAgent(Lease lease) {
    return lease.getMetadata().getName().startsWith(ApiConstants.AGENT_LEASE_PREFIX);
  }

  private static boolean addressesChanged(Node now, Node before) {
    return !Observer.addresses(now).equals(Observer.addresses(before));
  }

  private static boolean cameBack(Lease now, Lease before) {
    if (now.getSpec() == null || now.getSpec().getRenewTime() == null) {
      return false;
    }
    if (before.getSpec() == null || before.getSpec().getRenewTime() == null) {
      return true;
    }
    Integer seconds = before.getSpec().getLeaseDurationSeconds();
    Duration valid = seconds == null ? Observer.DEFAULT_LEASE : Duration.ofSeconds(seconds);
    return now.getSpec().getRenewTime().isAfter(before.getSpec().getRenewTime().plus(valid));
  }

  /** Keeps of each ConfigMap that it is there: a namespace may hold many, and large ones. */
  private static final class NamesOnly extends BasicItemStore<ConfigMap> {
    NamesOnly() {
      super(Cache::metaNamespaceKeyFunc);
    }

    @Override
    public @Nullable ConfigMap put(String key, ConfigMap map) {
      return super.put(
          key,
          new ConfigMapBuilder()
              .withNewMetadata()
              .withNamespace(map.getMetadata().getNamespace())
              .withName(map.getMetadata().getName())
              .withUid(map.getMetadata().getUid())
              .withResourceVersion(map.getMetadata().getResourceVersion())
              .endMetadata()
              .build());
    }
  }
}
