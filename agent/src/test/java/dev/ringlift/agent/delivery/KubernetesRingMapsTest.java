package dev.ringlift.agent.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the agent asks of an API server about rings, asked of a real one. */
@Tag("apiserver")
@ExtendWith(ApiServerExtension.class)
class KubernetesRingMapsTest {
  private KubernetesClient client;
  private String namespace;

  @BeforeEach
  void setUp(ApiServer server) {
    client = server.client();
    namespace = server.newNamespace("ringmaps");
  }

  private void apply(String name, String key, String value) {
    ConfigMap map =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(namespace)
            .addToAnnotations("ringlift.dev/install-over-newer", "abc, def")
            .endMetadata()
            .addToBinaryData(key, Base64.getEncoder().encodeToString(value.getBytes(UTF_8)))
            .addToData(key + ".index", "{}")
            .build();
    client.resource(map).serverSideApply();
  }

  @Test
  void aMapIsSeenWheneverItChanges() {
    AtomicInteger changes = new AtomicInteger();
    try (KubernetesRingMaps maps = new KubernetesRingMaps(client, namespace, List.of("rings"))) {
      assertThat(maps.known("rings")).isFalse();
      maps.watch(changes::incrementAndGet);
      await("it is known not to be there").until(() -> maps.known("rings"));
      assertThat(maps.map("rings")).isEmpty();

      apply("rings", "object.ring.gz", "one");
      await("it is seen").until(() -> maps.map("rings").isPresent());
      RingMap map = maps.map("rings").orElseThrow();
      assertThat(map.value("object.ring.gz")).hasValue("one".getBytes(UTF_8));
      assertThat(map.value("object.ring.gz.index")).hasValue("{}".getBytes(UTF_8));
      assertThat(map.rings()).containsOnlyKeys("object.ring.gz");
      assertThat(map.meant()).containsExactlyInAnyOrder("abc", "def");
      int seen = changes.get();
      assertThat(seen).isPositive();

      apply("rings", "object.ring.gz", "two");
      await("the change is seen")
          .untilAsserted(
              () ->
                  assertThat(maps.map("rings").orElseThrow().value("object.ring.gz"))
                      .hasValue("two".getBytes(UTF_8)));
      assertThat(changes.get()).isGreaterThan(seen);
    }
  }

  @Test
  void aPartIsReadNow() {
    apply("part", "object.ring.gz.00001", "content");
    try (KubernetesRingMaps maps = new KubernetesRingMaps(client, namespace, List.of())) {
      assertThat(maps.part("part", "object.ring.gz.00001")).hasValue("content".getBytes(UTF_8));
      assertThat(maps.part("part", "object.ring.gz.00002")).isEmpty();
      assertThat(maps.part("none", "object.ring.gz.00001")).isEmpty();
    }
  }

  /** The least that docs/rings.md asks for, and what it is like without the half of it. */
  @Test
  void anAgentNeedsItsMapByNameAndGetForParts(ApiServer server, @TempDir Path folder) {
    client
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName("agent")
                .withNamespace(namespace)
                .endMetadata()
                .build())
        .create();
    client
        .resource(
            new RoleBuilder()
                .withNewMetadata()
                .withName("rings")
                .withNamespace(namespace)
                .endMetadata()
                .addNewRule()
                .withApiGroups("")
                .withResources("configmaps")
                .withResourceNames("rings")
                .withVerbs("get", "list", "watch")
                .endRule()
                .build())
        .create();
    client
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withName("rings")
                .withNamespace(namespace)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "Role", "rings")
                .addNewSubject(null, "ServiceAccount", "agent", namespace)
                .build())
        .create();
    apply("rings", "object.ring.gz", "one");
    apply("part", "object.ring.gz.00001", "content");
    String token =
        server.kubectl("create", "token", "agent", "-n", namespace).orThrow().out().strip();
    Config config =
        Config.fromKubeconfig(server.kubeconfig(folder.resolve("config"), token).toFile());
    try (KubernetesClient agent = new KubernetesClientBuilder().withConfig(config).build();
        KubernetesRingMaps maps = new KubernetesRingMaps(agent, namespace, List.of("rings"))) {
      maps.watch(() -> {});
      await("its own map is seen").until(() -> maps.map("rings").isPresent());

      assertThatThrownBy(() -> maps.part("part", "object.ring.gz.00001"))
          .isInstanceOf(RingMaps.PartsUnavailable.class)
          .hasMessageStartingWith(
              "The API server does not give its part object.ring.gz.00001 in ConfigMap part:")
          .hasMessageContaining("is forbidden");
    }
  }
}
