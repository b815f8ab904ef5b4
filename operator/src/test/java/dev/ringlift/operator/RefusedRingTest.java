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
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A site's own admission policy has something against a ring, or against its backup. */
@Tag("apiserver")
@ExtendWith(ApiServerExtension.class)
class RefusedRingTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String FRIDAY = "no ring is changed on a Friday";

  /** Of the ring's map and of another one, by which to see whether the policy is obeyed. */
  private static final String NO_RING =
      "!(object.metadata.name in ['swift-rings', 'probe']) || object.binaryData == oldObject.binaryData";

  /** As a webhook that lets every dry run pass. */
  private static final String NO_REAL_RING = "request.dryRun || " + NO_RING;

  private static final String NO_BACKUP =
      "!object.metadata.name.startsWith('grow-backup-') && object.metadata.name != 'probe'";

  private static void forbid(SimulatedCluster cluster, String operation, String expression) {
    cluster
        .server()
        .apply(
            """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: %1$s}
            spec:
              failurePolicy: Fail
              matchConstraints:
                resourceRules:
                - {apiGroups: [""], apiVersions: [v1], resources: [configmaps], operations: [%2$s]}
              validations:
              - {expression: "%3$s", message: %4$s}
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            metadata: {name: %1$s}
            spec:
              policyName: %1$s
              validationActions: [Deny]
              matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}}
            """
                .formatted(cluster.namespace(), operation, expression, FRIDAY))
        .orThrow();
  }

  private static void allow(SimulatedCluster cluster) {
    cluster
        .server()
        .kubectl("delete", "validatingadmissionpolicybinding", cluster.namespace())
        .orThrow();
  }

  private static void awaitForbidden(Runnable write) {
    await("the policy is obeyed")
        .atMost(LONG)
        .until(
            () -> {
              try {
                write.run();
                return false;
              } catch (KubernetesClientException e) {
                return String.valueOf(e.getMessage()).contains(FRIDAY);
              }
            });
  }

  private static void makeProbe(SimulatedCluster cluster) {
    cluster
        .client()
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(cluster.namespace())
                .withName("probe")
                .endMetadata()
                .addToBinaryData("count", "AAAA")
                .build())
        .create();
  }

  private static void changeProbe(SimulatedCluster cluster) {
    long count = System.nanoTime() % 1_000_000_000L + 1_000_000_000L;
    cluster
        .client()
        .configMaps()
        .inNamespace(cluster.namespace())
        .withName("probe")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"binaryData\":{\"count\":\"%d==\"}}".formatted(count));
  }

  private static Resource<PartitionPowerIncrease> grow(SimulatedCluster cluster) {
    return cluster
        .client()
        .resources(PartitionPowerIncrease.class)
        .inNamespace(cluster.namespace())
        .withName("grow");
  }

  private static void cancel(SimulatedCluster cluster) {
    grow(cluster).patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"cancel\":true}}");
  }

  private static List<Event> events(SimulatedCluster cluster, String reason) {
    return cluster.events().stream().filter(event -> event.getReason().equals(reason)).toList();
  }

  private static Condition awaitRefused(SimulatedCluster cluster, String words) {
    await("it is told that the ring is refused")
        .atMost(LONG)
        .untilAsserted(
            () -> {
              Condition stalled = condition(cluster.status("grow"), "Stalled");
              assertThat(stalled.getReason()).isEqualTo("RingRefused");
              assertThat(stalled.getMessage()).contains(FRIDAY, words);
            });
    return condition(cluster.status("grow"), "Stalled");
  }

  /** An intent that is new has the barrier proved once more; after that all must rest. */
  private static void assertHoldsStill(SimulatedCluster cluster) {
    AtomicReference<String> seen = new AtomicReference<>("");
    await("nothing is written or said again while it is tried")
        .during(Duration.ofSeconds(3))
        .atMost(LONG)
        .until(
            () -> {
              String now =
                  grow(cluster).require().getMetadata().getResourceVersion()
                      + " "
                      + cluster.events().size();
              return now.equals(seen.getAndSet(now));
            });
  }

  @Test
  void whatRefusesTheFirstRingOrItsBackupIsToldAndItCanBeCancelled(ApiServer server)
      throws RingFormatException {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 2)) {
      cluster.putRing(cluster.newBuilder(6));
      forbid(cluster, "CREATE", NO_BACKUP);
      awaitForbidden(
          () -> {
            makeProbe(cluster);
            cluster
                .client()
                .configMaps()
                .inNamespace(cluster.namespace())
                .withName("probe")
                .delete();
          });
      cluster.startOperator();
      cluster.apply("grow", 7);

      awaitRefused(cluster, "grow-backup-");

      // In one write: with none of the two in force the ring would be let pass.
      forbid(cluster, "UPDATE", NO_RING);
      awaitRefused(cluster, "configmaps \"swift-rings\" is forbidden");
      PartitionPowerIncreaseStatus status = cluster.status("grow");
      assertThat(status.phase()).isEqualTo(Phase.Preflight);
      assertThat(status.publication()).as("what could not be written was not begun").isNull();
      assertThat(ring(ringMap(cluster)).nextPartPower()).isNull();

      cancel(cluster);
      awaitPhase(cluster, "grow", Phase.Cancelled);
      assertThat(ring(ringMap(cluster)).nextPartPower()).isNull();
    }
  }

  @Test
  void thePointOfNoReturnIsNotPassedBeforeTheApiServerWouldHaveTheRing(ApiServer server)
      throws RingFormatException {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 2)) {
      cluster.putRing(cluster.newBuilder(6));
      makeProbe(cluster);
      cluster.startOperator();
      PartitionPowerIncrease increase = cluster.increase("grow", 7);
      Gates gates = new Gates(Gates.Gate.Automatic, Gates.Gate.Manual, Gates.Gate.Automatic);
      increase.setSpec(increase.getSpec().toBuilder().gates(gates).build());
      cluster.client().resource(increase).create();
      awaitPhase(cluster, "grow", Phase.AwaitingApproval);

      forbid(cluster, "UPDATE", NO_RING);
      awaitForbidden(() -> changeProbe(cluster));
      String approval = ApiConstants.ANNOTATION_APPROVE + "=Increase/1";
      server.kubectl("annotate", "-n", cluster.namespace(), "ppi", "grow", approval).orThrow();

      Condition stalled = awaitRefused(cluster, "Increase ring of cycle 1");
      assertThat(stalled.getMessage()).contains("or set spec.cancel to take the cycle back");
      assertHoldsStill(cluster);
      assertThat(cluster.status("grow").pastPointOfNoReturn()).isFalse();
      assertThat(events(cluster, "PointOfNoReturn")).isEmpty();
      assertThat(events(cluster, "RingRefused")).hasSize(1);

      // Only the ring itself is refused from now on, and no rehearsal tells of it.
      forbid(cluster, "UPDATE", NO_REAL_RING);
      awaitRefused(cluster, "can't be cancelled any more");
      assertHoldsStill(cluster);
      assertThat(cluster.status("grow").pastPointOfNoReturn()).isTrue();
      assertThat(cluster.status("grow").phase()).isEqualTo(Phase.Increasing);
      assertThat(events(cluster, "PointOfNoReturn")).hasSize(1);
      assertThat(ring(ringMap(cluster)).partPower()).isEqualTo(6);
      assertThatThrownBy(() -> cancel(cluster)).hasMessageContaining("there is no way back");

      allow(cluster);
      awaitPhase(cluster, "grow", Phase.Complete);
      assertThat(ring(ringMap(cluster)).partPower()).isEqualTo(7);
      assertThat(events(cluster, "PointOfNoReturn")).hasSize(1);
      assertThat(Objects.requireNonNull(cluster.status("grow").publication()).transition())
          .isEqualTo("Finish");
    }
  }
}
