package dev.ringlift.operator;

import static dev.ringlift.operator.IncreaseRunTest.awaitPhase;
import static dev.ringlift.operator.IncreaseRunTest.ringMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.Consumer.Kind;
import dev.ringlift.api.v1alpha1.Consumer.Proof;
import dev.ringlift.api.v1alpha1.Consumer.Role;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.RingStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.act.ConsumerWriter;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.operator.cluster.SimulatedWorkload;
import dev.ringlift.operator.plan.Errands;
import dev.ringlift.operator.plan.Restart;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import dev.ringlift.testkit.process.LoopbackPorts;
import io.fabric8.kubernetes.api.model.Event;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Consumers on a real API server: pods that tell their rings by HTTP, and pods that are restarted.
 */
@Tag("apiserver")
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ApiServerExtension.class)
class ConsumersTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final String FIRST = "127.0.0.2";
  private static final String SECOND = "127.0.0.3";

  private static Consumer consumer(Role role, String name, Proof proof, @Nullable Integer port) {
    return new Consumer(Kind.Deployment, name, role, proof, port, null, null);
  }

  private static void apply(SimulatedCluster cluster, Consumer... consumers) {
    PartitionPowerIncrease increase = cluster.increase("grow", 7);
    PartitionPowerIncreaseSpec spec = increase.getSpec();
    increase.setSpec(
        PartitionPowerIncreaseSpec.of(0, spec.targetPartPower(), spec.ring()).toBuilder()
            .consumers(consumers)
            .build());
    cluster.client().resource(increase).create();
  }

  private static byte[] ring(SimulatedCluster cluster) {
    return Base64.getDecoder().decode(ringMap(cluster).getBinaryData().get(SimulatedCluster.RING));
  }

  private static RingStatus ringStatus(SimulatedCluster cluster) {
    return Objects.requireNonNull(cluster.status("grow").ring());
  }

  private static @Nullable String message(SimulatedCluster cluster) {
    return cluster.status("grow").message();
  }

  @Test
  void nothingGoesOnUntilEveryProxyTellsTheRingThatWasPublished(ApiServer server) {
    int port = LoopbackPorts.free();
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 2);
        SimulatedWorkload proxy =
            SimulatedWorkload.create(cluster, "swift-proxy", 2, false, port)) {
      RingBuilder builder = cluster.newBuilder(6);
      cluster.putRing(builder);
      proxy.startPod("proxy-a", FIRST);
      proxy.startPod("proxy-b", SECOND);
      proxy.deliver("proxy-a", ring(cluster));
      proxy.deliver("proxy-b", ring(cluster));
      cluster.startOperator();
      apply(cluster, consumer(Role.Proxy, "swift-proxy", Proof.Recon, port));

      Set<String> published = new HashSet<>();
      for (int transition = 0; transition < 3; transition++) {
        await("a ring is published, and the pods are told to look for it")
            .atMost(LONG)
            .pollInterval(POLL)
            .until(
                () ->
                    !published.contains(Md5.hex(ring(cluster)))
                        && Md5.hex(ring(cluster)).equals(proxy.told("proxy-a"))
                        && Md5.hex(ring(cluster)).equals(proxy.told("proxy-b"))
                        && cluster.status("grow").phase() != Phase.Preflight);
        byte[] ring = ring(cluster);
        published.add(Md5.hex(ring));
        proxy.deliver("proxy-a", ring);
        await("only the second proxy lacks it")
            .atMost(LONG)
            .pollInterval(POLL)
            .until(() -> ringStatus(cluster).consumersCurrent() == 3);
        assertThat(ringStatus(cluster).consumersTotal()).isEqualTo(4);
        await("it is named")
            .atMost(LONG)
            .pollInterval(POLL)
            .until(
                () ->
                    Objects.requireNonNullElse(message(cluster), "")
                        .contains("pod proxy-b has another object.ring.gz"));
        assertThat(ring(cluster)).as("nothing went on").isEqualTo(ring);
        proxy.deliver("proxy-b", ring);
      }

      awaitPhase(cluster, "grow", Phase.Complete);
      assertThat(ringStatus(cluster).spreadSeconds()).isNotNull();
      assertThat(ringStatus(cluster).lastProofTime()).isNotNull();
      assertThat(cluster.events().stream().map(Event::getMessage))
          .anySatisfy(
              message ->
                  assertThat(message)
                      .startsWith("All 2 nodes and 2 other consumers have the Increase ring")
                      .contains("after the first of them had it"));
    }
  }

  @Test
  void aConsumerThatNeedsARestartGetsOneForEachRingAndNoPodFromBeforePasses(ApiServer server) {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 2);
        SimulatedWorkload proxy = SimulatedWorkload.create(cluster, "swift-proxy", 1, true, 1)) {
      cluster.putRing(cluster.newBuilder(6));
      proxy.startPod("pod-0", null);
      proxy.rollOut(1);
      cluster.startOperator();
      apply(cluster, consumer(Role.Proxy, "swift-proxy", Proof.Restart, null));

      Set<String> stamps = new HashSet<>();
      for (int transition = 1; transition <= 3; transition++) {
        await("the template is stamped for the next ring")
            .atMost(LONG)
            .pollInterval(POLL)
            .until(() -> proxy.stamp() != null && !stamps.contains(proxy.stamp()));
        String stamp = Objects.requireNonNull(proxy.stamp());
        stamps.add(stamp);
        byte[] ring = ring(cluster);
        assertThat(stamp).startsWith(Md5.hex(ring));
        proxy.startPod("pod-" + transition, null);
        proxy.rollOut(1);
        String old = "pod " + "pod-" + (transition - 1);
        await("the pod from before is named")
            .atMost(LONG)
            .pollInterval(POLL)
            .until(
                () ->
                    Objects.requireNonNullElse(message(cluster), "")
                        .contains("these are from before: " + old));
        assertThat(ring(cluster)).as("nothing went on").isEqualTo(ring);
        proxy.deletePod("pod-" + (transition - 1));
      }

      awaitPhase(cluster, "grow", Phase.Complete);
      assertThat(stamps).hasSize(3);
    }
  }

  @Test
  void whoMountsTheRingAndIsNotNamedHoldsTheIncreaseBack(ApiServer server) {
    int port = LoopbackPorts.free();
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 2);
        SimulatedWorkload proxy = SimulatedWorkload.create(cluster, "swift-proxy", 1, false, port);
        SimulatedWorkload expirer =
            SimulatedWorkload.create(cluster, "object-expirer", 1, false, port)) {
      cluster.putRing(cluster.newBuilder(6));
      byte[] before = ring(cluster);
      proxy.startPod("proxy-a", FIRST);
      proxy.deliver("proxy-a", before);
      expirer.startPod("expirer-a", null);
      cluster.startOperator();
      apply(cluster, consumer(Role.Proxy, "swift-proxy", Proof.Recon, port));

      await("the workload is named")
          .atMost(LONG)
          .pollInterval(POLL)
          .until(
              () ->
                  Objects.requireNonNullElse(message(cluster), "")
                      .contains("Deployment object-expirer mounts the ring (pod expirer-a)"));
      assertThat(cluster.status("grow").phase()).isEqualTo(Phase.Preflight);
      assertThat(ring(cluster)).isEqualTo(before);

      expirer.deletePod("expirer-a");
      await("the ring is published, which the status says before it is so")
          .atMost(LONG)
          .pollInterval(POLL)
          .until(() -> !Arrays.equals(before, ring(cluster)));
    }
  }

  @Test
  void aRestartThatIsRefusedIsToldOnce(ApiServer server) {
    Errands errands =
        new Errands(
            List.of(new Restart(Kind.Deployment, "nowhere", "stamp")), List.of(), List.of());
    try (ConsumerWriter writer = new ConsumerWriter(server.client())) {
      assertThat(writer.run("default", SimulatedCluster.RING, errands))
          .singleElement()
          .satisfies(
              told -> {
                assertThat(told.warning()).isTrue();
                assertThat(told.message())
                    .startsWith("Deployment nowhere could not be started anew")
                    .contains("not found");
              });
      assertThat(writer.run("default", SimulatedCluster.RING, errands)).isEmpty();
    }
  }
}
