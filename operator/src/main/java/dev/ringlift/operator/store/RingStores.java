package dev.ringlift.operator.store;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.ring.RingLayout;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;

/** Finds the store that an increase names. */
@FunctionalInterface
public interface RingStores {
  /** How often it is looked whether parts of a ring are still there. */
  Duration LOOK_AGAIN = Duration.ofSeconds(30);

  RingStore of(PartitionPowerIncrease increase);

  /** Those of a cluster, by this machine's clock. */
  static RingStores of(KubernetesClient client) {
    return of(client, Clock.systemUTC());
  }

  /** Those of a cluster, with the usual limit of parts. */
  static RingStores of(KubernetesClient client, Clock clock) {
    return of(client, clock, RingLayout.DEFAULT_PART_LIMIT);
  }

  /**
   * Those of a cluster.
   *
   * @param partLimit above which agents get a file in parts, and of the parts, in bytes
   */
  static RingStores of(KubernetesClient client, Clock clock, int partLimit) {
    ReadFiles readFiles = new ReadFiles();
    JoinedFiles joined = new JoinedFiles(LOOK_AGAIN, clock);
    return increase ->
        switch (increase.getSpec().ring().type()) {
          case ConfigMap, External -> new ConfigMapRingStore(client, increase, readFiles);
          case SwiftOperator -> new SwiftOperatorRingStore(client, increase, clock, readFiles);
          case HostPath -> new HostPathRingStore(client, increase, partLimit, joined, readFiles);
        };
  }
}
