package dev.ringlift.operator.store;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;

/** Finds the store that an increase names. */
@FunctionalInterface
public interface RingStores {
  RingStore of(PartitionPowerIncrease increase);

  /** Those of a cluster, by this machine's clock. */
  static RingStores of(KubernetesClient client) {
    return of(client, Clock.systemUTC());
  }

  /** Those of a cluster. */
  static RingStores of(KubernetesClient client, Clock clock) {
    return increase ->
        switch (increase.getSpec().ring().type()) {
          case ConfigMap, External -> new ConfigMapRingStore(client, increase);
          case SwiftOperator -> new SwiftOperatorRingStore(client, increase, clock);
        };
  }
}
