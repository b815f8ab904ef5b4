package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.operator.plan.Decision.Publish;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node that is lost while the Increase ring spreads: it is named as soon as anybody knows. */
class LostAtTheBarrierTest {
  private final ModelCluster cluster = new ModelCluster(6, 4, 5);

  @BeforeEach
  void theIncreaseRingHasJustBeenPublished() {
    while (cluster.ring.partPower() < 5) {
      cluster.step();
      if (cluster.ring.partPower() < 5) {
        cluster.distribute();
        cluster.work(Set.of());
        cluster.pass(Duration.ofSeconds(5));
      }
    }
  }

  private Condition degraded() {
    return Objects.requireNonNull(Conditions.find(cluster.status, ConditionType.Degraded));
  }

  @Test
  void aNodeThatKubernetesDoesNotCallReadyIsNamedLongBeforeItsLeaseRunsOut() {
    cluster.nodes.values().stream()
        .filter(node -> !node.name.equals("node-f"))
        .forEach(node -> node.ringMd5 = cluster.ringMd5());
    Plan spreading = cluster.step();
    assertThat(spreading.decision().reason()).isEqualTo(Reason.RingNotDistributed);
    assertThat(degraded().getStatus()).isEqualTo("False");

    cluster.node("node-f").notReadySince = cluster.now;
    Plan held = cluster.step();

    assertThat(held.decision().message())
        .contains("Node node-f has another object.ring.gz")
        .contains("Kubernetes has not called it ready since " + Times.format(cluster.now));
    assertThat(degraded().getReason()).isEqualTo(Reason.NodeRingOutdated.name());
    assertThat(degraded().getMessage()).contains("node-f", "ready since");
  }

  @Test
  void aNodeWhoseLeaseHasRunOutIsNamedBeforeAllWhoOnlyWaitForTheRing() {
    cluster.node("node-f").alive = false;
    cluster.pass(Duration.ofSeconds(60));

    Plan held = cluster.step();

    assertThat(held.decision()).isNotInstanceOf(Publish.class);
    assertThat(held.decision().reason()).isEqualTo(Reason.NodeLost);
    assertThat(held.decision().message()).contains("nothing goes on before all do. Node node-f");
    assertThat(degraded().getReason()).isEqualTo(Reason.NodeLost.name());
    assertThat(degraded().getMessage()).startsWith("Node node-f does not answer");
  }

  @Test
  void aNodeThatIsNotReadyAndHasProvedTheRingHoldsNothing() {
    cluster.distribute();
    cluster.node("node-f").notReadySince = cluster.now;

    assertThat(cluster.step().decision().reason()).isEqualTo(Reason.Settling);
    assertThat(degraded().getStatus()).isEqualTo("False");
  }
}
