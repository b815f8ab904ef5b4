package dev.ringlift.operator;

import static dev.ringlift.operator.IncreaseRunTest.awaitPhase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import dev.ringlift.testkit.process.Command;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A site's own admission policy has something against the task of one node. */
@Tag("apiserver")
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ApiServerExtension.class)
class RefusedTaskTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private static String policy(String node) {
    return """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicy
      metadata: {name: no-task-for-%1$s}
      spec:
        failurePolicy: Fail
        matchConstraints:
          resourceRules:
          - {apiGroups: [ringlift.dev], apiVersions: ["*"], resources: [relinktasks], operations: [CREATE]}
        validations:
        - {expression: "object.spec.nodeName != '%1$s'", message: this site wants no task there}
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicyBinding
      metadata: {name: no-task-for-%1$s}
      spec: {policyName: no-task-for-%1$s, validationActions: [Deny]}
      """
        .formatted(node);
  }

  private static String task(String namespace, String node) {
    return """
      apiVersion: ringlift.dev/v1alpha1
      kind: RelinkTask
      metadata: {name: probe, namespace: %s}
      spec:
        {increaseUid: u, cycle: 1, nodeName: %s, policyIndex: 0, step: Relink, partPower: 6, nextPartPower: 7,
         ringMd5: d41d8cd98f00b204e9800998ecf8427e, devices: []}
      """
        .formatted(namespace, node);
  }

  @Test
  void keepsNoOtherBackAndIsNamedWithTheReason(ApiServer server) {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 3)) {
      cluster.putRing(cluster.newBuilder(6));
      String first = cluster.agent(0).node();
      server.apply(policy(first)).orThrow();
      await("the policy is obeyed")
          .atMost(LONG)
          .until(
              () ->
                  Command.of(server.kubectlCommand("create", "--dry-run=server", "-f", "-"))
                          .input(task(cluster.namespace(), first))
                          .run()
                          .exitCode()
                      != 0);
      cluster.startOperator();
      cluster.apply("grow", 7);

      await("the others are done, and the one that is refused is named")
          .atMost(LONG)
          .untilAsserted(
              () -> {
                assertThat(cluster.status("grow").nodes())
                    .isNotNull()
                    .satisfies(nodes -> assertThat(nodes.done()).isEqualTo(2));
                assertThat(
                        Objects.requireNonNullElse(
                            cluster.status("grow").problems(), List.<Problem>of()))
                    .anySatisfy(
                        problem -> {
                          assertThat(problem.node()).isEqualTo(first);
                          assertThat(problem.reason()).isEqualTo("TaskRejected");
                          assertThat(problem.message()).contains("this site wants no task there");
                        });
              });
      assertThat(cluster.status("grow").phase()).isEqualTo(Phase.Relinking);

      server
          .kubectl("delete", "validatingadmissionpolicybinding", "no-task-for-" + first)
          .orThrow();
      awaitPhase(cluster, "grow", Phase.Complete);
    }
  }
}
