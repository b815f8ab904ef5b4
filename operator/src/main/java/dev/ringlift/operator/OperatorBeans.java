package dev.ringlift.operator;

import dev.ringlift.operator.act.ConsumerWriter;
import dev.ringlift.operator.plan.ConsumerSettings;
import dev.ringlift.operator.plan.Settings;
import dev.ringlift.operator.recon.ReconPoller;
import dev.ringlift.operator.store.RingStores;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Puts the application together. */
@Singleton
final class OperatorBeans {
  /** What the API server lets a ConfigMap's values add up to. */
  private static final int MOST_OF_A_PART = 1 << 20;

  @Produces
  @Singleton
  Clock clock() {
    return Clock.systemUTC();
  }

  @Produces
  @Singleton
  RingStores ringStores(KubernetesClient client, OperatorConfig config, Clock clock) {
    if (config.partLimit() < 1 || config.partLimit() > MOST_OF_A_PART) {
      throw new IllegalArgumentException(
          "ringlift.part-limit must be 1 to %d bytes, not %d."
              .formatted(MOST_OF_A_PART, config.partLimit()));
    }
    return RingStores.of(client, clock, config.partLimit());
  }

  @Produces
  @Singleton
  IncreaseMetrics metrics(MeterRegistry registry, Clock clock) {
    return new IncreaseMetrics(registry, clock);
  }

  /** The SDK's own, such as how long a look at an increase takes; labelled by no object's name. */
  @Produces
  @Singleton
  Metrics sdkMetrics(MeterRegistry registry) {
    return MicrometerMetrics.withoutPerResourceMetrics(registry);
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
        config.recheck(),
        new ConsumerSettings(config.consumerStaleAfter(), config.consumerProofAge()));
  }

  @Produces
  @Singleton
  ReconPoller recon(Clock clock) {
    return new ReconPoller(clock, ReconPoller.Pace.DEFAULT);
  }

  void close(@Disposes ReconPoller recon) {
    recon.close();
  }

  @Produces
  @Singleton
  ConsumerWriter consumerWriter(KubernetesClient client) {
    return new ConsumerWriter(client);
  }

  void close(@Disposes ConsumerWriter writer) {
    writer.close();
  }
}
