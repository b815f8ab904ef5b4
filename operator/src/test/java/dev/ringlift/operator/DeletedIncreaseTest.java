package dev.ringlift.operator;

import static dev.ringlift.operator.IncreaseRunTest.awaitPhase;
import static dev.ringlift.operator.IncreaseRunTest.ring;
import static dev.ringlift.operator.IncreaseRunTest.ringMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.act.Deletions;
import dev.ringlift.operator.act.EventWriter;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Somebody deletes an increase: before it has begun, in the middle of Relink, after its end. */
@Tag("apiserver")
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ApiServerExtension.class)
class DeletedIncreaseTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final ApiServer server;
  private final SimulatedCluster cluster;

  DeletedIncreaseTest(ApiServer server) {
    this.server = server;
    this.cluster = SimulatedCluster.start(server, 2);
  }

  @BeforeEach
  void start() {
    cluster.putRing(cluster.newBuilder(6));
    cluster.startOperator();
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void inTheMiddleItGoesOnAndGoesAtItsEnd() throws RingFormatException {
    relink();

    increase().withPropagationPolicy(DeletionPropagation.FOREGROUND).delete();
    awaitEvents("DeletionRefused", 1);
    assertThat(messages("DeletionRefused"))
        .singleElement()
        .asString()
        .contains("Relinking", "spec.cancel", "ringlift.dev/force-delete=grow");
    await("the garbage collector, which would take the tasks away, is kept off")
        .atMost(LONG)
        .until(() -> increase().require().getMetadata().getFinalizers().size() == 1);
    assertThat(cluster.status("grow").phase()).isEqualTo(Phase.Relinking);

    cluster.agent(0).goOnWorking();
    awaitGone();
    assertThat(ring(ringMap(cluster)).partPower()).isEqualTo(7);
    assertThat(ring(ringMap(cluster)).nextPartPower()).isNull();
    assertThat(messages("Completed")).hasSize(1);
    assertThat(messages("DeletionRefused")).as("said once").hasSize(1);
  }

  @Test
  void byForceItGoesAndLeavesWordOfWhatItLeaves() {
    relink();
    increase().delete();
    awaitEvents("DeletionRefused", 1);

    annotate("another");
    annotate("grow");

    awaitGone();
    awaitEvents("DeletionForced", 1);
    assertThat(messages("DeletionForced"))
        .singleElement()
        .asString()
        .contains("Relinking", "partition power 6 and next 7", "cancel_increase_partition_power");
  }

  @Test
  void beforeItHasBegunItGoesAtOnce() {
    cluster.agent(1).unmount("sdb1");
    cluster.apply("grow", 7);
    await("a check does not hold").atMost(LONG).until(() -> !messages("PreflightFailed").isEmpty());

    increase().delete();

    awaitGone();
    assertThat(messages("DeletionRefused")).isEmpty();
  }

  @Test
  void onceItHasEndedItGoesWithoutAnOperator() {
    cluster.apply("grow", 7);
    awaitPhase(cluster, "grow", Phase.Complete);
    await("nobody holds it")
        .atMost(LONG)
        .until(() -> increase().require().getMetadata().getFinalizers().isEmpty());
    cluster.stopOperator();

    increase().delete();

    assertThat(increase().get()).isNull();
  }

  @Test
  void aNamespaceThatEndsIsNotHeldUp() {
    relink();
    server.client().namespaces().withName(cluster.namespace()).delete();
    increase().delete();

    awaitGone();
  }

  @Test
  void aNamespaceThatEndsIsNotHeldUpWhenItsOperatorEndsFirst() {
    relink();
    cluster.stopOperator();
    Deletions leaving = new Deletions(cluster.client(), new EventWriter(cluster.client()));
    leaving.letGoAllIfEnding(cluster.namespace());
    assertThat(increase().require().getMetadata().getFinalizers())
        .as("its operator is replaced, no more")
        .containsExactly(Deletions.FINALIZER);

    server.client().namespaces().withName(cluster.namespace()).delete();
    leaving.letGoAllIfEnding(cluster.namespace());
    increase().delete();

    assertThat(increase().get()).isNull();
  }

  private void relink() {
    cluster.agent(0).stopWorking();
    cluster.apply("grow", 7);
    awaitPhase(cluster, "grow", Phase.Relinking);
  }

  private Resource<PartitionPowerIncrease> increase() {
    return cluster
        .client()
        .resources(PartitionPowerIncrease.class)
        .inNamespace(cluster.namespace())
        .withName("grow");
  }

  private void annotate(String value) {
    server
        .kubectl(
            "annotate",
            "--overwrite",
            "ppi",
            "grow",
            "-n",
            cluster.namespace(),
            "ringlift.dev/force-delete=" + value)
        .orThrow();
  }

  private void awaitGone() {
    await("it is gone").atMost(LONG).until(() -> increase().get() == null);
  }

  private void awaitEvents(String reason, int count) {
    await(reason).atMost(LONG).until(() -> messages(reason).size() >= count);
  }

  private List<String> messages(String reason) {
    return cluster.events().stream()
        .filter(event -> reason.equals(event.getReason()))
        .map(Event::getMessage)
        .toList();
  }
}
