package dev.ringlift.e2e.story;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.UpgradeCommand;
import dev.ringlift.e2e.chart.RingliftChart;
import dev.ringlift.e2e.cluster.ClusterLayout;
import dev.ringlift.e2e.cluster.StorageHost;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.testkit.kube.Machine;
import dev.ringlift.testkit.kube.WholeCluster;
import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.swift.RealSwift;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A Swift cluster on the nodes of a whole Kubernetes: a namespace, two devices on each node with
 * objects that real Swift wrote, and their ring, as a kind of site keeps it. Here is what an
 * administrator does with it; {@link SiteView} tells what comes of it.
 */
final class WholeClusterSite implements AutoCloseable {
  static final String INCREASE = "grow";
  private static final String PROXY = "swift-proxy";
  private static final int PROOF_PORT = 6299;
  private static final int REPLICAS = 2;

  /** Of a place where pods have no network of their own, and devices are folders. */
  private static final Map<String, Object> VALUES =
      Map.ofEntries(
          entry("image.pullPolicy", "Never"),
          entry("agent.devices.mountCheck", false),
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
  private final SiteKind kind;
  private final Path folder;
  private final RealSwift swift;
  private final List<StorageHost> hosts = new ArrayList<>();
  private final SiteView view;

  /**
   * Puts Swift there, and nothing of Ringlift.
   *
   * @param folder of its own
   */
  WholeClusterSite(WholeCluster cluster, SiteKind kind, Path folder, int partPower, int objects) {
    this.cluster = cluster;
    this.kind = kind;
    this.folder = folder;
    swift = RealSwift.in(folder.resolve("swift"));
    for (Machine machine : cluster.machines()) {
      hosts.add(
          new StorageHost(
              machine.name(),
              machine.address(),
              hosts.size() + 1,
              List.of("d1", "d2"),
              kind.place().isEmpty() ? machine.folder() : machine.sites().resolve(kind.preset())));
      for (String label : kind.nodeLabels()) {
        cluster.server().kubectl("label", "node", machine.name(), label, "--overwrite").orThrow();
      }
    }
    publish(fill(partPower, objects));
    ObjectTree before = ObjectTree.of(swift, hosts, partPower);
    assertThat(before.misplaced()).isEmpty();
    view = new SiteView(cluster.server(), kind, swift, hosts, before, folder);
    giveToSwiftsUser();
  }

  private RingBuilder fill(int partPower, int objects) {
    RingBuilder builder = ClusterLayout.ringBuilder(hosts, partPower, REPLICAS);
    Map<String, Path> roots = new HashMap<>();
    try {
      for (StorageHost host : hosts) {
        roots.put(host.address(), host.devicesRoot());
        Files.createDirectories(host.ringDirectory());
        Files.writeString(host.ringDirectory().resolve("swift.conf"), swift.conf().text());
        Files.createDirectories(host.reconCache());
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
    cluster
        .server()
        .client()
        .namespaces()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(kind.preset()).endMetadata().build())
        .create();
    List<HasMetadata> objects =
        kind.objects(
            builder.toRing(1).toBytes(),
            builder.toBytes(),
            swift.conf().text(),
            folder.resolve("packed"));
    for (HasMetadata object : objects) {
      object.getMetadata().setNamespace(kind.preset());
      cluster.server().client().resource(object).create();
    }
  }

  private void giveToSwiftsUser() {
    String owner = kind.user() + ":" + kind.user();
    for (StorageHost host : hosts) {
      for (Path mine : List.of(host.devicesRoot(), host.ringDirectory(), host.reconCache())) {
        Command.of("chown", "-R", owner, mine.toString()).run().orThrow();
      }
    }
  }

  /** Whatever goes wrong in it, the cluster then says how it stands. */
  interface Steps {
    void run() throws Exception;
  }

  /** Runs the story of this site, or a part of it. */
  void tell(Steps steps) {
    try {
      steps.run();
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          e.getMessage()
              + "\n\n"
              + ClusterReport.of(cluster.server(), kind.preset(), cluster.machines()),
          e);
    }
  }

  /** What is seen there. */
  SiteView view() {
    return view;
  }

  /** {@code helm install}, with the preset. */
  void install() {
    InstallCommand command =
        new Helm(RingliftChart.folder())
            .install()
            .withName(RingliftChart.RELEASE)
            .withNamespace(kind.preset())
            .withKubeConfig(cluster.server().kubeconfig())
            .withValuesFile(RingliftChart.preset(kind.preset()));
    VALUES.forEach(command::set);
    kind.ownValues().forEach(command::set);
    command.call();
  }

  /** Waits until all pods are ready, as docs/install.md has it. */
  void awaitReady() {
    for (String workload :
        List.of("daemonset/" + RingliftChart.AGENT, "deployment/" + RingliftChart.OPERATOR)) {
      kubectl("rollout", "status", workload, "--timeout=300s");
    }
  }

  /** {@code helm upgrade --reuse-values}, with one value changed; pods follow. */
  void upgrade(String path, Object value) {
    UpgradeCommand command =
        new Helm(RingliftChart.folder())
            .upgrade()
            .withName(RingliftChart.RELEASE)
            .withNamespace(kind.preset())
            .withKubeConfig(cluster.server().kubeconfig())
            .reuseValues();
    command.set(path, value);
    command.call();
  }

  /** Gives what Helm says; the pods have gone then. */
  String uninstall() {
    String said =
        Helm.uninstall(RingliftChart.RELEASE)
            .withNamespace(kind.preset())
            .withKubeConfig(cluster.server().kubeconfig())
            .call();
    view.eventually("Ringlift's pods are gone").until(() -> view.pods("").isEmpty());
    return said;
  }

  /** Who loads the ring, beside the storage nodes: a pod on each node, with the sidecar's proof. */
  void startProxies() {
    apply(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %s, namespace: %s}
        spec:
          replicas: %d
          selector: {matchLabels: {app: %1$s}}
          template:
            metadata: {labels: {app: %1$s}}
            spec:
              hostNetwork: true
              terminationGracePeriodSeconds: 2
              containers:
              - name: prove
                image: localhost/ringlift-agent:%s
                imagePullPolicy: Never
                command: [/opt/java/bin/java, "@/opt/ringlift/cli.args", prove]
                args: [--ring-dir, /rings, --port, "%d", --bind, $(ADDRESS)]
                env: [{name: ADDRESS, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]
                ports: [{containerPort: %5$d}]
                volumeMounts: [{name: rings, mountPath: /rings, readOnly: true}]
              volumes:
              - {name: rings, configMap: {name: %s}}
        """
            .formatted(
                PROXY,
                kind.preset(),
                cluster.machines().size(),
                RingliftChart.version(),
                PROOF_PORT,
                kind.rings()));
    kubectl("rollout", "status", "deployment/" + PROXY, "--timeout=120s");
  }

  /** Raises the ring, which the storage nodes and the proxies that were started have to prove. */
  void raiseWithProxies(int targetPartPower, int filesPerSecond) {
    raise(
        targetPartPower,
        filesPerSecond,
        "consumers: [{kind: Deployment, name: %s, role: Proxy, proof: Recon, port: %d}]"
            .formatted(PROXY, PROOF_PORT));
  }

  /** Raises the ring where no proxy is. */
  void raise(int targetPartPower, int filesPerSecond) {
    raise(targetPartPower, filesPerSecond, "acknowledge: [NoProxyProof]");
  }

  private void raise(int targetPartPower, int filesPerSecond, String consumers) {
    apply(
        """
        apiVersion: ringlift.dev/v1alpha1
        kind: PartitionPowerIncrease
        metadata: {name: %s, namespace: %s}
        spec:
          targetPartPower: %d
          ring: {%s}
          relinker: {filesPerSecond: %d}
          %s
        """
            .formatted(
                INCREASE,
                kind.preset(),
                targetPartPower,
                kind.source(),
                filesPerSecond,
                consumers));
  }

  /** Keeps the nodes for Swift, as sites of the kind {@link SiteKind#HOST_PATH} do. */
  void taintNodes() {
    kubectl("taint", "nodes", "--all", "species=swift-storage:NoSchedule");
  }

  void setRate(int filesPerSecond) {
    kubectl(
        "patch",
        "ppi",
        INCREASE,
        "--type=merge",
        "-p",
        "{\"spec\": {\"relinker\": {\"filesPerSecond\": %d}}}".formatted(filesPerSecond));
  }

  /** As kubectl drain does. */
  void evictAgent(Machine machine) {
    Pod pod = view.agentOn(machine).orElseThrow();
    assertThat(cluster.server().client().pods().resource(pod).evict()).isTrue();
    view.eventually("another agent runs on " + machine.name())
        .until(
            () ->
                view.agentOn(machine)
                    .filter(
                        found -> !found.getMetadata().getUid().equals(pod.getMetadata().getUid()))
                    .filter(SiteView::isReady)
                    .isPresent());
  }

  private void apply(String manifest) {
    cluster.server().apply(manifest).orThrow();
  }

  private void kubectl(String... words) {
    List<String> all = new ArrayList<>(List.of("-n", kind.preset()));
    all.addAll(List.of(words));
    cluster.server().kubectl(all.toArray(String[]::new)).orThrow();
  }

  @Override
  public void close() {
    swift.close();
  }
}
