package dev.ringlift.operator;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.operator.observe.ClusterReader;
import dev.ringlift.operator.observe.Observer;
import dev.ringlift.operator.observe.Slim;
import dev.ringlift.operator.observe.SlimPods;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
 *   <li>a Pod of its namespace that comes, goes, or begins to run; a Deployment, StatefulSet or
 *       DaemonSet that is one of its consumers;
 *   <li>a Lease that comes, or comes back after it had run out. A renewal wakes nobody, and that
 *       one runs out is no event: that is seen when an increase is next looked at.
 * </ul>
 */
final class EventSources implements ClusterReader {
  /** Objects of a list that are on the heap as a whole, before less of each is kept. */
  private static final long PAGE = 500;

  /** The same of ConfigMaps, which may have a MiB each. */
  private static final long FEW = 20;

  private final IndexerResourceCache<PartitionPowerIncrease> increases;
  private final InformerEventSource<RelinkTask, PartitionPowerIncrease> tasks;
  private final InformerEventSource<StorageNode, PartitionPowerIncrease> storageNodes;
  private final InformerEventSource<Node, PartitionPowerIncrease> nodes;
  private final InformerEventSource<Lease, PartitionPowerIncrease> leases;
  private final InformerEventSource<ConfigMap, PartitionPowerIncrease> configMaps;
  private final InformerEventSource<Pod, PartitionPowerIncrease> pods;
  private final InformerEventSource<Deployment, PartitionPowerIncrease> deployments;
  private final InformerEventSource<StatefulSet, PartitionPowerIncrease> statefulSets;
  private final InformerEventSource<DaemonSet, PartitionPowerIncrease> daemonSets;
  private final SimpleInboundEventSource<PartitionPowerIncrease> recon =
      new SimpleInboundEventSource<>("recon");

  EventSources(EventSourceContext<PartitionPowerIncrease> context) {
    increases = context.getPrimaryCache();
    tasks =
        new InformerEventSource<>(
            from(RelinkTask.class)
                .withName("relinktasks")
                .withItemStore(new Slim<>(Slim::withoutManagers))
                .withSecondaryToPrimaryMapper(
                    Mappers.fromOwnerReferences(PartitionPowerIncrease.class))
                .build(),
            context);
    storageNodes =
        new InformerEventSource<>(
            from(StorageNode.class)
                .withName("storagenodes")
                .withItemStore(new Slim<>(Slim::withoutManagers))
                .withSecondaryToPrimaryMapper(this::allOfNamespace)
                .build(),
            context);
    nodes =
        new InformerEventSource<>(
            from(Node.class)
                .withName("nodes")
                .withItemStore(new Slim<>(Slim::addressesOnly))
                .withWatchAllNamespaces()
                .withOnUpdateFilter(EventSources::nodeChanged)
                .withSecondaryToPrimaryMapper(node -> wake(increase -> true))
                .build(),
            context);
    leases =
        new InformerEventSource<>(
            from(Lease.class)
                .withName("leases")
                .withLabelSelector(ApiConstants.LABEL_NODE)
                .withItemStore(new Slim<>(Slim::withRenewals))
                .withOnUpdateFilter(EventSources::cameBack)
                .withSecondaryToPrimaryMapper(this::allOfNamespace)
                .build(),
            context);
    configMaps =
        new InformerEventSource<>(
            from(ConfigMap.class)
                .withName("configmaps")
                .withItemStore(new Slim<>(Slim::nameOnly))
                .withInformerListLimit(FEW)
                .withSecondaryToPrimaryMapper(this::namingIt)
                .build(),
            context);
    pods =
        new InformerEventSource<>(
            from(Pod.class)
                .withName("pods")
                .withItemStore(new SlimPods())
                .withOnUpdateFilter(EventSources::runsOtherwise)
                .withSecondaryToPrimaryMapper(this::allOfNamespace)
                .build(),
            context);
    deployments = workloads(Deployment.class, "deployments", context);
    statefulSets = workloads(StatefulSet.class, "statefulsets", context);
    daemonSets = workloads(DaemonSet.class, "daemonsets", context);
  }

  private <R extends HasMetadata> InformerEventSource<R, PartitionPowerIncrease> workloads(
      Class<R> type, String name, EventSourceContext<PartitionPowerIncrease> context) {
    return new InformerEventSource<>(
        from(type).withName(name).withSecondaryToPrimaryMapper(this::whoseConsumerItIs).build(),
        context);
  }

  private static <R extends HasMetadata> InformerEventSourceConfiguration.Builder<R> from(
      Class<R> type) {
    return InformerEventSourceConfiguration.from(type, PartitionPowerIncrease.class)
        .withInformerListLimit(PAGE);
  }

  List<EventSource<?, PartitionPowerIncrease>> all() {
    return List.of(
        tasks,
        storageNodes,
        nodes,
        leases,
        configMaps,
        pods,
        deployments,
        statefulSets,
        daemonSets,
        recon);
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
    return leases.list(namespace).toList();
  }

  @Override
  public List<RelinkTask> tasks(String namespace, String increaseUid) {
    return tasks.list(namespace, task -> increaseUid.equals(increaseUid(task))).toList();
  }

  /** By label, as the API server is asked for them; null if it has none. */
  private static @Nullable String increaseUid(RelinkTask task) {
    Map<String, String> labels = task.getMetadata().getLabels();
    return labels == null ? null : labels.get(ApiConstants.LABEL_INCREASE_UID);
  }

  @Override
  public List<PartitionPowerIncrease> increases(String namespace) {
    return increases.list(namespace).toList();
  }

  @Override
  public List<Pod> pods(String namespace) {
    return pods.list(namespace).toList();
  }

  @Override
  public Optional<HasMetadata> workload(String namespace, Consumer.Kind kind, String name) {
    ResourceID id = new ResourceID(name, namespace);
    return switch (kind) {
      case Deployment -> deployments.get(id).map(HasMetadata.class::cast);
      case StatefulSet -> statefulSets.get(id).map(HasMetadata.class::cast);
      case DaemonSet -> daemonSets.get(id).map(HasMetadata.class::cast);
      case Addresses -> Optional.empty();
    };
  }

  /** Processes have told something else of their rings than before. */
  void wakeByRecon() {
    wake(increase -> !increase.getSpec().consumers().isEmpty()).forEach(recon::propagateEvent);
  }

  private Set<ResourceID> whoseConsumerItIs(HasMetadata workload) {
    String namespace = workload.getMetadata().getNamespace();
    String name = workload.getMetadata().getName();
    return wake(
        increase ->
            namespace.equals(increase.getMetadata().getNamespace())
                && increase.getSpec().consumers().stream()
                    .anyMatch(consumer -> consumer.name().equals(name)));
  }

  private static boolean runsOtherwise(Pod now, Pod before) {
    boolean endsNow =
        now.getMetadata().getDeletionTimestamp() != null
            && before.getMetadata().getDeletionTimestamp() == null;
    return endsNow
        || !Objects.equals(
            now.getStatus() == null ? null : now.getStatus().getPhase(),
            before.getStatus() == null ? null : before.getStatus().getPhase())
        || !Objects.equals(
            now.getStatus() == null ? null : now.getStatus().getPodIP(),
            before.getStatus() == null ? null : before.getStatus().getPodIP());
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

  private static boolean nodeChanged(Node now, Node before) {
    return !Observer.addresses(now).equals(Observer.addresses(before))
        || !Observer.labels(now).equals(Observer.labels(before))
        || !Objects.equals(Observer.notReadySince(now), Observer.notReadySince(before));
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
}
