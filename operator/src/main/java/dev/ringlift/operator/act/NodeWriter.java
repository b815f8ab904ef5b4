package dev.ringlift.operator.act;

import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.api.v1alpha1.StorageNodeSpec.LeftOut;
import dev.ringlift.operator.plan.Remembrance;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Writes what is to be remembered of nodes into their StorageNodes: over what it was made from, and
 * nothing else, since another increase may have added to it. What failed, or came too late, is seen
 * to be missing the next time; a StorageNode that is gone has nothing to remember.
 */
public final class NodeWriter {
  private static final Logger LOG = Logger.getLogger(NodeWriter.class);

  private final KubernetesClient client;

  public NodeWriter(KubernetesClient client) {
    this.client = client;
  }

  /** Writes all of them. */
  public void write(String namespace, List<Remembrance> remembrances) {
    remembrances.forEach(remembrance -> write(namespace, remembrance));
  }

  private void write(String namespace, Remembrance remembrance) {
    Resource<StorageNode> resource =
        client.resources(StorageNode.class).inNamespace(namespace).withName(remembrance.node());
    try {
      StorageNode now = resource.get();
      if (now == null || !remembrance.before().equals(leftOut(now))) {
        return;
      }
      Map<String, Object> patch =
          Map.of(
              "metadata",
              Map.of("resourceVersion", now.getMetadata().getResourceVersion()),
              "spec",
              Map.of("excludedDevices", remembrance.leftOut()));
      resource.patch(
          PatchContext.of(PatchType.JSON_MERGE), client.getKubernetesSerialization().asJson(patch));
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND
          && e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        LOG.warnf(
            "StorageNode %s was not told which devices were left out: %s",
            remembrance.node(), e.getMessage());
      }
    }
  }

  private static List<LeftOut> leftOut(StorageNode node) {
    return node.getSpec() == null ? List.of() : node.getSpec().excludedDevices();
  }
}
