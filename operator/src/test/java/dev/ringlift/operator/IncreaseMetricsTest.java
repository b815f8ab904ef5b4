package dev.ringlift.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.Phase;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

/** What the gauges show. */
class IncreaseMetricsTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final IncreaseMetrics metrics = new IncreaseMetrics(registry);

  @Test
  void anIncreaseMadeAnewUnderTheSameNameShowsItsOwnFigures() {
    metrics.record(increase("uid-1"), in(Phase.Relinking));
    metrics.record(increase("uid-2"), in(Phase.Preflight));

    assertThat(phase(Phase.Relinking)).isZero();
    assertThat(phase(Phase.Preflight)).isEqualTo(1);

    metrics.forget(increase("uid-2"));
    assertThat(registry.getMeters()).isEmpty();
  }

  private double phase(Phase phase) {
    return registry.get(IncreaseMetrics.PHASE).tag("phase", phase.name()).gauge().value();
  }

  private static PartitionPowerIncrease increase(String uid) {
    PartitionPowerIncrease increase = new PartitionPowerIncrease();
    increase.setMetadata(
        new ObjectMetaBuilder().withNamespace("swift").withName("grow").withUid(uid).build());
    return increase;
  }

  private static PartitionPowerIncreaseStatus in(Phase phase) {
    return new PartitionPowerIncreaseStatus(
        1L, phase, null, null, null, null, null, null, null, null, null, null, null, null, null,
        null);
  }
}
