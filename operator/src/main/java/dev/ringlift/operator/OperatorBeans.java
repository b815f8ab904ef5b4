package dev.ringlift.operator;

import dev.ringlift.operator.plan.Settings;
import dev.ringlift.operator.store.RingStores;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Puts the application together. */
@Singleton
final class OperatorBeans {

  @Produces
  @Singleton
  Clock clock() {
    return Clock.systemUTC();
  }

  @Produces
  @Singleton
  RingStores ringStores(KubernetesClient client, Clock clock) {
    return RingStores.of(client, clock);
  }

  @Produces
  @Singleton
  IncreaseMetrics metrics(MeterRegistry registry) {
    return new IncreaseMetrics(registry);
  }

  @Produces
  @Singleton
  Settings settings(OperatorConfig config) {
    return new Settings(
        config.settle(),
        config.settleAfterPrepare(),
        config.retryBackoff(),
        config.retryBackoffMaximum(),
        config.leaseGrace(),
        config.recheck());
  }
}
