package dev.ringlift.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import dev.ringlift.testkit.process.Command;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the token of a captured agent is good for: its own node, and nothing else. */
@Tag("apiserver")
@ExtendWith(ApiServerExtension.class)
class OwnNodeTest {
  private static final String NODE = "own-node-1";
  private static final String OTHER = "own-node-2";
  private static final Path CRDS = Path.of("../../crds").toAbsolutePath();

  @TempDir Path folder;
  private ApiServer server;
  private String namespace;
  private Path agent;

  @BeforeEach
  void install(ApiServer apiServer) {
    server = apiServer;
    namespace = server.newNamespace("own-node");
    server.kubectl("apply", "--server-side", "--force-conflicts", "-f", CRDS.toString()).orThrow();
    server
        .kubectl("wait", "--for=condition=Established", "--timeout=60s", "-f", CRDS.toString())
        .orThrow();
    server.apply(RingliftChart.access(namespace, Map.of())).orThrow();
    for (String node : List.of(NODE, OTHER)) {
      server
          .apply(
              "{\"apiVersion\": \"v1\", \"kind\": \"Node\", \"metadata\": {\"name\": \"%s\"}}"
                  .formatted(node))
          .orThrow();
      server.apply(task(node)).orThrow();
      server.apply(storageNode(node)).orThrow();
      server.apply(lease(node)).orThrow();
    }
    server.apply(increase()).orThrow();
    server
        .apply(
            """
            {"apiVersion": "v1", "kind": "ConfigMap",
             "metadata": {"name": "swift-rings", "namespace": "%s"}}
            """
                .formatted(namespace))
        .orThrow();
    agent =
        server.kubeconfig(
            folder.resolve("agent"), server.nodeToken(namespace, RingliftChart.AGENT, NODE));
    await("the policy is in force")
        .atMost(Duration.ofSeconds(30))
        .until(() -> as(lease("nobody"), "create", "--dry-run=server").exitCode() != 0);
  }

  @Test
  void writesAboutItsOwnNode() {
    assertThat(writeStatus("StorageNode", NODE)).isEmpty();
    assertThat(writeStatus("RelinkTask", "task-" + NODE)).isEmpty();
    assertThat(as(lease(NODE), "replace").err()).isEmpty();
  }

  @Test
  void forgesNoReportOfAnotherNode() {
    assertRefused(writeStatus("StorageNode", OTHER), "storagenodes " + OTHER);
    assertRefused(
        as(storageNode("own-node-3"), "apply", "--server-side").err(), "storagenodes own-node-3");
  }

  @Test
  void claimsNoWorkOfAnotherNodeAsDone() {
    assertRefused(writeStatus("RelinkTask", "task-" + OTHER), "relinktasks task-" + OTHER);
  }

  @Test
  void keepsNoOtherNodesHeartbeatAlive() {
    assertRefused(as(lease(OTHER), "replace").err(), "leases ringlift-agent-" + OTHER);
    assertRefused(
        as(lease(NODE).replace("ringlift-agent-" + NODE, "ringlift-operator"), "create").err(),
        "leases ringlift-operator");
  }

  @Test
  void aTokenThatNamesNoNodeWritesNothing() {
    String token =
        server
            .kubectl("create", "token", RingliftChart.AGENT, "-n", namespace)
            .orThrow()
            .out()
            .strip();
    agent = server.kubeconfig(folder.resolve("unbound"), token);

    assertRefused(writeStatus("StorageNode", NODE), "is on none that its token names");
  }

  /** All of it, as the API server lists it for the bearer. */
  @Test
  void mayDoThisAndNothingElse() {
    assertThat(rights(namespace))
        .containsExactlyInAnyOrder(
            "ringlift.dev [storagenodes] [get, list, watch, create, patch]",
            "ringlift.dev [storagenodes/status] [patch]",
            "ringlift.dev [relinktasks] [get, list, watch]",
            "ringlift.dev [relinktasks/status] [patch]",
            "ringlift.dev [partitionpowerincreases] [get]",
            "coordination.k8s.io [leases] [get, create, update]");
    assertThat(rights("kube-system")).isEmpty();
    assertThat(rights("default")).isEmpty();
  }

  private List<String> rights(String in) {
    try (KubernetesClient client = bearer()) {
      return client
          .authorization()
          .v1()
          .selfSubjectRulesReview()
          .create(
              new SelfSubjectRulesReviewBuilder().withNewSpec().withNamespace(in).endSpec().build())
          .getStatus()
          .getResourceRules()
          .stream()
          // what every user may: ask who he is and what he may
          .filter(rule -> rule.getApiGroups().stream().noneMatch(g -> g.startsWith("auth")))
          .map(
              rule ->
                  String.join(",", rule.getApiGroups())
                      + " "
                      + rule.getResources()
                      + " "
                      + rule.getVerbs())
          .toList();
    }
  }

  @Test
  void takesNoLeadershipFromTheOperators() {
    String operators = lease(NODE).replace("ringlift-agent-" + NODE, "ringlift-operator");
    server.apply(operators).orThrow();

    assertRefused(as(operators, "replace").err(), "leases ringlift-operator");
  }

  @Test
  void movesNoTaskToItself() {
    assertRefused(
        patchStatus(
            "RelinkTask",
            "task-" + OTHER,
            "{\"metadata\": {\"labels\": {\"ringlift.dev/node\": \"own-node-1\"}}, \"spec\": {\"nodeName\": \"own-node-1\"}, \"status\": {}}"),
        "relinktasks task-" + OTHER);
  }

  /** No roles for these: refused before the policy is asked. */
  @Test
  void changesNoTaskNoRingAndReadsNoSecret() {
    String task = "relinktasks.ringlift.dev/task-" + NODE;
    for (List<String> words :
        List.of(
            List.of("patch", task, "--type=merge", "-p", "{\"spec\": {\"attempt\": 7}}"),
            List.of("delete", task),
            List.of("patch", "ppi", "grow", "--type=merge", "-p", "{\"spec\": {\"cancel\": true}}"),
            List.of("annotate", "ppi", "grow", "ringlift.dev/approve=Increase/1"),
            List.of("delete", "ppi", "grow"),
            List.of("get", "secrets"),
            List.of("get", "secret", "swift-conf"),
            List.of("create", "token", "ringlift-operator"),
            List.of("get", "serviceaccounts"),
            List.of("patch", "configmap", "swift-rings", "--type=merge", "-p", "{\"data\": {}}"),
            List.of("delete", "lease", "ringlift-agent-" + OTHER),
            List.of("get", "configmaps"),
            List.of("get", "pods"),
            List.of("get", "nodes"),
            List.of("delete", "storagenode", NODE),
            List.of("create", "configmap", "rings"))) {
      assertThat(as("", words.toArray(String[]::new)).err())
          .as(words.toString())
          .contains("forbidden: User \"system:serviceaccount:" + namespace + ":ringlift-agent\"");
    }
  }

  private static void assertRefused(String message, String what) {
    assertThat(message).contains("an agent writes about its own node only").contains(what);
  }

  /** Writes a status as an agent does; gives what the API server has against it, or nothing. */
  private String writeStatus(String kind, String name) {
    return patchStatus(kind, name, "{\"status\": {}}");
  }

  private KubernetesClient bearer() {
    return new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(agent.toFile())).build();
  }

  private String patchStatus(String kind, String name, String patch) {
    try (KubernetesClient client = bearer()) {
      client
          .genericKubernetesResources("ringlift.dev/v1alpha1", kind)
          .inNamespace(namespace)
          .withName(name)
          .subresource("status")
          .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
      return "";
    } catch (KubernetesClientException e) {
      return e.getStatus().getMessage();
    }
  }

  private Command.Result as(String manifest, String... words) {
    List<String> command = new ArrayList<>(server.kubectlCommand(words));
    command.set(command.indexOf(server.kubeconfig().toString()), agent.toString());
    command.addAll(List.of("-n", namespace));
    if (!manifest.isEmpty()) {
      command.addAll(List.of("-f", "-"));
    }
    return Command.of(command).input(manifest).run();
  }

  private String increase() {
    return """
    {"apiVersion": "ringlift.dev/v1alpha1", "kind": "PartitionPowerIncrease",
     "metadata": {"name": "grow", "namespace": "%s"},
     "spec": {"targetPartPower": 7, "ring": {"configMaps": ["swift-rings"]}}}
    """
        .formatted(namespace);
  }

  private String storageNode(String node) {
    return """
    {"apiVersion": "ringlift.dev/v1alpha1", "kind": "StorageNode",
     "metadata": {"name": "%s", "namespace": "%s"}}
    """
        .formatted(node, namespace);
  }

  private String lease(String node) {
    return """
    {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
     "metadata": {"name": "ringlift-agent-%s", "namespace": "%s"}, "spec": {"holderIdentity": "me"}}
    """
        .formatted(node, namespace);
  }

  private String task(String node) {
    return """
    {"apiVersion": "ringlift.dev/v1alpha1", "kind": "RelinkTask",
     "metadata": {"name": "task-%1$s", "namespace": "%2$s", "labels": {"ringlift.dev/node": "%1$s"}},
     "spec": {"increaseUid": "u", "cycle": 1, "nodeName": "%1$s", "policyIndex": 0, "step": "Relink", "partPower": 6,
              "nextPartPower": 7, "ringMd5": "0123456789abcdef0123456789abcdef", "devices": ["d1"]}}
    """
        .formatted(node, namespace);
  }
}
