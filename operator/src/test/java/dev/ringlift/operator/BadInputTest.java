package dev.ringlift.operator;

import static dev.ringlift.operator.IncreaseRunTest.awaitPhase;
import static dev.ringlift.operator.IncreaseRunTest.condition;
import static dev.ringlift.operator.IncreaseRunTest.ringMap;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.Transition;
import dev.ringlift.ring.TransitionRefusedException;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What can't be done is refused in a clear sentence, and nothing is changed. */
@Tag("apiserver")
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ApiServerExtension.class)
class BadInputTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final SimulatedCluster cluster;

  BadInputTest(ApiServer server) {
    cluster = SimulatedCluster.start(server, 2);
    cluster.startOperator();
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private void assertRefused(String name, String... words) {
    await("it is refused with its reason")
        .atMost(LONG)
        .untilAsserted(
            () -> {
              PartitionPowerIncreaseStatus status = cluster.status(name);
              assertThat(status.phase()).isEqualTo(Phase.Preflight);
              assertThat(status.message()).contains(words).doesNotContain("Exception");
              assertThat(condition(status, "Stalled").getStatus()).isEqualTo("True");
              Condition preflight = condition(status, "PreflightPassed");
              assertThat(preflight.getStatus()).isEqualTo("False");
              assertThat(preflight.getMessage()).contains(words);
            });
    await("the event, which is written after the status")
        .atMost(LONG)
        .untilAsserted(
            () ->
                assertThat(cluster.events())
                    .filteredOn(event -> "PreflightFailed".equals(event.getReason()))
                    .extracting(Event::getMessage)
                    .anySatisfy(message -> assertThat(message).contains(words)));
    assertThat(cluster.tasks()).isEmpty();
  }

  @Test
  void noSuchConfigMapAndOnceItIsThereTheIncreaseGoesOnByItself() {
    cluster.apply("grow", 7);
    assertRefused("grow", "There is no ConfigMap swift-rings in namespace " + cluster.namespace());

    cluster.putRing(cluster.newBuilder(6));
    awaitPhase(cluster, "grow", Phase.Complete);
  }

  @Test
  void aRingThatIsNone() {
    byte[] foreign = "not a ring".getBytes(UTF_8);
    cluster.putRing(foreign, cluster.newBuilder(6).toBytes());
    ConfigMap before = ringMap(cluster);

    cluster.apply("grow", 7);

    assertRefused("grow", "object.ring.gz in ConfigMap swift-rings is no ring");
    assertThat(ringMap(cluster).getBinaryData()).isEqualTo(before.getBinaryData());
  }

  /** 130 kB that become 128 MiB: more than the ring of such a file can be. */
  @Test
  void aRingThatBursts() throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    byte[] description =
        "{\"byteorder\": \"little\", \"devs\": [], \"part_shift\": 7, \"replica_count\": 2}"
            .getBytes(UTF_8);
    try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(bomb))) {
      out.writeBytes("R1NG");
      out.writeShort(1);
      out.writeInt(description.length);
      out.write(description);
      for (int mebibytes = 0; mebibytes < 128; mebibytes++) {
        out.write(new byte[1 << 20]);
      }
    }
    cluster.putRing(bomb.toByteArray(), cluster.newBuilder(6).toBytes());

    cluster.apply("grow", 7);

    assertRefused("grow", "object.ring.gz in ConfigMap swift-rings is no ring", "far more than");
  }

  @Test
  void aBuilderThatIsNone() {
    cluster.putRing(
        cluster.newBuilder(6).toRing(1).toBytes(), "cos\nsystem\n(S'id'\ntR.".getBytes(UTF_8));
    ConfigMap before = ringMap(cluster);

    cluster.apply("grow", 7);

    assertRefused("grow", "object.builder in ConfigMap swift-rings is no builder");
    assertThat(ringMap(cluster).getBinaryData()).isEqualTo(before.getBinaryData());
  }

  @Test
  void aBuilderOfAnotherRing() {
    cluster.putRing(cluster.newBuilder(6).toRing(1).toBytes(), cluster.newBuilder(5).toBytes());
    ConfigMap before = ringMap(cluster);

    cluster.apply("grow", 7);

    assertRefused("grow", "Ring and builder differ", "partition power 6");
    assertThat(ringMap(cluster).getBinaryData()).isEqualTo(before.getBinaryData());
  }

  @Test
  void aRingThatOtherMeansRaiseBeyondTheTarget() throws TransitionRefusedException {
    RingBuilder prepared = cluster.newBuilder(6).after(Transition.PREPARE, Instant.now());
    cluster.putRing(prepared);
    ConfigMap before = ringMap(cluster);

    cluster.apply("grow", 6);

    assertRefused("grow", "being raised beyond the target 6 by other means");
    assertThat(ringMap(cluster).getBinaryData()).isEqualTo(before.getBinaryData());
  }

  @Test
  void aTargetBelowTheRing() {
    cluster.putRing(cluster.newBuilder(6));
    ConfigMap before = ringMap(cluster);

    cluster.apply("grow", 5);

    awaitPhase(cluster, "grow", Phase.Failed);
    PartitionPowerIncreaseStatus status = cluster.status("grow");
    assertThat(status.message())
        .isEqualTo(
            "The target partition power 5 is below the ring's, 6, and a partition power can't be lowered.");
    assertThat(condition(status, "Complete").getReason()).isEqualTo("TargetBelowRing");
    assertThat(status.completionTime()).isNotNull();
    assertThat(ringMap(cluster).getBinaryData()).isEqualTo(before.getBinaryData());
  }

  @Test
  void theTargetThatTheRingHasIsCompleteAtOnce() {
    cluster.putRing(cluster.newBuilder(6));
    ConfigMap before = ringMap(cluster);

    cluster.apply("again", 6);

    awaitPhase(cluster, "again", Phase.Complete);
    assertThat(ringMap(cluster).getBinaryData()).isEqualTo(before.getBinaryData());
    assertThat(cluster.tasks()).isEmpty();
  }

  @Test
  void anUnmountedDisk() {
    cluster.putRing(cluster.newBuilder(6));
    cluster.agent(1).unmount("sdb2");

    cluster.apply("grow", 7);

    assertRefused("grow", "Device sdb2 of node " + cluster.agent(1).node(), "not mounted");
  }

  @Test
  void aSecondIncreaseOfTheSameRingWaitsForTheFirstAndNamesIt() {
    cluster.putRing(cluster.newBuilder(6));
    cluster.agent(0).stopWorking();
    cluster.apply("a-first", 7);
    awaitPhase(cluster, "a-first", Phase.Relinking);

    cluster.apply("b-second", 8);
    awaitPhase(cluster, "b-second", Phase.Pending);
    assertThat(cluster.status("b-second").message()).contains("PartitionPowerIncrease a-first");

    cluster.agent(0).goOnWorking();
    awaitPhase(cluster, "a-first", Phase.Complete);
    awaitPhase(cluster, "b-second", Phase.Complete);
    assertThat(cluster.status("b-second").fromPartPower()).isEqualTo(7);
  }

  @Test
  void aRingRestoredByAnotherHandStopsTheIncreaseUntilItIsPutBack() {
    RingBuilder original = cluster.newBuilder(6);
    cluster.putRing(original);
    cluster.agent(0).stopWorking();
    cluster.apply("grow", 7);
    awaitPhase(cluster, "grow", Phase.Relinking);
    ConfigMap ours = ringMap(cluster);

    cluster.putRing(original);
    await("it is stopped")
        .atMost(LONG)
        .untilAsserted(
            () ->
                assertThat(condition(cluster.status("grow"), "Stalled").getReason())
                    .isEqualTo("RingChangedExternally"));
    assertThat(cluster.status("grow").phase()).isEqualTo(Phase.Relinking);
    await("the event, which is written after the status")
        .atMost(LONG)
        .untilAsserted(
            () ->
                assertThat(cluster.events().stream().map(Event::getReason))
                    .contains("RingChangedExternally"));

    ConfigMap theirs = ringMap(cluster);
    theirs.setBinaryData(ours.getBinaryData());
    cluster.client().resource(theirs).update();
    cluster.agent(0).goOnWorking();
    awaitPhase(cluster, "grow", Phase.Complete);
  }

  @Test
  void eventsAndConditionsReadWellInKubectl(ApiServer server) {
    cluster.putRing(cluster.newBuilder(6));
    cluster.apply("grow", 7);
    awaitPhase(cluster, "grow", Phase.Complete);

    String described =
        server
            .kubectl("describe", "ppi", "grow", "--namespace", cluster.namespace())
            .orThrow()
            .out();
    assertThat(described)
        .contains("Phase:", "Complete", "TargetReached", "PointOfNoReturn", "RingConverged")
        .contains("ringlift-operator");
    String table = server.kubectl("get", "ppi", "--namespace", cluster.namespace()).orThrow().out();
    assertThat(List.of(table.split("\\s+")))
        .containsSubsequence("POLICY", "FROM", "TO", "PHASE")
        .containsSubsequence("grow", "0", "6", "7", "Complete", "100%");
  }
}
