package dev.ringlift.operator.act;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Objects;

/** Writes the status of an increase, if it differs, and only over the one that it was made from. */
public final class StatusWriter {
  private final KubernetesClient client;

  public StatusWriter(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Writes the status unless it is the one that is there.
   *
   * @param increase as read; its resourceVersion is what the API server holds the write against
   * @return the increase as it now is
   * @throws io.fabric8.kubernetes.client.KubernetesClientException with code 409 if it has changed
   *     since it was read
   */
  public PartitionPowerIncrease write(
      PartitionPowerIncrease increase, PartitionPowerIncreaseStatus status) {
    return status.equals(increase.getStatus()) ? increase : put(increase, status);
  }

  /**
   * Makes sure that the increase, with its status, is still the one that was read.
   *
   * @param increase as read
   * @throws io.fabric8.kubernetes.client.KubernetesClientException with code 409 if it has changed
   */
  public PartitionPowerIncrease confirm(PartitionPowerIncrease increase) {
    return put(
        increase,
        Objects.requireNonNull(increase.getStatus(), "nothing was said that could stand"));
  }

  private PartitionPowerIncrease put(
      PartitionPowerIncrease increase, PartitionPowerIncreaseStatus status) {
    PartitionPowerIncrease changed = new PartitionPowerIncrease();
    changed.setMetadata(increase.getMetadata());
    changed.setSpec(increase.getSpec());
    changed.setStatus(status);
    return client
        .resource(changed)
        .lockResourceVersion(increase.getMetadata().getResourceVersion())
        .updateStatus();
  }
}
