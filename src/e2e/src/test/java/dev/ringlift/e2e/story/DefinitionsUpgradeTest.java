package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import dev.ringlift.e2e.cluster.ClusterLayout;
import dev.ringlift.e2e.cluster.ProcessSettings;
import dev.ringlift.e2e.cluster.Programs;
import dev.ringlift.e2e.cluster.RingPlacement;
import dev.ringlift.e2e.cluster.SwiftCluster;
import dev.ringlift.ring.Ring;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.tree.SyntheticTree;
import dev.ringlift.testkit.tree.TreeCheck;
import dev.ringlift.testkit.tree.TreeSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Definitions of an earlier time, under which an increase is in flight, become those of this
 * version. The earlier ones (test resources, {@code definitions}) are of the time before excluded
 * devices: they know nothing of a node's policies and machine. What is stored under them is what
 * the programs of today wrote, less what they do not know. On an API server of its own: definitions
 * are there once for all namespaces.
 */
@Tag("apiserver")
class DefinitionsUpgradeTest {
  private static final Path EARLIER = Path.of("src/test/resources/definitions").toAbsolutePath();
  private static final List<String> KINDS =
      List.of("partitionpowerincreases", "relinktasks", "storagenodes");
  private static final String INCREASE = "grow";
  private static final int POWER = 6;

  @TempDir Path folder;

  @Test
  void whatWasStoredUnderEarlierOnesIsReadAndGoesOn() throws Exception {
    try (ApiServer server = ApiServer.start();
        SwiftCluster cluster =
            new SwiftCluster(
                server,
                server.newNamespace("swift"),
                folder.resolve("nodes"),
                new ClusterLayout(2, 2, "upgrade-node", "127.8.1"),
                ProcessSettings.quick(),
                Programs.ofThisCheckout())) {
      SyntheticTree tree = begin(cluster);
      cluster.terminate();
      PartitionPowerIncreaseSpec wanted = increase(cluster).getSpec();
      Map<String, RelinkTaskSpec> tasks = tasks(cluster);
      install(server, EARLIER);
      eventually("all is stored as the earlier definitions have it")
          .ignoreExceptions() // objects change, and the API server takes a moment to know them
          .untilAsserted(() -> storeAnew(server, cluster));

      install(server, Programs.ofThisCheckout().crds());

      assertThat(increase(cluster).getSpec()).isEqualTo(wanted);
      assertThat(tasks(cluster)).as("tasks").isEqualTo(tasks);
      assertThat(nodes(cluster))
          .as("what the earlier ones did not know is not there")
          .hasSize(2)
          .allSatisfy(
              node -> {
                assertThat(node.devices()).hasSize(2);
                assertThat(node.policies()).isEmpty();
                assertThat(node.machine()).isNull();
              });
      goOn(server, cluster);

      assertThat(nodes(cluster))
          .as("what this version knows is there")
          .allSatisfy(
              node -> {
                assertThat(node.policies()).isNotEmpty();
                assertThat(node.machine()).isNotNull();
              });
      TreeCheck check = tree.check(POWER + 1, new RingPlacement(cluster.ring(), cluster.hosts()));
      assertThat(check.firstFaults()).isEmpty();
      assertThat(check.ok()).isTrue();
    }
  }

  /** An increase in the middle of its relink. */
  private static SyntheticTree begin(SwiftCluster cluster) {
    Ring ring = cluster.publishNewRing(POWER, 2);
    SyntheticTree tree =
        SyntheticTree.create(
            TreeSettings.of(400, POWER, Instant.now().minusSeconds(3600)),
            new RingPlacement(ring, cluster.hosts()));
    cluster.startAgents();
    cluster.startOperator();
    cluster.apply(INCREASE, POWER + 1, "  relinker: {filesPerSecond: 10}\n");
    eventually("each node has begun")
        .until(
            () ->
                cluster.tasks().size() == 2
                    && cluster.tasks().stream()
                        .allMatch(
                            task -> task.getStatus() != null && task.getStatus().files() > 0));
    return tree;
  }

  private static void install(ApiServer server, Path definitions) {
    server
        .kubectl("apply", "--server-side", "--force-conflicts", "-f", definitions.toString())
        .orThrow();
    server
        .kubectl(
            "wait", "--for=condition=Established", "--timeout=60s", "-f", definitions.toString())
        .orThrow();
  }

  /** Writes each object as it is read: what a definition does not know is dropped from it. */
  private void storeAnew(ApiServer server, SwiftCluster cluster) throws Exception {
    for (String kind : KINDS) {
      for (String part : List.of("", "--subresource=status")) {
        Path read = folder.resolve("stored.json");
        Files.writeString(
            read,
            server.kubectl("get", kind, "-n", cluster.namespace(), "-o", "json").orThrow().out());
        List<String> replace =
            new ArrayList<>(List.of("replace", "--validate=false", "-f", read.toString()));
        if (!part.isEmpty()) {
          replace.add(part);
        }
        server.kubectl(replace.toArray(String[]::new)).orThrow();
      }
    }
    assertThat(nodes(cluster)).allSatisfy(node -> assertThat(node.policies()).isEmpty());
  }

  /** Under the programs of this version. */
  private static void goOn(ApiServer server, SwiftCluster cluster) {
    long done = files(cluster);
    cluster.startAgents();
    cluster.startOperator();
    eventually("it goes on").until(() -> files(cluster) > done);
    server
        .kubectl(
            "patch",
            "ppi",
            INCREASE,
            "-n",
            cluster.namespace(),
            "--type=merge",
            "-p",
            "{\"spec\": {\"relinker\": {\"filesPerSecond\": 0}}}")
        .orThrow();
    eventually("the increase is Complete")
        .until(
            () -> Objects.requireNonNull(increase(cluster).getStatus()).phase() == Phase.Complete);
  }

  private static PartitionPowerIncrease increase(SwiftCluster cluster) {
    return cluster.increase(INCREASE).orElseThrow();
  }

  private static Map<String, RelinkTaskSpec> tasks(SwiftCluster cluster) {
    return cluster.tasks().stream()
        .collect(Collectors.toMap(task -> task.getMetadata().getName(), RelinkTask::getSpec));
  }

  private static List<StorageNodeStatus> nodes(SwiftCluster cluster) {
    return cluster.storageNodes().stream()
        .map(node -> Objects.requireNonNull(node.getStatus()))
        .toList();
  }

  private static long files(SwiftCluster cluster) {
    return cluster.tasks().stream()
        .filter(task -> task.getStatus() != null)
        .mapToLong(task -> task.getStatus().files())
        .sum();
  }

  private static ConditionFactory eventually(String what) {
    return await(what).atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(200));
  }
}
