package dev.ringlift.operator.act;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;

/** Takes an annotation off an increase by which its user told something. */
public final class AnnotationWriter {
  private static final int UNPROCESSABLE = 422;

  private final KubernetesClient client;

  public AnnotationWriter(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Removes it from this very object, and only with this value: one that the user has set anew in
   * between is another wish.
   *
   * @return whether it was there and is gone
   */
  public boolean remove(PartitionPowerIncrease increase, String key, String value) {
    String path = "/metadata/annotations/" + key.replace("/", "~1");
    List<Map<String, Object>> patch =
        List.of(
            Map.of("op", "test", "path", "/metadata/uid", "value", increase.getMetadata().getUid()),
            Map.of("op", "test", "path", path, "value", value),
            Map.of("op", "remove", "path", path));
    try {
      client
          .resources(PartitionPowerIncrease.class)
          .inNamespace(increase.getMetadata().getNamespace())
          .withName(increase.getMetadata().getName())
          .patch(
              PatchContext.of(PatchType.JSON), client.getKubernetesSerialization().asJson(patch));
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == UNPROCESSABLE || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }
}
