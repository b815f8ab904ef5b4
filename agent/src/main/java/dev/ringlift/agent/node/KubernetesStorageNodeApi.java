package dev.ringlift.agent.node;

import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Optional;

/** The StorageNode that is named as the node, written by server-side apply: one write, no read. */
public final class KubernetesStorageNodeApi implements StorageNodeApi {
  private static final String FIELD_MANAGER = "ringlift-agent";
  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(FIELD_MANAGER)
          .withForce(true)
          .build();
  private static final int NOT_FOUND = 404;

  private final KubernetesClient client;
  private final String namespace;
  private final String node;

  public KubernetesStorageNodeApi(KubernetesClient client, String namespace, String node) {
    this.client = client;
    this.namespace = namespace;
    this.node = node;
  }

  @Override
  public Optional<StorageNodeStatus> read() {
    return Optional.ofNullable(resource().get()).map(StorageNode::getStatus);
  }

  @Override
  public void write(StorageNodeStatus status) {
    try {
      apply(status);
    } catch (KubernetesClientException e) {
      if (e.getCode() != NOT_FOUND) {
        throw e;
      }
      client.resource(blank()).fieldManager(FIELD_MANAGER).forceConflicts().serverSideApply();
      apply(status);
    }
  }

  /**
   * Watches the object, however long the API server is out of reach; to be closed.
   *
   * @param disturbed called when the object is gone, or holds a status that is not the reporter's
   */
  public SharedIndexInformer<StorageNode> watch(StorageNodeReporter reporter, Runnable disturbed) {
    SharedIndexInformer<StorageNode> informer = resource().runnableInformer(0);
    informer.exceptionHandler((started, problem) -> true);
    informer.addEventHandler(
        new ResourceEventHandler<>() {
          @Override
          public void onAdd(StorageNode added) {}

          @Override
          public void onUpdate(StorageNode before, StorageNode after) {
            if (reporter.isForeign(after.getStatus())) {
              disturbed.run();
            }
          }

          @Override
          public void onDelete(StorageNode removed, boolean finalStateUnknown) {
            disturbed.run();
          }
        });
    informer.start();
    return informer;
  }

  private Resource<StorageNode> resource() {
    return client.resources(StorageNode.class).inNamespace(namespace).withName(node);
  }

  private void apply(StorageNodeStatus status) {
    StorageNode object = blank();
    object.setStatus(status);
    client.resource(object).subresource("status").patch(APPLY);
  }

  private StorageNode blank() {
    StorageNode object = new StorageNode();
    object.setMetadata(new ObjectMetaBuilder().withName(node).withNamespace(namespace).build());
    return object;
  }
}
