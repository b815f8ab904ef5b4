package dev.ringlift.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.operator.cluster.Remembered;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** However far a cache is behind, what is seen is what is there. */
@Tag("apiserver")
@ExtendWith(ApiServerExtension.class)
class LiveReaderTest {
  private KubernetesClient client;
  private String namespace;

  @BeforeEach
  void namespace(ApiServer server) {
    client = server.client();
    server.define(Path.of("..", "crds").toAbsolutePath());
    namespace = server.newNamespace("live");
  }

  @Test
  void takesFromTheCacheWhatIsStillSoAndReadsTheRest() {
    IntStream.range(0, 5).forEach(this::create);
    List<StorageNode> before = read(Remembered.NOTHING);
    assertThat(before).hasSize(5);

    label("node-1");
    client.resource(before.get(2)).delete();
    create(7);
    recreate(3);

    Set<StorageNode> known = Collections.newSetFromMap(new IdentityHashMap<>());
    known.addAll(before);
    List<StorageNode> after = read(remembering(before));

    assertThat(versions(after))
        .isEqualTo(versions(read(Remembered.NOTHING)))
        .doesNotContainKey("node-2");
    assertThat(after)
        .as("what has not changed is not read once more")
        .filteredOn(known::contains)
        .extracting(node -> node.getMetadata().getName())
        .containsExactlyInAnyOrder("node-0", "node-4");
    assertThat(after)
        .filteredOn(node -> node.getMetadata().getName().equals("node-1"))
        .singleElement()
        .satisfies(node -> assertThat(node.getMetadata().getLabels()).containsKey("changed"));
  }

  @Test
  void tellsWhatTheCacheHadNotHeardOf() {
    IntStream.range(0, 4).forEach(this::create);
    List<StorageNode> cache = new ArrayList<>(read(Remembered.NOTHING));
    assertThat(unheard(cache)).isEmpty();

    label("node-1");
    client.resource(cache.get(2)).delete();
    create(5);
    List<Unheard> unheard = unheard(cache);
    assertThat(unheard)
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.kind()).isEqualTo("StorageNode");
              assertThat(one.versions()).containsOnlyKeys("node-1", "node-2", "node-5");
              assertThat(one.persists()).isTrue();
            });

    List<StorageNode> present = read(Remembered.NOTHING);
    cache.clear();
    cache.addAll(present);
    assertThat(unheard).noneMatch(Unheard::persists);
  }

  @Test
  void readsAllAnewWhereTheCacheIsFarBehind() {
    IntStream.range(0, 130).forEach(this::create);
    List<StorageNode> first = read(Remembered.NOTHING);
    assertThat(first).hasSize(130);

    List<StorageNode> few = first.subList(0, 10);
    assertThat(versions(read(remembering(few)))).isEqualTo(versions(first));
  }

  @Test
  void saysWhatTheApiServerAnswersWhereItRefuses(ApiServer server) {
    try (KubernetesClient nobody =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(server.client().getConfiguration())
                    .withOauthToken("wrong")
                    .withRequestRetryBackoffLimit(0)
                    .build())
            .build()) {
      LiveReader reader = new LiveReader(nobody, Remembered.NOTHING, namespace, "uid");

      assertThatThrownBy(reader::nodes)
          .isInstanceOfSatisfying(
              KubernetesClientException.class,
              refused -> assertThat(refused.getCode()).isEqualTo(401));
    }
  }

  private List<StorageNode> read(ClusterReader caches) {
    return new LiveReader(client, caches, namespace, "uid").storageNodes(namespace);
  }

  private List<Unheard> unheard(List<StorageNode> cache) {
    return new LiveReader(client, remembering(cache), namespace, "uid")
        .unheard().stream()
            .filter(one -> one.kind().equals("StorageNode"))
            .filter(one -> !one.versions().isEmpty())
            .toList();
  }

  private static Remembered remembering(List<StorageNode> nodes) {
    return new Remembered(List.of(), nodes, List.of(), List.of(), List.of());
  }

  private void create(int number) {
    StorageNode node = new StorageNode();
    node.getMetadata().setNamespace(namespace);
    node.getMetadata().setName("node-" + number);
    // So that the answer that lists 130 of them is long enough to come packed: 128 KiB.
    node.getMetadata().setAnnotations(Map.of("note", "0123456789abcdef".repeat(128)));
    client.resource(node).create();
  }

  private void recreate(int number) {
    client.resources(StorageNode.class).inNamespace(namespace).withName("node-" + number).delete();
    create(number);
  }

  private void label(String name) {
    client
        .resources(StorageNode.class)
        .inNamespace(namespace)
        .withName(name)
        .edit(
            node -> {
              node.getMetadata().setLabels(Map.of("changed", "yes"));
              return node;
            });
  }

  private static Map<String, String> versions(List<StorageNode> nodes) {
    return nodes.stream()
        .collect(
            Collectors.toMap(
                node -> node.getMetadata().getName(),
                node -> node.getMetadata().getUid() + node.getMetadata().getResourceVersion()));
  }
}
