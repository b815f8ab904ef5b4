package dev.ringlift.testkit.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringlift.testkit.process.Command;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("apiserver")
@ExtendWith(ApiServerExtension.class)
class ApiServerTest {

  @Test
  void keepsItsDataThroughAKill(@TempDir Path folder) {
    try (ApiServer server = ApiServer.start(KubernetesAssets.fromEnvironment(), folder)) {
      String namespace = server.newNamespace("kept");
      server.client().resource(configMap(namespace, "rings")).create();

      server.kill();
      assertThatThrownBy(() -> server.kubectl("get", "namespaces").orThrow())
          .hasMessageContaining("refused");
      server.restart();

      assertThat(server.client().configMaps().inNamespace(namespace).withName("rings").get())
          .as("the ConfigMap written before the kill, by the client of before")
          .isNotNull();
    }
  }

  @Test
  void leavesNothingBehindWhenClosed(@TempDir Path folder) {
    ApiServer server = ApiServer.start(KubernetesAssets.fromEnvironment(), folder);
    assertThat(processesThatMention(folder)).hasSize(2);
    server.close();
    assertThat(processesThatMention(folder)).isEmpty();
  }

  @Test
  void kubectlWorksOnIt(ApiServer server) {
    String namespace = server.newNamespace("kubectl");
    server
        .apply(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: applied, namespace: %s}
            """
                .formatted(namespace))
        .orThrow();
    Command.Result result =
        server.kubectl("get", "configmap", "--namespace", namespace, "-o", "name").orThrow();
    assertThat(result.out()).contains("configmap/applied");
  }

  @Test
  void aNodeTokenCarriesTheNodesName(ApiServer server, @TempDir Path folder) {
    String namespace = server.newNamespace("tokens");
    server
        .apply(
            """
            {"apiVersion": "v1", "kind": "List", "items": [
              {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "storage-7"}},
              {"apiVersion": "v1", "kind": "ServiceAccount",
               "metadata": {"name": "agent", "namespace": "%s"}}]}
            """
                .formatted(namespace))
        .orThrow();

    Path kubeconfig =
        server.kubeconfig(
            folder.resolve("agent.kubeconfig"), server.nodeToken(namespace, "agent", "storage-7"));

    List<String> whoAmI = server.kubectlCommand("auth", "whoami", "-o", "yaml");
    whoAmI.set(whoAmI.indexOf(server.kubeconfig().toString()), kubeconfig.toString());
    assertThat(Command.of(whoAmI).run().orThrow().out())
        .contains("system:serviceaccount:" + namespace + ":agent")
        .containsPattern("node-name:\\s+- storage-7");
    try (KubernetesClient agent = client(kubeconfig)) {
      assertThatThrownBy(() -> agent.configMaps().inNamespace(namespace).withName("none").get())
          .as("RBAC: an account without a role may do nothing")
          .isInstanceOf(KubernetesClientException.class)
          .hasMessageContaining("forbidden");
    }
  }

  private static KubernetesClient client(Path kubeconfig) {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
        .build();
  }

  private static ConfigMap configMap(String namespace, String name) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .endMetadata()
        .build();
  }

  private static List<Long> processesThatMention(Path folder) {
    return ProcessHandle.current()
        .children()
        .filter(process -> commandLine(process).contains(folder.toString()))
        .map(ProcessHandle::pid)
        .toList();
  }

  private static String commandLine(ProcessHandle process) {
    try {
      // ProcessHandle gives no arguments of long command lines
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
    } catch (IOException e) {
      return ""; // it has just ended
    }
  }
}
