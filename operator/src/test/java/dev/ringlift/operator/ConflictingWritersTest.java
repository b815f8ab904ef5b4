package dev.ringlift.operator;

import static dev.ringlift.operator.IncreaseRunTest.awaitPhase;
import static dev.ringlift.operator.IncreaseRunTest.ring;
import static dev.ringlift.operator.IncreaseRunTest.ringMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Another writer changes the increase, its status and the ring's map again and again. */
@Tag("apiserver")
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ApiServerExtension.class)
class ConflictingWritersTest {

  @Test
  void whatTheyWriteIsLookedAtAnewAndEachRingIsPublishedOnce(ApiServer server)
      throws RingFormatException {
    AtomicInteger writes = new AtomicInteger();
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 2);
        ScheduledExecutorService others = Executors.newSingleThreadScheduledExecutor()) {
      cluster.putRing(cluster.newBuilder(6));
      cluster.apply("grow", 7);
      Future<?> interfering =
          others.scheduleWithFixedDelay(
              () -> interfere(cluster, writes.incrementAndGet()), 0, 700, TimeUnit.MILLISECONDS);
      cluster.startOperator();

      awaitPhase(cluster, "grow", Phase.Complete);
      interfering.cancel(false);

      assertThat(writes).hasValueGreaterThan(5);
      assertThat(ring(ringMap(cluster)).partPower()).isEqualTo(7);
      assertThat(ring(ringMap(cluster)).version()).isEqualTo(cluster.newBuilder(6).version() + 3);
      assertThat(cluster.tasks())
          .allSatisfy(task -> assertThat(task.getMetadata().getGeneration()).isEqualTo(1));
    }
  }

  /** None of it is a wish: labels of somebody's, and a status that is not true. */
  private static void interfere(SimulatedCluster cluster, int number) {
    KubernetesClient client = cluster.client();
    PatchContext merge = PatchContext.of(PatchType.JSON_MERGE);
    String label = "{\"metadata\":{\"labels\":{\"somebodys\":\"n%d\"}}}".formatted(number);
    try {
      var increase =
          client
              .resources(PartitionPowerIncrease.class)
              .inNamespace(cluster.namespace())
              .withName("grow");
      increase.patch(merge, label);
      increase
          .subresource("status")
          .patch(
              merge,
              "{\"status\":{\"message\":\"forged %d\",\"startTime\":\"2020-01-01T00:00:00Z\",\"nodes\":null,\"progress\":null}}"
                  .formatted(number));
      client
          .configMaps()
          .inNamespace(cluster.namespace())
          .withName(SimulatedCluster.MAP)
          .patch(merge, label);
    } catch (KubernetesClientException e) {
      // the operator was faster
    }
  }
}
