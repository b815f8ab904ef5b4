package dev.ringlift.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.agent.contact.KubernetesLeaseApi;
import dev.ringlift.agent.node.KubernetesStorageNodeApi;
import dev.ringlift.agent.task.KubernetesTaskApi;
import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.api.v1alpha1.RelinkerSettings;
import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the agent asks of an API server, asked of a real one. */
@Tag("apiserver")
@ExtendWith(ApiServerExtension.class)
class KubernetesApisTest {
  private static final Duration FORTY_SECONDS = Duration.ofSeconds(40);
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private KubernetesClient client;
  private String namespace;

  @BeforeEach
  void setUp(ApiServer server) {
    client = server.client();
    server.kubectl("apply", "-f", Path.of("../crds").toString()).orThrow();
    server
        .kubectl("wait", "--for=condition=Established", "-f", Path.of("../crds").toString())
        .orThrow();
    namespace = server.newNamespace("agent");
  }

  @Test
  void leaseIsMadeRenewedTakenOverAndReleased() {
    KubernetesLeaseApi first = new KubernetesLeaseApi(client, namespace, "node-1");
    KubernetesLeaseApi second = new KubernetesLeaseApi(client, namespace, "node-1");

    first.renew("a", NOW, FORTY_SECONDS);
    first.renew("a", NOW.plusSeconds(10), FORTY_SECONDS);
    assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("a");
    assertThat(lease().getSpec().getLeaseDurationSeconds()).isEqualTo(40);
    assertThat(lease().getSpec().getRenewTime().toInstant()).isEqualTo(NOW.plusSeconds(10));
    assertThat(lease().getSpec().getAcquireTime().toInstant()).isEqualTo(NOW);

    second.renew("b", NOW.plusSeconds(20), FORTY_SECONDS);
    first.release("a", NOW.plusSeconds(30));
    assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("b");

    client.resource(lease()).delete();
    second.renew("b", NOW.plusSeconds(40), FORTY_SECONDS);
    second.release("b", NOW.plusSeconds(50));
    assertThat(lease().getSpec().getHolderIdentity()).isNullOrEmpty();
    assertThat(lease().getSpec().getLeaseDurationSeconds()).isEqualTo(1);
  }

  @Test
  void storageNodeIsMadeOnTheFirstWriteAndFollowsEachOther() {
    KubernetesStorageNodeApi api = new KubernetesStorageNodeApi(client, namespace, "node-1");
    assertThat(api.read()).isEmpty();

    StorageNodeStatus two = nodeStatus("sda", "sdb");
    api.write(two);
    assertThat(api.read()).contains(two);

    StorageNodeStatus one = nodeStatus("sdb");
    api.write(one);
    assertThat(api.read()).contains(one);

    client.resources(StorageNode.class).inNamespace(namespace).withName("node-1").delete();
    api.write(one);
    assertThat(api.read()).contains(one);
  }

  @Test
  void taskStatusIsWrittenToThisVeryTaskOnly() {
    KubernetesTaskApi api = new KubernetesTaskApi(client, namespace, "node-1");
    RelinkTask task = create("t", "node-1");

    assertThat(api.write(task, taskStatus(task, State.Running, DeviceState.Running))).isTrue();
    RelinkTaskStatus done = taskStatus(task, State.Succeeded, DeviceState.Succeeded);
    assertThat(api.write(task, done)).isTrue();
    assertThat(api.read("t")).map(RelinkTask::getStatus).contains(done);

    client.resource(task).delete();
    assertThat(api.write(task, done)).isFalse();
    create("t", "node-1");
    assertThat(api.write(task, done)).isFalse();
    assertThat(api.read("t").orElseThrow().getStatus()).isNull();
  }

  @Test
  void taskWithoutItsIncreaseHasNoOwner() {
    KubernetesTaskApi api = new KubernetesTaskApi(client, namespace, "node-1");
    RelinkTask free = create("free", "node-1");
    RelinkTask orphan = create("orphan", "node-1");
    orphan
        .getMetadata()
        .setOwnerReferences(
            List.of(
                new OwnerReferenceBuilder()
                    .withApiVersion("ringlift.dev/v1alpha1")
                    .withKind("PartitionPowerIncrease")
                    .withName("gone")
                    .withUid("gone")
                    .build()));

    assertThat(api.hasOwner(free)).isTrue();
    assertThat(api.hasOwner(orphan)).isFalse();
  }

  @Test
  void onlyTasksOfThisNodeAreWatched() {
    KubernetesTaskApi api = new KubernetesTaskApi(client, namespace, "node-1");
    AtomicInteger changes = new AtomicInteger();
    try (SharedIndexInformer<RelinkTask> informer = api.watch(changes::incrementAndGet)) {
      create("other", "node-2");
      create("mine", "node-1");

      await("the task of this node is seen").until(() -> informer.getStore().list().size() == 1);
      assertThat(informer.getStore().list().getFirst().getMetadata().getName()).isEqualTo("mine");
      assertThat(changes.get()).isPositive();
    }
  }

  private Lease lease() {
    return client.leases().inNamespace(namespace).withName("ringlift-agent-node-1").require();
  }

  private RelinkTask create(String name, String node) {
    RelinkTask task = new RelinkTask();
    task.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withNamespace(namespace)
            .addToLabels(ApiConstants.LABEL_NODE, node)
            .build());
    task.setSpec(
        new RelinkTaskSpec(
            "increase",
            1,
            node,
            0,
            RelinkTaskSpec.Step.Relink,
            10,
            11,
            "0".repeat(32),
            1,
            0,
            List.of("sda"),
            1,
            false,
            RelinkerSettings.DEFAULTS));
    return client.resource(task).create();
  }

  private static RelinkTaskStatus taskStatus(RelinkTask task, State state, DeviceState device) {
    return new RelinkTaskStatus(
        state,
        null,
        1,
        0,
        task.getMetadata().getGeneration(),
        "1/2",
        1,
        1,
        0,
        0,
        0,
        List.of(new DeviceProgress("sda", device, 1, 2, 1, 1, 0, 0, null)),
        List.of(),
        NOW.toString(),
        null);
  }

  private static StorageNodeStatus nodeStatus(String... devices) {
    return new StorageNodeStatus(
        "1",
        devices.length,
        List.of(devices).stream()
            .map(
                name ->
                    new StorageNodeStatus.DeviceStatus(
                        name, true, "xfs", 10, 5, 1, 1, List.of("objects"), List.of(), null))
            .toList(),
        List.of(
            new StorageNodeStatus.RingFileStatus(
                "object.ring.gz", "0".repeat(32), 7L, 10, null, NOW.toString(), null)),
        List.of(
            new StorageNodeStatus.RingProblem(null, "swift-rings", "There is no such ConfigMap.")));
  }
}
