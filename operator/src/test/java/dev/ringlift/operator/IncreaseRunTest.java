package dev.ringlift.operator;

import static dev.ringlift.operator.cluster.SimulatedCluster.BUILDER;
import static dev.ringlift.operator.cluster.SimulatedCluster.MAP;
import static dev.ringlift.operator.cluster.SimulatedCluster.RING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.ring.RingPair;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Whole increases on a real API server, with agents that only say that they have worked. */
@Tag("apiserver")
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ApiServerExtension.class)
class IncreaseRunTest {
  private static final Duration LONG = Duration.ofSeconds(90);

  @Test
  void oneDoublingGoesFromApplyToComplete(ApiServer server) throws RingFormatException {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 3)) {
      RingBuilder before = cluster.newBuilder(6);
      cluster.putRing(before);
      cluster.startOperator();
      cluster.apply("grow", 7);

      awaitPhase(cluster, "grow", Phase.Complete);

      ConfigMap map = ringMap(cluster);
      assertThat(ring(map).partPower()).isEqualTo(7);
      assertThat(ring(map).nextPartPower()).isNull();
      assertThat(RingPair.difference(ring(map), builder(map))).isEmpty();
      assertThat(ring(map).version()).isEqualTo(before.version() + 3);
      assertThat(map.getData()).containsEntry("note", "kept");
      assertThat(map.getMetadata().getLabels()).containsEntry("kept", "yes");
      PartitionPowerIncreaseStatus status = cluster.status("grow");
      assertThat(status.fromPartPower()).isEqualTo(6);
      assertThat(status.replicationSuspendedSince()).isNull();
      assertThat(status.pastPointOfNoReturn()).isTrue();
      assertThat(condition(status, "Complete").getStatus()).isEqualTo("True");
      assertThat(condition(status, "Ready").getStatus()).isEqualTo("True");
      assertThat(condition(status, "Degraded").getStatus()).isEqualTo("False");
      assertThat(cluster.tasks()).hasSize(9).allSatisfy(task -> assertOwned(task, "grow"));
      await("the events, which are written after the status")
          .atMost(LONG)
          .untilAsserted(
              () ->
                  assertThat(cluster.events().stream().map(Event::getReason))
                      .containsSubsequence(
                          "RingPublished",
                          "RingConverged",
                          "PointOfNoReturn",
                          "RingPublished",
                          "RingConverged",
                          "RingPublished",
                          "RingConverged",
                          "Completed"));
      assertThat(backups(cluster)).as("each state that the store was in").hasSize(4);
    }
  }

  @Test
  void threeDoublingsFollowOneAnother(ApiServer server) throws RingFormatException {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 2)) {
      cluster.putRing(cluster.newBuilder(5));
      cluster.startOperator();
      cluster.apply("grow", 8);

      approveWhenAsked(cluster, "grow", "Prepare/2");
      approveWhenAsked(cluster, "grow", "Prepare/3");
      awaitPhase(cluster, "grow", Phase.Complete);

      assertThat(ring(ringMap(cluster)).partPower()).isEqualTo(8);
      assertThat(cluster.tasks().stream().filter(task -> task.getSpec().step() == Step.Relink))
          .extracting(task -> task.getSpec().cycle() + ":" + task.getSpec().partPower())
          .containsExactlyInAnyOrder("1:5", "1:5", "2:6", "2:6", "3:7", "3:7");
      assertThat(cluster.tasks().stream().filter(task -> task.getSpec().step() == Step.Verify))
          .extracting(task -> task.getSpec().cycle() + ":" + task.getSpec().verify())
          .containsExactlyInAnyOrder(
              "1:Sample", "1:Sample", "2:Sample", "2:Sample", "3:Sample", "3:Sample");
      assertThat(cluster.status("grow").cycle())
          .isEqualTo(new PartitionPowerIncreaseStatus.Cycle(3, 3, 7, 8));
    }
  }

  @Test
  void anOperatorThatIsReplacedInEveryPhaseComesToTheSameEnd(ApiServer server)
      throws RingFormatException {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 2)) {
      cluster.putRing(cluster.newBuilder(6));
      cluster.startOperator();
      cluster.apply("grow", 7);
      List<Phase> onTheWay =
          List.of(
              Phase.Preparing,
              Phase.Relinking,
              Phase.Increasing,
              Phase.CleaningUp,
              Phase.Finishing);
      for (Phase phase : onTheWay) {
        await("phase " + phase + " or later")
            .atMost(LONG)
            .pollInterval(Duration.ofMillis(50))
            .until(() -> phaseOf(cluster).compareTo(phase) >= 0);
        cluster.startOperator();
      }

      awaitPhase(cluster, "grow", Phase.Complete);

      assertThat(ring(ringMap(cluster)).partPower()).isEqualTo(7);
      assertThat(RingPair.difference(ring(ringMap(cluster)), builder(ringMap(cluster)))).isEmpty();
      assertThat(ring(ringMap(cluster)).version())
          .as("each ring was published once")
          .isEqualTo(cluster.newBuilder(6).version() + 3);
    }
  }

  @Test
  void aNodeWhoseAgentIsDownHoldsTheNextStepUntilItIsBack(ApiServer server)
      throws RingFormatException {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 3)) {
      cluster.putRing(cluster.newBuilder(6));
      cluster.startOperator();
      cluster.agent(1).stopWorking();
      cluster.apply("grow", 7);
      awaitPhase(cluster, "grow", Phase.Relinking);
      await("the other nodes are done")
          .atMost(LONG)
          .until(() -> Objects.requireNonNull(cluster.status("grow").nodes()).done() == 2);
      cluster.agent(1).stop();

      await("the node is named")
          .atMost(LONG)
          .untilAsserted(
              () -> {
                Condition degraded = condition(cluster.status("grow"), "Degraded");
                assertThat(degraded.getStatus()).isEqualTo("True");
                assertThat(degraded.getReason()).isEqualTo("NodeLost");
                assertThat(degraded.getMessage()).contains(cluster.agent(1).node());
              });
      assertThat(ring(ringMap(cluster)).partPower()).as("nothing went on").isEqualTo(6);

      cluster.agent(1).goOnWorking();
      cluster.agent(1).resume();
      awaitPhase(cluster, "grow", Phase.Complete);
      assertThat(condition(cluster.status("grow"), "Degraded").getStatus()).isEqualTo("False");
    }
  }

  @Test
  void aFailedDeviceIsTriedAgainAndNothingGoesOnWithoutIt(ApiServer server)
      throws RingFormatException {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 2)) {
      cluster.putRing(cluster.newBuilder(6));
      cluster.startOperator();
      cluster.agent(0).failOn("sda2");
      cluster.apply("grow", 7);

      await("it was tried more than once")
          .atMost(LONG)
          .until(() -> cluster.tasks().stream().anyMatch(t -> t.getSpec().attempt() >= 3));
      PartitionPowerIncreaseStatus status = cluster.status("grow");
      assertThat(status.phase()).isEqualTo(Phase.Relinking);
      assertThat(Objects.requireNonNull(status.problems()))
          .anySatisfy(
              problem -> {
                assertThat(problem.node()).isEqualTo(cluster.agent(0).node());
                assertThat(problem.device()).isEqualTo("sda2");
                assertThat(problem.reason()).isEqualTo("DeviceFailed");
                assertThat(problem.message()).contains("Input/output error");
              });
      assertThat(ring(ringMap(cluster)).partPower()).isEqualTo(6);

      cluster.agent(0).mend("sda2");
      awaitPhase(cluster, "grow", Phase.Complete);
    }
  }

  /** Nobody tells of replication here. */
  static void approveWhenAsked(SimulatedCluster cluster, String name, String gate) {
    String command = "ringlift.dev/approve=" + gate;
    await(name + " asks for " + gate)
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> String.valueOf(cluster.status(name).message()).contains(command));
    cluster.server().kubectl("annotate", "-n", cluster.namespace(), "ppi", name, command).orThrow();
  }

  static void awaitPhase(SimulatedCluster cluster, String name, Phase phase) {
    await(name + " is " + phase)
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(100))
        .failFast(
            "the increase failed",
            () -> phase != Phase.Failed && cluster.status(name).phase() == Phase.Failed)
        .until(() -> cluster.status(name).phase() == phase);
  }

  private static Phase phaseOf(SimulatedCluster cluster) {
    Phase phase = cluster.status("grow").phase();
    return phase == null ? Phase.Pending : phase;
  }

  static Condition condition(PartitionPowerIncreaseStatus status, String type) {
    return Objects.requireNonNullElse(status.conditions(), List.<Condition>of()).stream()
        .filter(condition -> type.equals(condition.getType()))
        .findFirst()
        .orElseGet(Condition::new);
  }

  static ConfigMap ringMap(SimulatedCluster cluster) {
    return cluster.client().configMaps().inNamespace(cluster.namespace()).withName(MAP).require();
  }

  static Ring ring(ConfigMap map) throws RingFormatException {
    return Ring.read(Base64.getDecoder().decode(map.getBinaryData().get(RING)));
  }

  static RingBuilder builder(ConfigMap map) throws RingFormatException {
    return RingBuilder.read(Base64.getDecoder().decode(map.getBinaryData().get(BUILDER)));
  }

  private static List<ConfigMap> backups(SimulatedCluster cluster) {
    return cluster
        .client()
        .configMaps()
        .inNamespace(cluster.namespace())
        .withLabel(ApiConstants.LABEL_INCREASE_UID)
        .list()
        .getItems();
  }

  private static void assertOwned(RelinkTask task, String increase) {
    assertThat(task.getMetadata().getOwnerReferences())
        .singleElement()
        .satisfies(owner -> assertThat(owner.getName()).isEqualTo(increase));
  }
}
