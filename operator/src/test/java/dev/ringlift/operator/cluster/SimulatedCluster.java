package dev.ringlift.operator.cluster;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Risk;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkerSettings;
import dev.ringlift.api.v1alpha1.RelinkerSettings.IoClass;
import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.operator.IncreaseMetrics;
import dev.ringlift.operator.IncreaseReconciler;
import dev.ringlift.operator.act.ConsumerWriter;
import dev.ringlift.operator.plan.Settings;
import dev.ringlift.operator.recon.ReconPoller;
import dev.ringlift.operator.store.RingStores;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingDevice;
import dev.ringlift.testkit.kube.ApiServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.Operator;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Nodes, agents, a ring and an operator in a namespace of their own. */
public final class SimulatedCluster implements AutoCloseable {
  public static final String MAP = "swift-rings";
  public static final String RING = "object.ring.gz";
  public static final String BUILDER = "object.builder";
  public static final int DEVICES_PER_NODE = 2;

  /** Short times: what they are for is proved by the planner's own tests. */
  public static final Settings SETTINGS =
      new Settings(
          Duration.ofMillis(1200),
          Duration.ofMillis(1200),
          Duration.ofMillis(500),
          Duration.ofSeconds(2),
          Duration.ZERO,
          Duration.ofMillis(500));

  private static final ReconPoller.Pace PACE =
      new ReconPoller.Pace(Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(2));

  private final ApiServer server;
  private final KubernetesClient client;
  private final String namespace;
  private final List<SimulatedAgent> agents = new ArrayList<>();
  private final List<String> nodes = new ArrayList<>();
  private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor();
  private final Future<?> ticking;
  private volatile Supplier<Map<String, byte[]>> delivery = this::mountedRings;
  private @Nullable Operator operator;
  private @Nullable ReconPoller recon;
  private @Nullable ConsumerWriter consumerWriter;

  private SimulatedCluster(ApiServer server, int nodeCount) {
    this.server = server;
    this.client = server.client();
    server.define(crds());
    this.namespace = server.newNamespace("ppi");
    for (int i = 0; i < nodeCount; i++) {
      addNode(i);
    }
    ticking = ticker.scheduleWithFixedDelay(this::tick, 0, 100, TimeUnit.MILLISECONDS);
  }

  public static SimulatedCluster start(ApiServer server, int nodes) {
    return new SimulatedCluster(server, nodes);
  }

  private static Path crds() {
    return Path.of("..", "crds").toAbsolutePath().normalize();
  }

  private void addNode(int index) {
    String name = namespace + "-node-" + (char) ('a' + index);
    Node node = new NodeBuilder().withNewMetadata().withName(name).endMetadata().build();
    node = client.resource(node).create();
    Node withAddress =
        node.edit()
            .editOrNewStatus()
            .addNewAddress()
            .withType("InternalIP")
            .withAddress(address(index))
            .endAddress()
            .endStatus()
            .build();
    client.resource(withAddress).updateStatus();
    nodes.add(name);
    List<String> devices = new ArrayList<>();
    for (int d = 0; d < DEVICES_PER_NODE; d++) {
      devices.add(deviceName(index, d));
    }
    agents.add(new SimulatedAgent(client, namespace, name, () -> delivery.get(), devices));
  }

  /** From now on this is what the nodes get: ring files, by name. */
  public void deliver(Supplier<Map<String, byte[]>> rings) {
    delivery = rings;
  }

  /** Whether all ConfigMaps are there that a ring source names. */
  public boolean hasMaps(RingSource source) {
    return source.configMaps().stream()
        .allMatch(name -> client.configMaps().inNamespace(namespace).withName(name).get() != null);
  }

  private Map<String, byte[]> mountedRings() {
    ConfigMap map = client.configMaps().inNamespace(namespace).withName(MAP).get();
    Map<String, byte[]> rings = new TreeMap<>();
    if (map != null && map.getBinaryData() != null) {
      map.getBinaryData().forEach((file, content) -> rings.put(file, decoded(content)));
    }
    rings.keySet().removeIf(file -> !file.endsWith(".ring.gz"));
    return rings;
  }

  private static byte[] decoded(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  /** All tests share the cluster's Nodes, so addresses differ from namespace to namespace. */
  private String address(int index) {
    int hash = Math.floorMod(namespace.hashCode(), 1 << 16);
    return "10.%d.%d.%d".formatted(hash >> 8, hash & 255, index + 1);
  }

  private static String deviceName(int node, int device) {
    return "sd" + (char) ('a' + node) + (device + 1);
  }

  private void tick() {
    for (SimulatedAgent agent : agents) {
      try {
        agent.tick();
      } catch (KubernetesClientException e) {
        // as a real agent: try again next time
      }
    }
  }

  /** A builder whose devices are those of the nodes. */
  public RingBuilder newBuilder(int partPower) {
    return newBuilder(partPower, 100);
  }

  /** The same with another weight of the first device. */
  public RingBuilder newBuilder(int partPower, double firstWeight) {
    List<RingDevice> devices = new ArrayList<>();
    for (int n = 0; n < nodes.size(); n++) {
      for (int d = 0; d < DEVICES_PER_NODE; d++) {
        devices.add(
            new RingDevice(
                devices.size(),
                1,
                n + 1,
                address(n),
                6200,
                address(n),
                6200,
                deviceName(n, d),
                devices.isEmpty() ? firstWeight : 100.0,
                ""));
      }
    }
    return RingBuilder.create(partPower, Math.min(3, nodes.size()), devices);
  }

  /** Puts ring and builder where increases look for them, beside something else. */
  public void putRing(RingBuilder builder) {
    putRing(builder.toRing(1).toBytes(), builder.toBytes());
  }

  public void putRing(byte[] ring, byte[] builder) {
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(MAP)
                .addToLabels("kept", "yes")
                .endMetadata()
                .addToBinaryData(RING, Base64.getEncoder().encodeToString(ring))
                .addToBinaryData(BUILDER, Base64.getEncoder().encodeToString(builder))
                .addToData("note", "kept")
                .build())
        .createOr(existing -> existing.update());
  }

  public PartitionPowerIncrease apply(String name, int target) {
    return client.resource(increase(name, target)).create();
  }

  public PartitionPowerIncrease apply(String name, int target, RingSource source) {
    return client.resource(increase(name, target, source)).create();
  }

  public PartitionPowerIncrease increase(String name, int target) {
    return increase(name, target, RingSource.inConfigMaps(MAP));
  }

  private PartitionPowerIncrease increase(String name, int target, RingSource source) {
    PartitionPowerIncrease increase = new PartitionPowerIncrease();
    increase.getMetadata().setNamespace(namespace);
    increase.getMetadata().setName(name);
    increase.setSpec(
        PartitionPowerIncreaseSpec.of(0, target, source).toBuilder()
            .acknowledge(Risk.NoProxyProof)
            .relinker(new RelinkerSettings(0, 0, null, 100, false, IoClass.None))
            .build());
    return increase;
  }

  /** Starts an operator; one that runs is stopped first. */
  public void startOperator() {
    startOperator(SETTINGS);
  }

  public void startOperator(Settings settings) {
    startOperator(settings, client);
  }

  /** The same, with a client of its own, which stays the caller's. */
  public void startOperator(Settings settings, KubernetesClient itsClient) {
    stopOperator();
    ReconPoller poller = new ReconPoller(Clock.systemUTC(), PACE);
    ConsumerWriter writer = new ConsumerWriter(itsClient);
    recon = poller;
    consumerWriter = writer;
    Operator next =
        new Operator(
            overrider -> overrider.withKubernetesClient(itsClient).withCloseClientOnStop(false));
    next.register(
        new IncreaseReconciler(
            itsClient,
            RingStores.of(itsClient, Clock.systemUTC()),
            settings,
            Clock.systemUTC(),
            new IncreaseMetrics(new SimpleMeterRegistry(), Clock.systemUTC()),
            poller,
            writer),
        overrider -> overrider.settingNamespace(namespace));
    next.start();
    operator = next;
  }

  public void stopOperator() {
    if (operator != null) {
      operator.stop();
      operator = null;
    }
    if (recon != null) {
      recon.close();
      recon = null;
    }
    if (consumerWriter != null) {
      consumerWriter.close();
      consumerWriter = null;
    }
  }

  public PartitionPowerIncreaseStatus status(String name) {
    return Objects.requireNonNullElseGet(
        client
            .resources(PartitionPowerIncrease.class)
            .inNamespace(namespace)
            .withName(name)
            .require()
            .getStatus(),
        () -> PartitionPowerIncreaseStatus.NOTHING);
  }

  public List<RelinkTask> tasks() {
    return client.resources(RelinkTask.class).inNamespace(namespace).list().getItems();
  }

  /** In the order in which they were recorded. */
  public List<Event> events() {
    return client.v1().events().inNamespace(namespace).list().getItems().stream()
        .sorted(
            Comparator.comparing(
                (Event event) -> Long.parseLong(event.getMetadata().getResourceVersion())))
        .toList();
  }

  public SimulatedAgent agent(int index) {
    return agents.get(index);
  }

  public KubernetesClient client() {
    return client;
  }

  public ApiServer server() {
    return server;
  }

  public String namespace() {
    return namespace;
  }

  @Override
  public void close() {
    stopOperator();
    ticking.cancel(false);
    ticker.shutdownNow();
    nodes.forEach(name -> client.nodes().withName(name).delete());
  }
}
