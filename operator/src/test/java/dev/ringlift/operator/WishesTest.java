package dev.ringlift.operator;

import static dev.ringlift.operator.IncreaseRunTest.awaitPhase;
import static dev.ringlift.operator.IncreaseRunTest.condition;
import static dev.ringlift.operator.IncreaseRunTest.ring;
import static dev.ringlift.operator.IncreaseRunTest.ringMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.Gates;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.ring.RingPair;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a user asks for in the middle of an increase, on a real API server. */
@Tag("apiserver")
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ApiServerExtension.class)
class WishesTest {
  private static final Duration LONG = Duration.ofSeconds(90);

  private static Resource<PartitionPowerIncrease> grow(SimulatedCluster cluster) {
    return cluster
        .client()
        .resources(PartitionPowerIncrease.class)
        .inNamespace(cluster.namespace())
        .withName("grow");
  }

  private static void apply(
      SimulatedCluster cluster,
      int target,
      UnaryOperator<PartitionPowerIncreaseSpec.Builder> wish) {
    PartitionPowerIncrease increase = cluster.increase("grow", target);
    increase.setSpec(wish.apply(increase.getSpec().toBuilder()).build());
    cluster.client().resource(increase).create();
  }

  private static void wish(SimulatedCluster cluster, String field, boolean value) {
    grow(cluster)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\":{\"%s\":%s}}".formatted(field, value));
  }

  private static void annotate(SimulatedCluster cluster, String key, String value) {
    cluster
        .server()
        .kubectl(
            "annotate", "--overwrite", "-n", cluster.namespace(), "ppi", "grow", key + "=" + value)
        .orThrow();
  }

  private static @Nullable String annotation(SimulatedCluster cluster, String key) {
    return Objects.requireNonNullElse(
            grow(cluster).require().getMetadata().getAnnotations(), Map.<String, String>of())
        .get(key);
  }

  private static boolean hasEvent(SimulatedCluster cluster, String reason) {
    return cluster.events().stream().anyMatch(event -> reason.equals(event.getReason()));
  }

  @Test
  void aManualGateWaitsUntilTheUserApprovesAndAnApprovalOfAnotherIsRefused(ApiServer server)
      throws RingFormatException {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 2)) {
      cluster.putRing(cluster.newBuilder(6));
      cluster.startOperator();
      apply(
          cluster,
          7,
          spec ->
              spec.gates(new Gates(Gates.Gate.Automatic, Gates.Gate.Manual, Gates.Gate.Automatic)));
      awaitPhase(cluster, "grow", Phase.AwaitingApproval);
      assertThat(condition(cluster.status("grow"), "AwaitingApproval").getStatus())
          .isEqualTo("True");

      annotate(cluster, ApiConstants.ANNOTATION_APPROVE, "Cleanup/1");
      await("it is refused, and removed")
          .atMost(LONG)
          .until(
              () ->
                  annotation(cluster, ApiConstants.ANNOTATION_APPROVE) == null
                      && hasEvent(cluster, "ApprovalRefused"));
      assertThat(ring(ringMap(cluster)).partPower()).isEqualTo(6);

      cluster.stopOperator();
      annotate(cluster, ApiConstants.ANNOTATION_APPROVE, "Increase/1");
      cluster.startOperator();
      awaitPhase(cluster, "grow", Phase.Complete);
      assertThat(annotation(cluster, ApiConstants.ANNOTATION_APPROVE)).isNull();
      assertThat(cluster.status("grow").approved()).containsExactly("Increase/1");
      assertThat(hasEvent(cluster, "ApprovalRequired")).isTrue();
    }
  }

  @Test
  void pausedItHoldsStillAndGoesOnAfterwards(ApiServer server) {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 2)) {
      cluster.putRing(cluster.newBuilder(6));
      cluster.startOperator();
      cluster.agent(1).stopWorking();
      apply(cluster, 7, spec -> spec);
      awaitPhase(cluster, "grow", Phase.Relinking);

      wish(cluster, "paused", true);
      await("the task that is not done is paused")
          .atMost(LONG)
          .until(
              () ->
                  cluster.tasks().stream().anyMatch(task -> task.getSpec().paused())
                      && "True".equals(condition(cluster.status("grow"), "Paused").getStatus()));
      assertThat(cluster.status("grow").phase()).isEqualTo(Phase.Relinking);

      cluster.agent(1).goOnWorking();
      wish(cluster, "paused", false);
      awaitPhase(cluster, "grow", Phase.Complete);
    }
  }

  @Test
  void cancelledWhileRelinkingItEndsAtTheOldPowerAndRemovesItself(ApiServer server)
      throws RingFormatException {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 2)) {
      cluster.putRing(cluster.newBuilder(6));
      cluster.startOperator();
      cluster.agent(1).stopWorking();
      apply(cluster, 7, spec -> spec.ttlAfterFinished("5s"));
      awaitPhase(cluster, "grow", Phase.Relinking);

      wish(cluster, "cancel", true);
      cluster.agent(1).goOnWorking();
      awaitPhase(cluster, "grow", Phase.Cancelled);

      assertThat(ring(ringMap(cluster)).partPower()).isEqualTo(6);
      assertThat(ring(ringMap(cluster)).nextPartPower()).isNull();
      assertThat(
              RingPair.difference(
                  ring(ringMap(cluster)), IncreaseRunTest.builder(ringMap(cluster))))
          .isEmpty();
      assertThat(cluster.tasks().stream().filter(task -> task.getSpec().step() == Step.Cleanup))
          .hasSize(2);
      await("it removes itself").atMost(LONG).until(() -> grow(cluster).get() == null);
    }
  }

  @Test
  void onceTheRingIsIncreasedTheApiServerRefusesACancel(ApiServer server) {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 2)) {
      cluster.putRing(cluster.newBuilder(6));
      cluster.startOperator();
      apply(cluster, 7, spec -> spec);
      await("past the point of no return")
          .atMost(LONG)
          .until(() -> Boolean.TRUE.equals(cluster.status("grow").pastPointOfNoReturn()));
      assertThatThrownBy(() -> wish(cluster, "cancel", true))
          .isInstanceOf(KubernetesClientException.class)
          .hasMessageContaining("there is no way back");
      awaitPhase(cluster, "grow", Phase.Complete);
    }
  }
}
