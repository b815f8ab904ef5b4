package dev.ringlift.operator.act;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.api.v1alpha1.StorageNodeSpec.LeftOut;
import dev.ringlift.operator.plan.Remembrance;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("apiserver")
@ExtendWith(ApiServerExtension.class)
class NodeWriterTest {
  private static final String NODE = "node-1";
  private static final LeftOut OBJECTS = new LeftOut("sda", 0, 10, "grow");
  private static final LeftOut COLD = new LeftOut("sdb", 1, 12, "grow-cold");

  @Test
  void whatAnotherIncreaseHasAddedInBetweenIsNotForgotten(ApiServer server) {
    server.define(Path.of("..", "crds").toAbsolutePath());
    KubernetesClient client = server.client();
    String namespace = server.newNamespace("memory");
    StorageNode node = new StorageNode();
    node.getMetadata().setNamespace(namespace);
    node.getMetadata().setName(NODE);
    client.resource(node).create();
    NodeWriter writer = new NodeWriter(client);
    // two increases, of two policies, that both have seen that nothing is remembered yet
    List<Remembrance> one = List.of(new Remembrance(NODE, List.of(), List.of(OBJECTS)));
    List<Remembrance> other = List.of(new Remembrance(NODE, List.of(), List.of(COLD)));

    writer.write(namespace, one);
    writer.write(namespace, other);
    assertThat(remembered(client, namespace)).containsExactly(OBJECTS);

    writer.write(
        namespace, List.of(new Remembrance(NODE, List.of(OBJECTS), List.of(OBJECTS, COLD))));
    assertThat(remembered(client, namespace)).containsExactly(OBJECTS, COLD);
  }

  private static List<LeftOut> remembered(KubernetesClient client, String namespace) {
    return client
        .resources(StorageNode.class)
        .inNamespace(namespace)
        .withName(NODE)
        .require()
        .getSpec()
        .excludedDevices();
  }
}
