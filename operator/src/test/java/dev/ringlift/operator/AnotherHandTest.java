package dev.ringlift.operator;

import static dev.ringlift.operator.IncreaseRunTest.awaitPhase;
import static dev.ringlift.operator.IncreaseRunTest.condition;
import static dev.ringlift.operator.IncreaseRunTest.ring;
import static dev.ringlift.operator.IncreaseRunTest.ringMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.ring.Transition;
import dev.ringlift.ring.TransitionRefusedException;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Another hand changes the ring in the middle of Relink, with one node done and one not. */
@Tag("apiserver")
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ApiServerExtension.class)
class AnotherHandTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String ANNOTATION = "ringlift.dev/accept-ring";

  private final ApiServer server;
  private final SimulatedCluster cluster;
  private String published = "";

  AnotherHandTest(ApiServer server) {
    this.server = server;
    this.cluster = SimulatedCluster.start(server, 2);
  }

  @BeforeEach
  void relinkOneNode() {
    cluster.putRing(cluster.newBuilder(6));
    cluster.agent(0).stopWorking();
    cluster.startOperator();
    cluster.apply("grow", 7);
    await("one node is done")
        .atMost(LONG)
        .until(
            () ->
                cluster.status("grow").nodes() != null
                    && Objects.requireNonNull(cluster.status("grow").nodes()).done() == 1);
    published = md5();
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private String md5() {
    String ring = ringMap(cluster).getBinaryData().get(SimulatedCluster.RING);
    return Md5.hex(Base64.getDecoder().decode(ring));
  }

  private void changeTheWeight() throws TransitionRefusedException {
    RingBuilder theirs = cluster.newBuilder(6, 50).after(Transition.PREPARE, Instant.now());
    cluster.putRing(theirs);
    await("it is stopped")
        .atMost(LONG)
        .until(
            () ->
                "RingChangedExternally"
                    .equals(condition(cluster.status("grow"), "Stalled").getReason()));
  }

  private RelinkTask task(int agent) {
    return cluster.tasks().stream()
        .filter(task -> task.getSpec().step() == Step.Relink)
        .filter(task -> task.getSpec().nodeName().equals(cluster.agent(agent).node()))
        .findFirst()
        .orElseThrow();
  }

  private void annotate(String md5) {
    server
        .kubectl("annotate", "ppi", "grow", "-n", cluster.namespace(), ANNOTATION + "=" + md5)
        .orThrow();
  }

  private void awaitNoAnnotation() {
    await("the annotation is gone")
        .atMost(LONG)
        .until(
            () -> {
              Map<String, String> annotations =
                  cluster
                      .client()
                      .resources(PartitionPowerIncrease.class)
                      .inNamespace(cluster.namespace())
                      .withName("grow")
                      .require()
                      .getMetadata()
                      .getAnnotations();
              return annotations == null || !annotations.containsKey(ANNOTATION);
            });
  }

  private List<String> messages(String reason) {
    return cluster.events().stream()
        .filter(event -> reason.equals(event.getReason()))
        .map(Event::getMessage)
        .toList();
  }

  @Test
  void itsRingIsAcceptedByTheRightAnnotationOnlyAndAllIsDoneAgain()
      throws TransitionRefusedException, RingFormatException {
    changeTheWeight();
    assertThat(cluster.status("grow").message())
        .contains("1 device of another weight", "50.0, not 100.0")
        .contains("grow-backup-" + published, ANNOTATION + "=" + md5());
    await("the task that is not done is paused").until(() -> task(0).getSpec().paused());
    assertThat(task(1).getSpec().paused()).isFalse();

    annotate(published);
    awaitNoAnnotation();
    await("it is told why")
        .untilAsserted(
            () ->
                assertThat(messages("AcceptRefused"))
                    .singleElement()
                    .satisfies(message -> assertThat(message).contains(md5(), published)));
    assertThat(condition(cluster.status("grow"), "Stalled").getStatus()).isEqualTo("True");

    String theirs = md5();
    annotate(theirs);
    awaitNoAnnotation();
    cluster.agent(0).goOnWorking();
    awaitPhase(cluster, "grow", Phase.Complete);

    assertThat(messages("RingAccepted")).hasSize(1);
    assertThat(List.of(task(0), task(1)))
        .allSatisfy(
            task -> {
              assertThat(task.getSpec().ringMd5()).isEqualTo(theirs);
              assertThat(task.getSpec().attempt()).isEqualTo(2);
              assertThat(task.getSpec().round()).isEqualTo(1000);
              assertThat(Objects.requireNonNull(task.getStatus()).round()).isEqualTo(1000);
            });
    assertThat(ring(ringMap(cluster)).partPower()).isEqualTo(7);
    assertThat(Objects.requireNonNull(ring(ringMap(cluster)).devices().getFirst()).weight())
        .as("what was accepted stays")
        .isEqualTo(50);
  }

  @Test
  void whatTheDocsSayPutsTheRingBackAndItGoesOnWhereItWas(@TempDir Path folder)
      throws TransitionRefusedException, IOException {
    changeTheWeight();

    String backup = "grow-backup-" + published + "-" + SimulatedCluster.MAP;
    String json =
        server
            .kubectl(
                "get",
                "configmap",
                backup,
                "-n",
                cluster.namespace(),
                "-o",
                "jsonpath={\"{\"}\"binaryData\":{.binaryData}{\"}\"}")
            .orThrow()
            .out();
    Path patch = Files.writeString(folder.resolve("back.json"), json);
    server
        .kubectl(
            "patch",
            "configmap",
            SimulatedCluster.MAP,
            "-n",
            cluster.namespace(),
            "--type=merge",
            "--patch-file",
            patch.toString())
        .orThrow();

    assertThat(md5()).isEqualTo(published);
    cluster.agent(0).goOnWorking();
    awaitPhase(cluster, "grow", Phase.Complete);
    assertThat(task(0).getSpec().attempt()).as("it goes on where it was").isEqualTo(1);
    assertThat(task(1).getSpec().attempt()).isEqualTo(1);
    assertThat(messages("RingRestored")).hasSize(1);
  }
}
