package dev.ringlift.operator.observe;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a watch keeps: less of each object than there is, so that thousands fit a small heap. */
public final class Slim<T extends HasMetadata> extends BasicItemStore<T> {
  private final UnaryOperator<T> less;

  public Slim(UnaryOperator<T> less) {
    super(Cache::metaNamespaceKeyFunc);
    this.less = less;
  }

  @Override
  public @Nullable T put(String key, T object) {
    return super.put(key, less.apply(object));
  }

  /** That it is there: a namespace may hold many, and large ones. */
  public static ConfigMap nameOnly(ConfigMap map) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace(map.getMetadata().getNamespace())
        .withName(map.getMetadata().getName())
        .withUid(map.getMetadata().getUid())
        .withResourceVersion(map.getMetadata().getResourceVersion())
        .endMetadata()
        .build();
  }

  /** What {@link Observer} looks at. The rest, with images and capacity, is many times as long. */
  public static Node addressesOnly(Node node) {
    return new NodeBuilder()
        .withNewMetadata()
        .withName(node.getMetadata().getName())
        .withUid(node.getMetadata().getUid())
        .withResourceVersion(node.getMetadata().getResourceVersion())
        .withLabels(node.getMetadata().getLabels())
        .withAnnotations(node.getMetadata().getAnnotations())
        .endMetadata()
        .withNewSpec()
        .withUnschedulable(node.getSpec() == null ? null : node.getSpec().getUnschedulable())
        .endSpec()
        .withNewStatus()
        .withAddresses(node.getStatus() == null ? List.of() : node.getStatus().getAddresses())
        .withConditions(ready(node).map(Slim::withoutBeats).stream().toList())
        .endStatus()
        .build();
  }

  /** Whether Kubernetes calls a node ready. */
  static Optional<NodeCondition> ready(Node node) {
    return node.getStatus() == null || node.getStatus().getConditions() == null
        ? Optional.empty()
        : node.getStatus().getConditions().stream()
            .filter(condition -> "Ready".equals(condition.getType()))
            .findFirst();
  }

  private static NodeCondition withoutBeats(NodeCondition ready) {
    return new NodeConditionBuilder()
        .withType(ready.getType())
        .withStatus(ready.getStatus())
        .withLastTransitionTime(ready.getLastTransitionTime())
        .build();
  }

  /** But for when it was renewed, by the API server's clock. */
  public static Lease withRenewals(Lease lease) {
    lease.getMetadata().setManagedFields(renewals(lease).toList());
    return lease;
  }

  /** Of those who wrote it, the ones that renewed it. */
  static Stream<ManagedFieldsEntry> renewals(Lease lease) {
    return lease.getMetadata().getManagedFields().stream()
        .filter(entry -> entry.getTime() != null && entry.getFieldsV1() != null)
        .filter(
            entry ->
                entry.getFieldsV1().getAdditionalProperties().get("f:spec")
                        instanceof Map<?, ?> spec
                    && spec.containsKey("f:renewTime"));
  }

  /** Who wrote which field when is of no use here, and often longer than all else. */
  public static <T extends HasMetadata> T withoutManagers(T object) {
    object.getMetadata().setManagedFields(List.of());
    return object;
  }
}
