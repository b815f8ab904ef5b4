package dev.ringlift.operator.act;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import io.fabric8.kubernetes.client.KubernetesClient;

/** Deletes an increase that has ended, and with it all that it owns. */
public final class Remover {
  private final KubernetesClient client;

  public Remover(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Deletes this very object, unless it has changed since it was read.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException with code 409 if it has
   */
  public void remove(PartitionPowerIncrease increase) {
    client
        .resource(increase)
        .lockResourceVersion(increase.getMetadata().getResourceVersion())
        .delete();
  }
}
