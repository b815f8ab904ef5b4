package dev.ringlift.e2e.story;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.UpgradeCommand;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.e2e.chart.RingliftChart;
import dev.ringlift.e2e.cluster.ClusterLayout;
import dev.ringlift.e2e.cluster.RingLayout;
import dev.ringlift.e2e.cluster.StorageHost;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.testkit.kube.KubernetesAssets;
import dev.ringlift.testkit.kube.Machine;
import dev.ringlift.testkit.kube.WholeCluster;
import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.swift.RealSwift;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionFactory;

/**
 * A whole Kubernetes with two storage nodes of two devices each, objects on them that real Swift
 * wrote, and their ring in a ConfigMap.
 */
final class WholeClusterStory implements AutoCloseable {
  private static final String NAMESPACE = "swift";
  private static final String INCREASE = "grow";

  /** Of a place where pods have no network of their own, and devices are folders. */
  private static final Map<String, Object> VALUES =
      Map.ofEntries(
          entry("image.pullPolicy", "Never"),
          entry("agent.devices.mountCheck", false),
          entry("agent.swiftConf.from", "ConfigMap"),
          entry("agent.swiftConf.name", "swift-conf"),
          entry("operator.hostNetwork", true),
          entry("agent.hostNetwork", true),
          entry("operator.settings.settle", "2s"),
          entry("operator.settings.settleAfterPrepare", "2s"),
          entry("operator.settings.leaseGrace", "2s"),
          entry("operator.settings.recheck", "2s"),
          entry("agent.settings.leaseDuration", "12s"),
          entry("agent.settings.renewInterval", "3s"),
          entry("agent.settings.statusInterval", "1s"));

  private final WholeCluster cluster;
  private final RealSwift swift;
  private final List<StorageHost> hosts;
  private final ObjectTree before;
  private final Path folder;

  WholeClusterStory(Path folder, int partPower, int objects) {
    this.folder = folder;
    swift = RealSwift.in(folder.resolve("swift"));
    cluster =
        new WholeCluster(
            KubernetesAssets.fromEnvironment().forNodes(),
            folder.resolve("kube"),
            List.of("storage-a", "storage-b"),
            List.of(image("operator"), image("agent")));
    hosts = new ArrayList<>();
    for (Machine machine : cluster.machines()) {
      hosts.add(
          new StorageHost(
              machine.name(),
              machine.address(),
              hosts.size() + 1,
              List.of("d1", "d2"),
              machine.folder()));
    }
    publish(fill(partPower, objects));
    before = ObjectTree.of(swift, hosts, partPower);
    assertThat(before.misplaced()).isEmpty();
    giveToSwiftsUser();
    cluster.startMachines();
    for (Machine machine : cluster.machines()) {
      cluster
          .server()
          .kubectl("label", "node", machine.name(), "ringlift.dev/storage=true")
          .orThrow();
    }
  }

  private static Path image(String component) {
    Path archive =
        Path.of("").toAbsolutePath().resolve("../../target/images/ringlift-" + component + ".tar");
    if (!Files.exists(archive)) {
      throw new IllegalStateException(archive + " is not there: bin/images makes it");
    }
    return archive.normalize();
  }

  private RingBuilder fill(int partPower, int objects) {
    RingBuilder builder = ClusterLayout.ringBuilder(hosts, partPower, 2);
    Map<String, Path> roots = new HashMap<>();
    try {
      for (StorageHost host : hosts) {
        roots.put(host.address(), host.devicesRoot());
        for (String device : host.devices()) {
          Files.createDirectories(host.device(device));
        }
      }
      Path ring = folder.resolve("object.ring.gz");
      Files.write(ring, builder.toRing(1).toBytes());
      swift.write(ring, 0, roots, new SwiftObjects(objects).operations());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return builder;
  }

  private void publish(RingBuilder builder) {
    client()
        .namespaces()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .create();
    client()
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName("swift-conf")
                .endMetadata()
                .withData(Map.of("swift.conf", swift.conf().text()))
                .build())
        .create();
    Ring ring = builder.toRing(1);
    for (ConfigMap map : RingLayout.ONE_MAP.maps(ring.toBytes(), builder.toBytes())) {
      map.getMetadata().setNamespace(NAMESPACE);
      client().resource(map).serverSideApply();
    }
  }

  private void giveToSwiftsUser() {
    for (Machine machine : cluster.machines()) {
      Command.of(
              "chown",
              "-R",
              "42445:42445",
              machine.devicesRoot().toString(),
              machine.reconCache().toString())
          .run()
          .orThrow();
    }
  }

  /** Whatever goes wrong in it, the cluster then says how it stands. */
  interface Steps {
    void run() throws Exception;
  }

  /** Runs the story, or a part of it. */
  void tell(Steps steps) {
    try {
      steps.run();
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          e.getMessage()
              + "\n\n"
              + ClusterReport.of(cluster.server(), NAMESPACE, cluster.machines()),
          e);
    }
  }

  // What an administrator does

  void install() {
    InstallCommand command =
        new Helm(RingliftChart.folder())
            .install()
            .withName(RingliftChart.RELEASE)
            .withNamespace(NAMESPACE)
            .withKubeConfig(cluster.server().kubeconfig())
            .waitReady()
            .withTimeout(300);
    VALUES.forEach(command::set);
    command.call();
  }

  void upgrade(String recheck) {
    UpgradeCommand command =
        new Helm(RingliftChart.folder())
            .upgrade()
            .withName(RingliftChart.RELEASE)
            .withNamespace(NAMESPACE)
            .withKubeConfig(cluster.server().kubeconfig())
            .waitReady()
            .withTimeout(300);
    Map<String, Object> values = new HashMap<>(VALUES);
    values.put("operator.settings.recheck", recheck);
    values.forEach(command::set);
    command.call();
  }

  /** Gives what Helm says. */
  String uninstall() {
    return Helm.uninstall(RingliftChart.RELEASE)
        .withNamespace(NAMESPACE)
        .withKubeConfig(cluster.server().kubeconfig())
        .call();
  }

  void apply(int targetPartPower, int filesPerSecond) {
    cluster
        .server()
        .apply(
            """
            apiVersion: ringlift.dev/v1alpha1
            kind: PartitionPowerIncrease
            metadata: {name: %s, namespace: %s}
            spec:
              targetPartPower: %d
              ring: {configMaps: [%s]}
              relinker: {filesPerSecond: %d}
              acknowledge: [NoProxyProof]
            """
                .formatted(INCREASE, NAMESPACE, targetPartPower, RingLayout.RINGS, filesPerSecond))
        .orThrow();
  }

  void setRate(int filesPerSecond) {
    cluster
        .server()
        .kubectl(
            "patch",
            "ppi",
            INCREASE,
            "-n",
            NAMESPACE,
            "--type=merge",
            "-p",
            "{\"spec\": {\"relinker\": {\"filesPerSecond\": %d}}}".formatted(filesPerSecond))
        .orThrow();
  }

  /** As kubectl drain does. */
  void evictAgent(Machine machine) {
    Pod pod =
        agentPods().stream()
            .filter(found -> machine.name().equals(found.getSpec().getNodeName()))
            .findFirst()
            .orElseThrow();
    assertThat(client().pods().resource(pod).evict()).isTrue();
    eventually("another agent runs on " + machine.name())
        .until(
            () ->
                agentPods().stream()
                    .filter(found -> machine.name().equals(found.getSpec().getNodeName()))
                    .filter(
                        found -> !found.getMetadata().getUid().equals(pod.getMetadata().getUid()))
                    .anyMatch(WholeClusterStory::isReady));
  }

  private static boolean isReady(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  // What is seen

  List<Machine> machines() {
    return cluster.machines();
  }

  private KubernetesClient client() {
    return cluster.server().client();
  }

  private List<Pod> agentPods() {
    return client()
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel("app.kubernetes.io/component", "agent")
        .list()
        .getItems();
  }

  /** The agents' pods, by UID. */
  Set<String> agents() {
    return agentPods().stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
  }

  private Optional<PartitionPowerIncreaseStatus> status() {
    return Optional.ofNullable(
            client()
                .resources(PartitionPowerIncrease.class)
                .inNamespace(NAMESPACE)
                .withName(INCREASE)
                .get())
        .map(PartitionPowerIncrease::getStatus);
  }

  Phase phase() {
    return status().map(PartitionPowerIncreaseStatus::phase).orElse(Phase.Pending);
  }

  long filesDone() {
    return status().map(PartitionPowerIncreaseStatus::progress).map(p -> p.files()).orElse(0L);
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
    return status().map(PartitionPowerIncreaseStatus::conditions).orElse(List.of()).stream()
        .filter(condition -> condition.getType().equals(type))
        .filter(condition -> condition.getStatus().equals("True"))
        .map(condition -> condition.getMessage())
        .findFirst()
        .orElse("");
  }

  /** What the kernel says of the process in a pod on this node. */
  String processStatus(Machine machine) {
    String argument = "NODE_NAME=" + machine.name();
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      try {
        Path proc = Path.of("/proc", Long.toString(process.pid()));
        if (Files.readString(proc.resolve("environ")).contains(argument)) {
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

  // What has to hold

  void assertAllAt(int partPower) {
    try {
      ConfigMap map =
          client().configMaps().inNamespace(NAMESPACE).withName(RingLayout.RINGS).require();
      Path ring = folder.resolve("last.object.ring.gz");
      Files.write(ring, Base64.getDecoder().decode(map.getBinaryData().get("object.ring.gz")));
      JsonNode loaded = swift.ring(ring);
      assertThat(loaded.path("part_power").asInt()).isEqualTo(partPower);
      assertThat(loaded.path("next_part_power").isNull()).isTrue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertFiles(partPower);
  }

  private void assertFiles(int partPower) {
    ObjectTree after = ObjectTree.of(swift, hosts, partPower);
    assertThat(after.misplaced()).as("files at old paths, or with further links").isEmpty();
    assertThat(after.files())
        .as("same files on the same devices, with inode, bytes and attributes as before")
        .isEqualTo(before.files());
  }

  /** After helm uninstall: no program, no right; objects, rings and increases as they were. */
  void assertDataIsLeftAlone(int partPower) {
    eventually("all pods are gone")
        .until(() -> client().pods().inNamespace(NAMESPACE).list().getItems().isEmpty());
    assertAllAt(partPower);
    assertThat(phase()).isEqualTo(Phase.Complete);
    String left =
        cluster
            .server()
            .kubectl(
                "get",
                "all,roles,rolebindings,serviceaccounts,networkpolicies,poddisruptionbudgets",
                "-n",
                NAMESPACE,
                "-o",
                "name")
            .orThrow()
            .out();
    assertThat(left.lines()).containsExactly("serviceaccount/default");
    assertThat(
            cluster
                .server()
                .kubectl("get", "validatingadmissionpolicies,clusterroles", "-o", "name")
                .orThrow()
                .out())
        .doesNotContain("ringlift");
  }

  @Override
  public void close() {
    cluster.close();
    swift.close();
  }
}
