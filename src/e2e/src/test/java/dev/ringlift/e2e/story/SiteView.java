package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.DeviceStatus;
import dev.ringlift.e2e.chart.RingliftChart;
import dev.ringlift.e2e.cluster.StorageHost;
import dev.ringlift.ring.Md5;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.Machine;
import dev.ringlift.testkit.swift.RealSwift;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionFactory;

/** What is seen of a Swift cluster in a whole Kubernetes, and what has to hold of it. */
final class SiteView {
  private static final String RING = "object.ring.gz";

  private final ApiServer server;
  private final String namespace;
  private final SiteKind kind;
  private final RealSwift swift;
  private final List<StorageHost> hosts;
  private final ObjectTree before;
  private final Path folder;

  /**
   * @param before objects as they were before Ringlift came
   * @param folder for what is written on the way
   */
  SiteView(
      ApiServer server,
      SiteKind kind,
      RealSwift swift,
      List<StorageHost> hosts,
      ObjectTree before,
      Path folder) {
    this.server = server;
    this.namespace = kind.preset();
    this.kind = kind;
    this.swift = swift;
    this.hosts = List.copyOf(hosts);
    this.before = before;
    this.folder = folder;
  }

  private KubernetesClient client() {
    return server.client();
  }

  /** Of Ringlift: of one component, or of both where none is named. */
  List<Pod> pods(String component) {
    var ours =
        client()
            .pods()
            .inNamespace(namespace)
            .withLabel("app.kubernetes.io/instance", RingliftChart.RELEASE);
    return (component.isEmpty() ? ours : ours.withLabel("app.kubernetes.io/component", component))
        .list()
        .getItems();
  }

  /** The agents' pods, by UID. */
  Set<String> agents() {
    return pods("agent").stream()
        .map(pod -> pod.getMetadata().getUid())
        .collect(Collectors.toSet());
  }

  /** Of the DaemonSet: another one as soon as anything in it has been changed. */
  long agentsGeneration() {
    return client()
        .apps()
        .daemonSets()
        .inNamespace(namespace)
        .withName(RingliftChart.AGENT)
        .require()
        .getMetadata()
        .getGeneration();
  }

  /** The images of all of Ringlift's containers, but of those that are ending. */
  Set<String> images() {
    return pods("").stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .flatMap(pod -> pod.getSpec().getContainers().stream())
        .map(container -> container.getImage())
        .collect(Collectors.toSet());
  }

  Optional<Pod> agentOn(Machine machine) {
    return pods("agent").stream()
        .filter(pod -> machine.name().equals(pod.getSpec().getNodeName()))
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .findFirst();
  }

  static boolean isReady(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  private PartitionPowerIncreaseStatus status() {
    return Objects.requireNonNull(increase().getStatus());
  }

  /** How many have to prove each ring: storage nodes, and pods of consumers. */
  int consumers() {
    return Objects.requireNonNull(status().ring()).consumersTotal();
  }

  private PartitionPowerIncrease increase() {
    return client()
        .resources(PartitionPowerIncrease.class)
        .inNamespace(namespace)
        .withName(WholeClusterSite.INCREASE)
        .require();
  }

  Phase phase() {
    return Optional.ofNullable(increase().getStatus())
        .map(PartitionPowerIncreaseStatus::phase)
        .orElse(Phase.Pending);
  }

  long filesDone() {
    return Optional.ofNullable(increase().getStatus())
        .map(PartitionPowerIncreaseStatus::progress)
        .map(PartitionPowerIncreaseStatus.Progress::files)
        .orElse(0L);
  }

  /** Gives whether more files are done than now. */
  boolean goesOn() {
    long now = filesDone();
    await("files after " + now)
        .atMost(Duration.ofMinutes(2))
        .until(() -> filesDone() > now || phase() != Phase.Relinking);
    return true;
  }

  String conditionMessage(String type) {
    return Optional.ofNullable(status().conditions()).orElse(List.of()).stream()
        .filter(condition -> condition.getType().equals(type))
        .filter(condition -> condition.getStatus().equals("True"))
        .map(condition -> condition.getMessage())
        .findFirst()
        .orElse("");
  }

  /** What the kernel says of the process in an agent's pod on this node. */
  String processStatus(Machine machine) {
    String node = "NODE_NAME=" + machine.name();
    String site = "POD_NAMESPACE=" + namespace;
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      try {
        Path proc = Path.of("/proc", Long.toString(process.pid()));
        List<String> environment =
            List.of(Files.readString(proc.resolve("environ")).split("\0", -1));
        if (environment.contains(node) && environment.contains(site)) {
          return Files.readString(proc.resolve("status"));
        }
      } catch (IOException e) {
        // it has ended since
      }
    }
    throw new IllegalStateException("no process of an agent on " + machine.name());
  }

  ConditionFactory eventually(String what) {
    return await(what).atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofMillis(300));
  }

  /** Every node has told of its devices, its ring and its policies. */
  void awaitNodes() {
    byte[] ring = ring();
    eventually("every node tells what it has")
        .untilAsserted(
            () -> {
              List<StorageNode> nodes =
                  client().resources(StorageNode.class).inNamespace(namespace).list().getItems();
              assertThat(nodes)
                  .extracting(node -> node.getMetadata().getName())
                  .containsExactlyInAnyOrderElementsOf(
                      hosts.stream().map(StorageHost::name).toList());
              assertThat(nodes).allSatisfy(node -> assertTells(node, Md5.hex(ring)));
            });
  }

  private void assertTells(StorageNode node, String ring) {
    StorageNodeStatus status = Objects.requireNonNull(node.getStatus());
    assertThat(status.devices()).extracting(DeviceStatus::name).containsExactly("d1", "d2");
    assertThat(status.devices())
        .allSatisfy(
            device -> {
              assertThat(device.problem()).isNull();
              assertThat(device.uid()).isEqualTo(kind.user());
              assertThat(device.dataDirs()).containsExactly("objects");
            });
    assertThat(status.rings()).extracting(file -> file.md5()).containsExactly(ring);
    assertThat(status.policies()).isNotEmpty();
    assertThat(status.ringProblems()).isEmpty();
  }

  /** The object ring as it is published now. */
  byte[] ring() {
    ConfigMap map = client().configMaps().inNamespace(namespace).withName(kind.rings()).require();
    return Base64.getDecoder().decode(map.getBinaryData().get(RING));
  }

  void awaitComplete(int partPower) {
    eventually("the increase is Complete").until(() -> phase() == Phase.Complete);
    assertAllAt(partPower);
  }

  /** Ring and objects are at this power, by Swift's own judgement. */
  void assertAllAt(int partPower) {
    JsonNode loaded = loadedRing();
    assertThat(loaded.path("part_power").asInt()).isEqualTo(partPower);
    assertThat(loaded.path("next_part_power").isNull()).isTrue();
    ObjectTree after = ObjectTree.of(swift, hosts, partPower);
    assertThat(after.misplaced()).as("files at old paths, or with further links").isEmpty();
    assertSameFiles(after);
    if (kind == SiteKind.HOST_PATH) {
      assertThat(hosts)
          .allSatisfy(
              host -> assertThat(host.ringDirectory().resolve(RING)).hasBinaryContent(ring()));
    }
  }

  /** On the way: every object is where the power before finds it, and the ring is this one. */
  void assertInTheMiddle(byte[] ring, int partPower) {
    assertThat(ring()).isEqualTo(ring);
    JsonNode loaded = loadedRing();
    assertThat(loaded.path("part_power").asInt()).isEqualTo(partPower);
    assertThat(loaded.path("next_part_power").asInt()).isEqualTo(partPower + 1);
    ObjectTree now = ObjectTree.of(swift, hosts, partPower);
    assertSameFiles(now);
    assertThat(now.misplaced())
        .as("files with another link, which count as misplaced; none has lost its first")
        .isNotEmpty()
        .allMatch(file -> file.endsWith("(2 links)"));
  }

  private void assertSameFiles(ObjectTree after) {
    assertThat(after.files())
        .as("same files on the same devices, with inode, bytes and attributes as before")
        .isEqualTo(before.files());
  }

  private JsonNode loadedRing() {
    try {
      Path file = folder.resolve("last.object.ring.gz");
      Files.write(file, ring());
      return swift.ring(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** After helm uninstall: no program, no right, and no word that is not Swift's. */
  void assertNothingRuns() {
    // the garbage collector takes ReplicaSets after their pods
    eventually("nothing is left").untilAsserted(this::assertNothingIsLeft);
  }

  private void assertNothingIsLeft() {
    String left =
        server
            .kubectl(
                "get",
                "all,roles,rolebindings,serviceaccounts,networkpolicies,poddisruptionbudgets",
                "-n",
                namespace,
                "-o",
                "name")
            .orThrow()
            .out();
    assertThat(left.lines().filter(line -> !line.contains("/swift-proxy")))
        .containsExactly("serviceaccount/default");
    assertThat(
            server
                .kubectl("get", "validatingadmissionpolicies,clusterroles", "-o", "name")
                .orThrow()
                .out())
        .doesNotContain("ringlift-" + namespace);
  }
}
