package dev.ringlift.e2e.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.e2e.chart.ChartAccounts;
import dev.ringlift.e2e.cluster.ClusterLayout;
import dev.ringlift.e2e.cluster.Programs;
import dev.ringlift.e2e.cluster.StorageHost;
import dev.ringlift.e2e.cluster.SwiftCluster;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.swift.RealSwift;
import dev.ringlift.testkit.swift.SwiftConf;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;

/**
 * Three nodes with two devices each and two proxies, all with live servers; operator and agents;
 * and clients, which are there until they are stopped.
 */
final class LiveCluster implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final int REPLICAS = 3;

  /** How long nothing but the load is done, for comparison. */
  private static final Duration BASELINE = Duration.ofSeconds(8);

  private final Path folder;
  private final LiveSettings settings;
  private final RealSwift swift;
  private final LiveRings rings;
  private final SwiftCluster cluster;
  private final List<Proxy> proxies;
  private final LiveSwift servers;
  private final LiveObjects objects;
  private final Ledger ledger = new Ledger();
  private final LiveLoad load;

  /** Rings and objects are there; nothing runs yet. */
  LiveCluster(ApiServer server, Path folder, LiveSettings settings) {
    this.folder = folder;
    this.settings = settings;
    SwiftConf conf = SwiftConf.DEFAULT;
    swift =
        RealSwift.in(
            folder.resolve("swift"),
            settings.policies() == 1
                ? conf
                : conf.withErasureCoding(1, LiveObjects.CODED, REPLICAS - 1, 1));
    String network = freeNetwork();
    String prefix = "live%d-".formatted(NUMBER.incrementAndGet());
    cluster =
        new SwiftCluster(
            server,
            server.newNamespace("story"),
            folder.resolve("nodes"),
            new ClusterLayout(3, 2, prefix + "node", network),
            settings.processes(),
            Programs.ofThisCheckout());
    ChartAccounts.give(server, cluster, folder, "ConfigMap");
    proxies =
        List.of(
            new Proxy(prefix + "proxy1", network + ".11", folder.resolve("proxy1")),
            new Proxy(prefix + "proxy2", network + ".12", folder.resolve("proxy2")));
    rings = new LiveRings(swift, folder.resolve("made"));
    rings.make(cluster.hosts(), settings.partPower(), settings.policies());
    objects = new LiveObjects(settings.objects(), settings.codedObjects());
    swift.write(rings.ring(0), 0, roots(), objects.operations());
    servers =
        new LiveSwift(
            swift, folder.resolve("servers"), cluster.hosts(), proxies, settings.ringReload());
    load = new LiveLoad(proxies, objects.all(), ledger);
  }

  /** The first three numbers of addresses in 127/8 that nobody listens at. */
  private static String freeNetwork() {
    Random random = new Random();
    for (int attempt = 0; attempt < 1_000; attempt++) {
      String network = "127.%d.%d".formatted(random.nextInt(1, 255), random.nextInt(1, 255));
      try (ServerSocket node = new ServerSocket();
          ServerSocket proxy = new ServerSocket()) {
        node.bind(new InetSocketAddress(network + ".1", LiveSwift.OBJECT_PORT));
        proxy.bind(new InetSocketAddress(network + ".11", Proxy.PORT));
        return network;
      } catch (IOException e) {
        // taken: try another
      }
    }
    throw new IllegalStateException("somebody listens everywhere in 127/8");
  }

  /** The devices root of each address in the rings. */
  Map<String, Path> roots() {
    Map<String, Path> roots = new HashMap<>();
    cluster.hosts().forEach(host -> roots.put(host.address(), host.devicesRoot()));
    return roots;
  }

  /** Brings the rings and starts everything but clients. */
  void start() {
    cluster.client().resource(rings.configMap(cluster.namespace(), settings.policies())).create();
    Duration delay = Duration.ZERO;
    for (Proxy proxy : proxies) {
      proxy.makeFolders();
      cluster.courier().bringTo(proxy.name(), proxy.ringDirectory(), delay);
      delay = delay.plus(settings.proxySpread());
    }
    eventually("everybody has rings").until(() -> ringDirectories().allMatch(this::hasRings));
    servers.start();
    if (settings.repair()) {
      servers.startRepair(settings.policies() > 1);
    }
    cluster.startAgents();
    cluster.startOperator();
    try (LiveClient client = new LiveClient()) {
      client.makeContainer(proxies.getFirst(), LiveObjects.REPLICATED, "gold");
      if (settings.policies() > 1) {
        client.makeContainer(proxies.getFirst(), LiveObjects.CODED, LiveObjects.CODED);
      }
    }
  }

  /** Lets clients begin, and work for a while before anything else is done. */
  void startLoad() {
    load.start();
    await("what the load is without an increase").pollDelay(BASELINE).until(load::isRunning);
  }

  private Stream<Path> ringDirectories() {
    return Stream.concat(
        cluster.hosts().stream().map(StorageHost::ringDirectory),
        proxies.stream().map(Proxy::ringDirectory));
  }

  private boolean hasRings(Path directory) {
    return Files.exists(directory.resolve(LiveRings.name(settings.policies() - 1) + ".ring.gz"));
  }

  /**
   * Applies an increase of a policy, named {@code grow-<policy>}.
   *
   * @param told the proxies that it names as consumers
   * @param more further lines of its spec, each indented by two
   */
  void apply(ApiServer server, int policy, int targetPartPower, List<Proxy> told, String more) {
    String manifest =
        """
        apiVersion: ringlift.dev/v1alpha1
        kind: PartitionPowerIncrease
        metadata:
          name: %s
          namespace: %s
        spec:
          policyIndex: %d
          targetPartPower: %d
          ring: {type: ConfigMap, configMaps: [swift-rings]}
          relinker: {filesPerSecond: %d}
          consumers:
          - {kind: Addresses, name: proxies, role: Proxy, proof: Recon, addresses: [%s]}
          - {kind: Addresses, name: object-servers, role: Object, proof: Recon, addresses: [%s]}
        %s\
        """
            .formatted(
                name(policy),
                cluster.namespace(),
                policy,
                targetPartPower,
                settings.filesPerSecond(),
                quoted(told.stream().map(Proxy::place)),
                quoted(
                    cluster.hosts().stream()
                        .map(host -> host.address() + ":" + LiveSwift.OBJECT_PORT)),
                more);
    ledger.during(Phase.Pending.name());
    server.apply(manifest).orThrow();
  }

  private static String quoted(Stream<String> places) {
    return places.map(place -> '"' + place + '"').collect(Collectors.joining(", "));
  }

  /** Changes the increase of a policy. */
  void patch(ApiServer server, int policy, String merge) {
    server
        .kubectl(
            "patch", "ppi", name(policy), "-n", cluster.namespace(), "--type=merge", "-p", merge)
        .orThrow();
  }

  /** What the increase of a policy is called. */
  static String name(int policy) {
    return "grow-" + policy;
  }

  Optional<PartitionPowerIncreaseStatus> status(int policy) {
    return cluster.increase(name(policy)).map(PartitionPowerIncrease::getStatus);
  }

  /** Waits until the increase is in this phase, with requests counted by the phases before it. */
  void awaitPhase(int policy, Phase wanted) {
    eventually(name(policy) + " is in " + wanted)
        .until(
            () -> {
              Optional<Phase> phase = status(policy).map(PartitionPowerIncreaseStatus::phase);
              phase.ifPresent(present -> ledger.during(present.name()));
              return phase.equals(Optional.of(wanted));
            });
  }

  /** Waits, and fails early when a program or the load has ended by itself. */
  ConditionFactory eventually(String what) {
    return await(what)
        .atMost(settings.patience())
        .pollInterval(Duration.ofMillis(200))
        .failFast(
            () -> {
              assertThat(cluster.dead()).as("programs that have ended by themselves").isEmpty();
              assertThat(servers.dead()).as("servers that have ended by themselves").isEmpty();
              assertThat(load.isRunning()).as("clients go on").isTrue();
            });
  }

  /** The clients ask once more for each object, and end. */
  void stopLoad() {
    ledger.during("reading all at the end");
    load.stop();
  }

  SwiftCluster cluster() {
    return cluster;
  }

  RealSwift swift() {
    return swift;
  }

  LiveSettings settings() {
    return settings;
  }

  List<Proxy> proxies() {
    return proxies;
  }

  LiveSwift servers() {
    return servers;
  }

  LiveObjects objects() {
    return objects;
  }

  Ledger ledger() {
    return ledger;
  }

  /** The folder of this name, for what a test wants to keep. */
  Path folder(String name) {
    return folder.resolve(name);
  }

  @Override
  public void close() {
    load.close();
    servers.close();
    cluster.close();
    swift.close();
  }
}
