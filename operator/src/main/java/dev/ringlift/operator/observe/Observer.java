package dev.ringlift.operator.observe;

import static java.util.stream.Collectors.toMap;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RingSource.Encoding;
import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.operator.plan.Observation;
import dev.ringlift.operator.plan.Observation.Heartbeat;
import dev.ringlift.operator.plan.Observation.Increase;
import dev.ringlift.operator.plan.Observation.Rival;
import dev.ringlift.operator.plan.Observation.Task;
import dev.ringlift.operator.plan.StoredRing;
import dev.ringlift.operator.plan.Times;
import dev.ringlift.operator.recon.ReconReader;
import dev.ringlift.ring.Ring;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Puts together what bears on an increase. */
public final class Observer {
  private static final Set<String> RING_ADDRESS_TYPES =
      Set.of("InternalIP", "ExternalIP", "Hostname");

  /** For how long a Lease holds that does not say so itself. */
  public static final Duration DEFAULT_LEASE = Duration.ofMinutes(5);

  private Observer() {}

  /**
   * Everything at once.
   *
   * @param increase as read from the API server just now
   * @param store what was read from its ring store
   * @param recon what processes tell of their rings
   * @param published finds the ring of an md5 among the backups
   */
  public static Observation observe(
      PartitionPowerIncrease increase,
      StoredRing store,
      ClusterReader reader,
      ReconReader recon,
      Function<String, Optional<Ring>> published) {
    String namespace = increase.getMetadata().getNamespace();
    return new Observation(
        increase(increase),
        store,
        nodes(reader, namespace),
        reader.tasks(namespace, increase.getMetadata().getUid()).stream()
            .map(Observer::task)
            .toList(),
        reader.increases(namespace).stream()
            .filter(other -> isRival(other, increase))
            .map(Observer::rival)
            .toList(),
        replaced(increase.getStatus(), store).flatMap(published).orElse(null),
        AudienceObserver.observe(namespace, increase.getSpec(), store, reader, recon));
  }

  /** The md5 of the increase's own ring when another may be in the store. */
  private static Optional<String> replaced(
      @Nullable PartitionPowerIncreaseStatus status, StoredRing store) {
    if (status == null || status.publication() == null || status.ring() == null) {
      return Optional.empty();
    }
    boolean there =
        store instanceof StoredRing.Pair pair
            && (pair.ringMd5().equals(status.publication().md5())
                || pair.ringMd5().equals(status.ring().md5()));
    return there ? Optional.empty() : Optional.of(status.ring().md5());
  }

  /** The increase alone. */
  public static Increase increase(PartitionPowerIncrease increase) {
    return new Increase(
        increase.getMetadata().getName(),
        increase.getMetadata().getUid(),
        Objects.requireNonNullElse(increase.getMetadata().getGeneration(), 0L),
        created(increase),
        increase.getSpec(),
        wishes(increase),
        increase.getStatus());
  }

  /** The annotations by which a user tells the operator something. */
  public static Map<String, String> wishes(PartitionPowerIncrease increase) {
    Map<String, String> all = increase.getMetadata().getAnnotations();
    Map<String, String> own = new TreeMap<>(all == null ? Map.of() : all);
    own.keySet().removeIf(key -> !key.startsWith(ApiConstants.GROUP + "/"));
    return own;
  }

  private static Instant created(PartitionPowerIncrease increase) {
    return Times.parse(increase.getMetadata().getCreationTimestamp(), Instant.MAX);
  }

  private static Task task(RelinkTask task) {
    return new Task(
        task.getMetadata().getName(),
        Objects.requireNonNullElse(task.getMetadata().getGeneration(), 0L),
        task.getMetadata().getResourceVersion(),
        task.getSpec(),
        task.getStatus());
  }

  private static boolean isRival(PartitionPowerIncrease other, PartitionPowerIncrease increase) {
    PartitionPowerIncreaseStatus status = other.getStatus();
    boolean ended = status != null && status.phase() != null && status.phase().terminal();
    return !ended
        && !other.getMetadata().getUid().equals(increase.getMetadata().getUid())
        && raiseTheSameRing(other.getSpec(), increase.getSpec());
  }

  /**
   * Whatever else they say of it: they name a ConfigMap in common, and look there for the same key.
   * Base64 has one key for every policy.
   */
  private static boolean raiseTheSameRing(
      PartitionPowerIncreaseSpec one, PartitionPowerIncreaseSpec other) {
    boolean sameKey =
        one.policyIndex() == other.policyIndex()
            || (one.ring().encoding() == Encoding.Base64
                && other.ring().encoding() == Encoding.Base64);
    return sameKey && !Collections.disjoint(one.ring().configMaps(), other.ring().configMaps());
  }

  private static Rival rival(PartitionPowerIncrease other) {
    PartitionPowerIncreaseStatus status = other.getStatus();
    return new Rival(
        other.getMetadata().getName(),
        created(other),
        status != null && status.publication() != null);
  }

  private static List<Observation.Node> nodes(ClusterReader reader, String namespace) {
    Map<String, Node> nodes = byName(reader.nodes(), node -> node.getMetadata().getName());
    Map<String, StorageNode> storageNodes =
        byName(reader.storageNodes(namespace), node -> node.getMetadata().getName());
    Map<String, Lease> leases =
        byName(reader.leases(namespace), lease -> lease.getMetadata().getName());
    Set<String> names = new TreeSet<>(nodes.keySet());
    names.addAll(storageNodes.keySet());
    List<Observation.Node> all = new ArrayList<>();
    for (String name : names) {
      StorageNode storageNode = storageNodes.get(name);
      all.add(
          new Observation.Node(
              name,
              addresses(nodes.get(name)),
              labels(nodes.get(name)),
              storageNode == null ? null : storageNode.getStatus(),
              heartbeat(leases.get(ApiConstants.AGENT_LEASE_PREFIX + name)),
              storageNode == null || storageNode.getSpec() == null
                  ? List.of()
                  : storageNode.getSpec().excludedDevices(),
              isCordoned(nodes.get(name)),
              notReadySince(nodes.get(name))));
    }
    return all;
  }

  private static <T> Map<String, T> byName(List<T> items, Function<T, String> name) {
    return items.stream().collect(toMap(name, Function.identity(), (a, b) -> a));
  }

  /** What the Node's status says, and what an administrator annotated; never what an agent says. */
  public static Set<String> addresses(@Nullable Node node) {
    Set<String> addresses = new HashSet<>();
    if (node == null) {
      return addresses;
    }
    if (node.getStatus() != null && node.getStatus().getAddresses() != null) {
      for (NodeAddress address : node.getStatus().getAddresses()) {
        if (RING_ADDRESS_TYPES.contains(address.getType())) {
          addresses.add(address.getAddress());
        }
      }
    }
    Map<String, String> annotations = node.getMetadata().getAnnotations();
    String annotated =
        annotations == null ? null : annotations.get(ApiConstants.ANNOTATION_RING_ADDRESSES);
    if (annotated != null) {
      for (String address : annotated.split(",", -1)) {
        if (!address.isBlank()) {
          addresses.add(address.strip());
        }
      }
    }
    return addresses;
  }

  private static boolean isCordoned(@Nullable Node node) {
    return node != null
        && node.getSpec() != null
        && Boolean.TRUE.equals(node.getSpec().getUnschedulable());
  }

  /** Since when Kubernetes does not call it ready; null if it does, or says nothing of it. */
  public static @Nullable Instant notReadySince(@Nullable Node node) {
    return node == null
        ? null
        : Slim.ready(node)
            .filter(ready -> !"True".equals(ready.getStatus()))
            .map(ready -> Times.parse(ready.getLastTransitionTime(), Instant.EPOCH))
            .orElse(null);
  }

  /** Those of the Node object. */
  public static Map<String, String> labels(@Nullable Node node) {
    Map<String, String> labels = node == null ? null : node.getMetadata().getLabels();
    return labels == null ? Map.of() : labels;
  }

  /** An agent's Lease; null if there is none, or it was never renewed. */
  public static @Nullable Heartbeat heartbeat(@Nullable Lease lease) {
    if (lease == null || lease.getSpec() == null || lease.getSpec().getRenewTime() == null) {
      return null;
    }
    Integer seconds = lease.getSpec().getLeaseDurationSeconds();
    Duration duration = seconds == null ? DEFAULT_LEASE : Duration.ofSeconds(seconds);
    Instant said = lease.getSpec().getRenewTime().toInstant();
    return Slim.renewals(lease)
        .map(ManagedFieldsEntry::getTime)
        .map(time -> Times.parse(time, Instant.EPOCH))
        .max(Instant::compareTo)
        .map(written -> Heartbeat.of(said, written, duration))
        .orElseGet(() -> new Heartbeat(said, duration));
  }
}
