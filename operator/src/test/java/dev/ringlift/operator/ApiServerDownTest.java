package dev.ringlift.operator;

import static dev.ringlift.operator.IncreaseRunTest.awaitPhase;
import static dev.ringlift.operator.IncreaseRunTest.ring;
import static dev.ringlift.operator.IncreaseRunTest.ringMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.testkit.kube.ApiServer;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The API server is killed in the middle of a step, and comes back with its data. */
@Tag("apiserver")
@Execution(ExecutionMode.CONCURRENT)
class ApiServerDownTest {
  private static final Duration OUTAGE = Duration.ofSeconds(10);

  @Test
  void theIncreaseGoesOnByItselfWhenItIsBack() throws RingFormatException {
    try (ApiServer server = ApiServer.start();
        SimulatedCluster cluster = SimulatedCluster.start(server, 2)) {
      cluster.putRing(cluster.newBuilder(6));
      cluster.startOperator();
      cluster.agent(0).stopWorking();
      cluster.apply("grow", 7);
      awaitPhase(cluster, "grow", Phase.Relinking);

      server.kill();
      Instant back = Instant.now().plus(OUTAGE);
      await("the operator looks for it in vain")
          .atMost(OUTAGE.multipliedBy(2))
          .until(() -> Instant.now().isAfter(back));
      server.restart();
      assertThat(cluster.status("grow").phase()).isEqualTo(Phase.Relinking);

      cluster.agent(0).goOnWorking();
      awaitPhase(cluster, "grow", Phase.Complete);
      assertThat(ring(ringMap(cluster)).partPower()).isEqualTo(7);
      assertThat(ring(ringMap(cluster)).version()).isEqualTo(cluster.newBuilder(6).version() + 3);
    }
  }
}
