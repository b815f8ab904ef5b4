package dev.ringlift.agent.task;

import dev.ringlift.agent.contact.Watches;
import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tasks of one namespace and node. */
public final class KubernetesTaskApi implements TaskApi {
  private static final String FIELD_MANAGER = "ringlift-agent";
  private static final PatchContext PATCH =
      new PatchContext.Builder()
          .withPatchType(PatchType.JSON)
          .withFieldManager(FIELD_MANAGER)
          .build();
  private static final int NOT_FOUND = 404;
  private static final int UNPROCESSABLE = 422;

  private final KubernetesClient client;
  private final String namespace;
  private final String node;

  public KubernetesTaskApi(KubernetesClient client, String namespace, String node) {
    this.client = client;
    this.namespace = namespace;
    this.node = node;
  }

  @Override
  public Optional<RelinkTask> read(String name) {
    return Optional.ofNullable(
        client.resources(RelinkTask.class).inNamespace(namespace).withName(name).get());
  }

  @Override
  public boolean hasOwner(RelinkTask task) {
    return task.getMetadata().getOwnerReferences().stream()
        .filter(owner -> owner.getKind().equals("PartitionPowerIncrease"))
        .findFirst()
        .map(this::exists)
        .orElse(true);
  }

  private boolean exists(OwnerReference owner) {
    PartitionPowerIncrease increase =
        client
            .resources(PartitionPowerIncrease.class)
            .inNamespace(namespace)
            .withName(owner.getName())
            .get();
    return increase != null && increase.getMetadata().getUid().equals(owner.getUid());
  }

  /**
   * A JSON patch, because it alone can be told to apply to this very object: an apply ignores the
   * UID, and a resource version would clash with each change of the spec.
   */
  @Override
  public boolean write(RelinkTask task, RelinkTaskStatus status) {
    String uid = task.getMetadata().getUid();
    List<Map<String, Object>> patch =
        List.of(
            Map.of("op", "test", "path", "/metadata/uid", "value", uid),
            Map.of("op", "add", "path", "/status", "value", status));
    String name = task.getMetadata().getName();
    try {
      client
          .resources(RelinkTask.class)
          .inNamespace(namespace)
          .withName(name)
          .subresource("status")
          .patch(PATCH, client.getKubernetesSerialization().asJson(patch));
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == NOT_FOUND || (e.getCode() == UNPROCESSABLE && !isThere(name, uid))) {
        return false;
      }
      throw e;
    }
  }

  private boolean isThere(String name, String uid) {
    return read(name).filter(found -> found.getMetadata().getUid().equals(uid)).isPresent();
  }

  /**
   * Watches the tasks of this node, however long the API server is out of reach; to be closed.
   *
   * @param changed called at each change
   */
  public SharedIndexInformer<RelinkTask> watch(Runnable changed) {
    return Watches.start(
        client
            .resources(RelinkTask.class)
            .inNamespace(namespace)
            .withLabel(ApiConstants.LABEL_NODE, node)
            .runnableInformer(0),
        changed);
  }
}
