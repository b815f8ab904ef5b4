package dev.ringlift.operator;

import static dev.ringlift.operator.IncreaseRunTest.awaitPhase;
import static dev.ringlift.operator.IncreaseRunTest.condition;
import static dev.ringlift.operator.IncreaseRunTest.ring;
import static dev.ringlift.operator.IncreaseRunTest.ringMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** In the middle of Relink, the ring's ConfigMap is deleted, or its builder is replaced. */
@Tag("apiserver")
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ApiServerExtension.class)
class RingMapDeletedTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final SimulatedCluster cluster;

  RingMapDeletedTest(ApiServer server) {
    this.cluster = SimulatedCluster.start(server, 2);
  }

  @BeforeEach
  void relink() {
    cluster.putRing(cluster.newBuilder(6));
    cluster.startOperator();
    cluster.agent(0).stopWorking();
    cluster.apply("grow", 7);
    awaitPhase(cluster, "grow", Phase.Relinking);
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void aDeletedMapStopsTheIncreaseUntilItIsBack() throws RingFormatException {
    ConfigMap before = ringMap(cluster);
    cluster.client().resource(before).delete();
    awaitStalled("RingUnusable");
    assertThat(cluster.status("grow").message()).contains(SimulatedCluster.MAP);

    before.getMetadata().setResourceVersion(null);
    before.getMetadata().setUid(null);
    cluster.client().resource(before).create();
    cluster.agent(0).goOnWorking();
    awaitPhase(cluster, "grow", Phase.Complete);
    assertThat(ring(ringMap(cluster)).partPower()).isEqualTo(7);
  }

  @Test
  void aReplacedBuilderStopsTheIncreaseUntilItIsBack() throws RingFormatException {
    ConfigMap before = ringMap(cluster);
    RingBuilder another = cluster.newBuilder(6, 50);
    byte[] ring = Base64.getDecoder().decode(before.getBinaryData().get(SimulatedCluster.RING));
    cluster.putRing(ring, another.toBytes());
    awaitStalled("RingChangedExternally");
    assertThat(ring(ringMap(cluster)).partPower()).as("nothing goes on").isEqualTo(6);

    cluster.putRing(
        ring, Base64.getDecoder().decode(before.getBinaryData().get(SimulatedCluster.BUILDER)));
    cluster.agent(0).goOnWorking();
    awaitPhase(cluster, "grow", Phase.Complete);
    assertThat(ring(ringMap(cluster)).partPower()).isEqualTo(7);
  }

  private void awaitStalled(String reason) {
    await("it is stopped: " + reason)
        .atMost(LONG)
        .untilAsserted(
            () ->
                assertThat(condition(cluster.status("grow"), "Stalled").getReason())
                    .isEqualTo(reason));
  }
}
