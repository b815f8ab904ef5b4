package dev.ringlift.operator;

import static dev.ringlift.operator.IncreaseRunTest.ring;
import static dev.ringlift.operator.IncreaseRunTest.ringMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.cluster.DyingClient;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.ring.RingPair;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * No operator lives for more than a few writes: each dies before the second to seventh of its own,
 * and another goes on. What it did not come to say is lost, but not a step.
 */
@Tag("apiserver")
@Execution(ExecutionMode.CONCURRENT)
@Tag("full")
@ExtendWith(ApiServerExtension.class)
class KilledAtEachWriteTest {
  private static final int LIVES = 200;

  @Test
  void theIncreaseComesToItsEndAndNoRingIsPublishedTwice(ApiServer server)
      throws RingFormatException {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 2)) {
      cluster.putRing(cluster.newBuilder(6));
      cluster.apply("grow", 7);
      int lives = 0;
      while (cluster.status("grow").phase() != Phase.Complete) {
        assertThat(++lives).as("lives").isLessThan(LIVES);
        live(cluster, 2 + lives % 6);
      }

      assertThat(lives).as("each died of a write").isGreaterThan(5);
      assertThat(ring(ringMap(cluster)).partPower()).isEqualTo(7);
      assertThat(ring(ringMap(cluster)).nextPartPower()).isNull();
      RingBuilder builder = IncreaseRunTest.builder(ringMap(cluster));
      assertThat(RingPair.difference(ring(ringMap(cluster)), builder)).isEmpty();
      assertThat(ring(ringMap(cluster)).version()).isEqualTo(cluster.newBuilder(6).version() + 3);
      assertThat(cluster.tasks())
          .hasSize(4)
          .allSatisfy(task -> assertThat(task.getMetadata().getGeneration()).isEqualTo(1));
      List<String> published =
          cluster.events().stream()
              .filter(event -> event.getReason().equals("RingPublished"))
              .map(Event::getMessage)
              .toList();
      assertThat(published).doesNotHaveDuplicates();
    }
  }

  private static void live(SimulatedCluster cluster, int fatalWrite) {
    CountDownLatch death = new CountDownLatch(1);
    try (KubernetesClient mortal =
        DyingClient.before(fatalWrite, cluster.client(), death::countDown)) {
      cluster.startOperator(SimulatedCluster.SETTINGS, mortal);
      await("it dies, or there is nothing more to write")
          .atMost(Duration.ofMinutes(1))
          .until(() -> death.getCount() == 0 || cluster.status("grow").phase() == Phase.Complete);
      cluster.stopOperator();
    }
  }
}
