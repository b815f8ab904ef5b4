package dev.ringlift.operator;

import static dev.ringlift.operator.IncreaseRunTest.awaitPhase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Excluded;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.api.v1alpha1.StorageNodeSpec.LeftOut;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A node that is lost in the middle and never comes back. */
@Tag("apiserver")
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ApiServerExtension.class)
class ExcludedNodeTest {
  private static final Duration LONG = Duration.ofSeconds(90);

  @Test
  void onceItsDevicesAreExcludedTheIncreaseEndsWithoutItAndThatIsRemembered(ApiServer server) {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 3)) {
      cluster.putRing(cluster.newBuilder(6));
      cluster.startOperator();
      cluster.agent(2).stopWorking();
      cluster.apply("grow", 7);
      awaitPhase(cluster, "grow", Phase.Relinking);
      cluster.agent(2).stop();
      String node = cluster.agent(2).node();
      List<String> devices =
          Objects.requireNonNull(storageNode(cluster, node).getStatus()).devices().stream()
              .map(device -> device.name())
              .toList();

      cluster
          .client()
          .resources(PartitionPowerIncrease.class)
          .inNamespace(cluster.namespace())
          .withName("grow")
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              "{\"spec\":{\"nodes\":{\"excludeDevices\":%s}}}"
                  .formatted(
                      devices.stream()
                          .map(
                              device -> "{\"node\":\"" + node + "\",\"device\":\"" + device + "\"}")
                          .toList()));

      awaitPhase(cluster, "grow", Phase.Complete);
      assertThat(Objects.requireNonNull(cluster.status("grow").excluded()))
          .extracting(Excluded::node, Excluded::device)
          .containsExactlyElementsOf(devices.stream().map(device -> tuple(node, device)).toList());
      await("its StorageNode keeps what was left out")
          .atMost(LONG)
          .untilAsserted(
              () ->
                  assertThat(storageNode(cluster, node).getSpec())
                      .isNotNull()
                      .satisfies(
                          spec ->
                              assertThat(spec.excludedDevices())
                                  .containsExactlyElementsOf(
                                      devices.stream()
                                          .map(device -> new LeftOut(device, 0, 6, "grow"))
                                          .toList())));
    }
  }

  private static StorageNode storageNode(SimulatedCluster cluster, String node) {
    return cluster
        .client()
        .resources(StorageNode.class)
        .inNamespace(cluster.namespace())
        .withName(node)
        .require();
  }
}
