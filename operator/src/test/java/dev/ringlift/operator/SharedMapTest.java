package dev.ringlift.operator;

import static dev.ringlift.operator.IncreaseRunTest.approveWhenAsked;
import static dev.ringlift.operator.IncreaseRunTest.awaitPhase;
import static dev.ringlift.operator.IncreaseRunTest.ringMap;
import static dev.ringlift.operator.cluster.SimulatedCluster.BUILDER;
import static dev.ringlift.operator.cluster.SimulatedCluster.RING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.ring.RingPair;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Event;
import java.util.Base64;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Two policies whose rings stand in one ConfigMap, each with an increase of its own. */
@Tag("apiserver")
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ApiServerExtension.class)
class SharedMapTest {

  @Test
  void neitherDisturbsTheOther(ApiServer server) throws RingFormatException {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 2)) {
      cluster.putRing(cluster.newBuilder(6));
      RingBuilder other = cluster.newBuilder(5);
      cluster
          .client()
          .resource(
              new ConfigMapBuilder(ringMap(cluster))
                  .addToBinaryData("object-1.ring.gz", base64(other.toRing(1).toBytes()))
                  .addToBinaryData("object-1.builder", base64(other.toBytes()))
                  .build())
          .update();
      cluster.startOperator();
      cluster.apply("policy-0", 7);
      PartitionPowerIncrease second = cluster.increase("policy-1", 7);
      PartitionPowerIncreaseSpec spec = second.getSpec();
      second.setSpec(
          PartitionPowerIncreaseSpec.of(1, spec.targetPartPower(), spec.ring()).toBuilder()
              .acknowledge(PartitionPowerIncreaseSpec.Risk.NoProxyProof)
              .build());
      cluster.client().resource(second).create();

      approveWhenAsked(cluster, "policy-1", "Prepare/2");
      awaitPhase(cluster, "policy-0", Phase.Complete);
      awaitPhase(cluster, "policy-1", Phase.Complete);

      ConfigMap map = ringMap(cluster);
      assertPair(map, RING, BUILDER);
      assertPair(map, "object-1.ring.gz", "object-1.builder");
      assertThat(cluster.events().stream().map(Event::getReason))
          .doesNotContain("RingChangedExternally", "RingAndBuilderDiffer", "RingUnusable");
      assertThat(
              cluster
                  .client()
                  .configMaps()
                  .inNamespace(cluster.namespace())
                  .withLabel(ApiConstants.LABEL_INCREASE_UID)
                  .list()
                  .getItems())
          // what was there before each of the three changes of a cycle, and the last ring
          .hasSize(4 + 7)
          .allSatisfy(
              backup ->
                  assertThat(backup.getBinaryData())
                      .containsOnlyKeys(
                          backup.getMetadata().getName().startsWith("policy-0-")
                              ? new String[] {RING, BUILDER}
                              : new String[] {"object-1.ring.gz", "object-1.builder"}));
    }
  }

  private static void assertPair(ConfigMap map, String ringKey, String builderKey)
      throws RingFormatException {
    Ring ring = Ring.read(Base64.getDecoder().decode(map.getBinaryData().get(ringKey)));
    RingBuilder builder =
        RingBuilder.read(Base64.getDecoder().decode(map.getBinaryData().get(builderKey)));
    assertThat(ring.partPower()).isEqualTo(7);
    assertThat(ring.nextPartPower()).isNull();
    assertThat(RingPair.difference(ring, builder)).isEmpty();
  }

  private static String base64(byte[] content) {
    return Base64.getEncoder().encodeToString(content);
  }
}
