package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.e2e.chart.ChartAccounts;
import dev.ringlift.e2e.chart.RingliftChart;
import dev.ringlift.e2e.cluster.ClusterLayout;
import dev.ringlift.e2e.cluster.ProcessSettings;
import dev.ringlift.e2e.cluster.Programs;
import dev.ringlift.e2e.cluster.RingLayout;
import dev.ringlift.e2e.cluster.StorageHost;
import dev.ringlift.e2e.cluster.SwiftCluster;
import dev.ringlift.e2e.story.SwiftObjects.Expected;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.process.ManagedProcess;
import dev.ringlift.testkit.swift.Found;
import dev.ringlift.testkit.swift.RealSwift;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionFactory;

/**
 * A cluster of three nodes with four devices each, whose ring was made by real swift-ring-builder
 * and whose objects were written by real Swift; and the questions that every story ends with.
 */
final class Story implements AutoCloseable {
  static final String INCREASE = "grow";
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final int REPLICAS = 3;

  /** In bytes; where agents install the rings, that they are in parts. */
  private static final int PART_LIMIT = 200;

  private static final Path RINGLIFT =
      Path.of("").toAbsolutePath().resolve("../../bin/ringlift").normalize();

  private final ApiServer server;
  private final Path folder;
  private final RealSwift swift;
  private final SwiftCluster cluster;
  private final PublishedRings published;
  private final SwiftObjects objects;
  private final ObjectTree before;

  /** Objects are there and the ring is published; no program of ours runs yet. */
  Story(ApiServer server, Path folder, int partPower, int objectCount) {
    this(server, folder, partPower, objectCount, RingLayout.ONE_MAP);
  }

  /** The same, at a site that keeps its ring in this way. */
  Story(ApiServer server, Path folder, int partPower, int objectCount, RingLayout ringLayout) {
    this(
        server,
        folder,
        partPower,
        objectCount,
        ringLayout,
        ringLayout == RingLayout.HOST_PATH
            ? ProcessSettings.quick().withHostPath(PART_LIMIT)
            : ProcessSettings.quick());
  }

  /** The same, with these settings of the programs. */
  Story(
      ApiServer server,
      Path folder,
      int partPower,
      int objectCount,
      RingLayout ringLayout,
      ProcessSettings settings) {
    this(server, folder, partPower, objectCount, ringLayout, settings, hosts -> {});
  }

  /**
   * The same, on these disks.
   *
   * @param disks makes something of the devices' folders before there is anything in them
   */
  Story(
      ApiServer server,
      Path folder,
      int partPower,
      int objectCount,
      RingLayout ringLayout,
      ProcessSettings settings,
      Consumer<List<StorageHost>> disks) {
    this.server = server;
    this.folder = folder;
    int number = NUMBER.incrementAndGet();
    // Nodes are there for all stories of an API server: each gets names and addresses of its own.
    ClusterLayout layout =
        new ClusterLayout(3, 4, "story%d-node".formatted(number), "127.0.%d".formatted(number));
    swift = RealSwift.in(folder.resolve("swift"));
    cluster =
        new SwiftCluster(
            server,
            server.newNamespace("story"),
            folder.resolve("nodes"),
            layout,
            settings,
            Programs.ofThisCheckout(),
            ringLayout);
    disks.accept(cluster.hosts());
    String ringsFrom = ringLayout == RingLayout.HOST_PATH ? "Installed" : "ConfigMap";
    ChartAccounts.give(server, cluster, folder, ringsFrom);
    Path ring = makeRing(partPower);
    publish(ring);
    objects = new SwiftObjects(objectCount);
    swift.write(ring, 0, roots(), objects.operations());
    before = ObjectTree.of(swift, cluster.hosts(), partPower);
    assertThat(before.misplaced()).isEmpty();
    published = new PublishedRings(cluster, usersBuilder());
    await("the first ring is seen").until(() -> !published.pairs().isEmpty());
  }

  /** A kubeconfig of the agent on this node. */
  Path agentKubeconfig(String node) {
    return ChartAccounts.kubeconfig(server, cluster, folder, RingliftChart.AGENT, node);
  }

  private Path makeRing(int partPower) {
    try {
      Path builder = usersBuilder();
      Files.createDirectories(builder.getParent());
      ringBuilder(builder, "create", Integer.toString(partPower), Integer.toString(REPLICAS), "1");
      for (StorageHost host : cluster.hosts()) {
        for (String device : host.devices()) {
          String place = "r1z%d-%s:6200/%s".formatted(host.zone(), host.address(), device);
          ringBuilder(builder, "add", place, "100");
        }
      }
      ringBuilder(builder, "rebalance");
      return builder.resolveSibling("object.ring.gz");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where agents install it, as a user would: by the command line. */
  private void publish(Path ring) {
    Path builder = usersBuilder();
    if (cluster.layout() != RingLayout.HOST_PATH) {
      try {
        cluster.publish(Files.readAllBytes(ring), Files.readAllBytes(builder));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return;
    }
    String manifest =
        Command.of(
                RINGLIFT.toString(),
                "ring",
                "manifest",
                builder.toString(),
                "--config-map=" + SwiftCluster.RINGS,
                "--namespace=" + cluster.namespace(),
                "--part-limit=" + PART_LIMIT)
            .run()
            .orThrow()
            .out();
    Command.of(server.kubectlCommand("apply", "--server-side", "-f", "-"))
        .input(manifest)
        .run()
        .orThrow();
  }

  /** The builder that swift-ring-builder made; the user's own, where no ConfigMap has one. */
  Path usersBuilder() {
    return folder.resolve("made").resolve("object.builder");
  }

  /** {@code swift-ring-builder}, by whoever has such a file. */
  void ringBuilder(Path builder, String... arguments) {
    List<String> words = new ArrayList<>(List.of(builder.toString()));
    words.addAll(List.of(arguments));
    swift.ringBuilder(words.toArray(String[]::new)).orThrow();
  }

  /** The devices root of each address in the ring. */
  private Map<String, Path> roots() {
    Map<String, Path> roots = new HashMap<>();
    cluster.hosts().forEach(host -> roots.put(host.address(), host.devicesRoot()));
    return roots;
  }

  SwiftCluster cluster() {
    return cluster;
  }

  RealSwift swift() {
    return swift;
  }

  ApiServer server() {
    return server;
  }

  String node(int number) {
    return cluster.hosts().get(number - 1).name();
  }

  void startAll() {
    cluster.startAgents();
    cluster.startOperator();
  }

  /** The same, and waits until every agent has reported. */
  void startAllAndAwaitNodes() {
    startAll();
    eventually("every node is known")
        .until(() -> cluster.storageNodes().size() == cluster.hosts().size());
  }

  /** Limits the rate on each node, so that a step lasts long enough to be disturbed. */
  void limitRate(int filesPerSecond) {
    wish("relinker: {filesPerSecond: %d}".formatted(filesPerSecond));
  }

  /** The user changes the spec of the increase. */
  void wish(String change) {
    kubectl("patch", "ppi", INCREASE, "--type=merge", "-p", "spec: {%s}".formatted(change));
  }

  /** Waits until it asks for this approval, as {@code Prepare/2}. */
  void awaitAsks(String approval) {
    eventually("it asks for " + approval)
        .until(
            () ->
                status()
                    .map(PartitionPowerIncreaseStatus::message)
                    .orElse("")
                    .contains("ringlift.dev/approve=" + approval));
  }

  /** The user approves, as {@code Prepare/2}. */
  void approve(String approval) {
    kubectl("annotate", "ppi", INCREASE, "ringlift.dev/approve=" + approval);
  }

  /** By the administrator, in the namespace of the story; gives what it prints. */
  String kubectl(String... words) {
    List<String> all = new ArrayList<>(List.of("-n", cluster.namespace()));
    all.addAll(List.of(words));
    return server.kubectl(all.toArray(String[]::new)).orThrow().out();
  }

  /** The user names all devices of a node as dead. */
  void excludeAllOf(String node, List<String> devices) {
    String named =
        devices.stream()
            .map(device -> "{node: %s, device: %s}".formatted(node, device))
            .collect(Collectors.joining(", "));
    wish("nodes: {excludeDevices: [%s]}".formatted(named));
  }

  /** What the agent of a node says of it. */
  StorageNode storageNode(String node) {
    return cluster
        .client()
        .resources(StorageNode.class)
        .inNamespace(cluster.namespace())
        .withName(node)
        .require();
  }

  // What is seen

  /** What the events of this reason say, in the order in which they came. */
  List<String> events(String reason) {
    return cluster
        .client()
        .v1()
        .events()
        .inNamespace(cluster.namespace())
        .list()
        .getItems()
        .stream()
        .filter(event -> event.getReason().equals(reason))
        .sorted(
            Comparator.comparing(
                (Event event) -> Long.parseLong(event.getMetadata().getResourceVersion())))
        .map(Event::getMessage)
        .toList();
  }

  PartitionPowerIncrease increase() {
    return cluster.increase(INCREASE).orElseThrow();
  }

  Optional<PartitionPowerIncreaseStatus> status() {
    return cluster.increase(INCREASE).map(PartitionPowerIncrease::getStatus);
  }

  boolean inPhase(Phase phase) {
    return status().map(status -> status.phase() == phase).orElse(false);
  }

  /** The message of a condition that has this status; empty while it hasn't. */
  String conditionMessage(String type, String wanted) {
    return status().map(PartitionPowerIncreaseStatus::conditions).orElse(List.of()).stream()
        .filter(condition -> condition.getType().equals(type))
        .filter(condition -> condition.getStatus().equals(wanted))
        .map(Condition::getMessage)
        .findFirst()
        .orElse("");
  }

  /** Every node has a task of this step, in this state. */
  boolean allNodes(Step step, RelinkTaskStatus.State state) {
    return cluster.hosts().stream()
        .allMatch(
            host ->
                taskStatus(host.name(), step)
                    .filter(status -> status.state() == state)
                    .isPresent());
  }

  /** Waits until each node is in the middle of a step: some files are done, others are not. */
  void awaitMiddleOf(Step step) {
    eventually("every node is in the middle of " + step)
        .until(() -> cluster.hosts().stream().allMatch(host -> isInMiddleOf(step, host.name())));
  }

  /** The same of one node. */
  void awaitMiddleOf(Step step, String node) {
    eventually(node + " is in the middle of " + step).until(() -> isInMiddleOf(step, node));
  }

  private boolean isInMiddleOf(Step step, String node) {
    return taskStatus(node, step)
        .filter(status -> status.state() == RelinkTaskStatus.State.Running && status.files() > 0)
        .isPresent();
  }

  /** Of the last cycle that has such a task. */
  Optional<RelinkTaskStatus> taskStatus(String node, Step step) {
    return cluster.tasks().stream()
        .filter(task -> task.getSpec().nodeName().equals(node) && task.getSpec().step() == step)
        .max(Comparator.comparingInt(task -> task.getSpec().cycle()))
        .map(RelinkTask::getStatus);
  }

  /** Waits, and fails early when a program that should run has ended by itself. */
  ConditionFactory eventually(String what) {
    return await(what)
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(100))
        .failFast(
            () ->
                assertThat(cluster.dead())
                    .as("programs that have ended by themselves")
                    .filteredOn(process -> !killed.contains(process.name()))
                    .isEmpty());
  }

  private final List<String> killed = new ArrayList<>();

  /** SIGKILL for an agent; it stays down. */
  void killAgent(String node) {
    killed.add(cluster.agent(node).name());
    cluster.agent(node).kill();
  }

  /** This program may end from now on. */
  void mayEnd(ManagedProcess program) {
    killed.add(program.name());
  }

  /** Starts an agent that was killed. */
  void restartAgent(String node) {
    killed.remove(cluster.startAgent(node).name());
  }

  /**
   * Somebody changes the builder with swift-ring-builder, writes the ring, and puts both into the
   * ConfigMap; gives the md5 of that ring.
   */
  String changeByAnotherHand(String... change) {
    Path ring = published.pairs().getLast().in(folder.resolve("another-hand"));
    Path builder = ring.resolveSibling("object.builder");
    ringBuilder(builder, change);
    ringBuilder(builder, "write_ring");
    try {
      byte[] file = Files.readAllBytes(ring);
      putIntoMap(Map.of("object.ring.gz", file, "object.builder", Files.readAllBytes(builder)));
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }

  /** Somebody puts these files into the ConfigMap, in one write, and leaves all else as it is. */
  void putIntoMap(Map<String, byte[]> files) {
    Map<String, String> changed = new HashMap<>();
    files.forEach((name, file) -> changed.put(name, Base64.getEncoder().encodeToString(file)));
    cluster
        .client()
        .configMaps()
        .inNamespace(cluster.namespace())
        .withName(SwiftCluster.RINGS)
        .edit(map -> new ConfigMapBuilder(map).addToBinaryData(changed).build());
  }

  /** Swift writes all objects anew on the devices of a node, as replicators do on an empty disk. */
  void fill(StorageHost host) {
    Path ring = published.pairs().getLast().in(folder.resolve("filled"));
    Map<String, Path> roots = new HashMap<>(Map.of("*", folder.resolve("elsewhere")));
    roots.put(host.address(), host.devicesRoot());
    swift.write(ring, 0, roots, objects.operations());
  }

  /** SIGKILL for the operator, and a new one at once. */
  void killAndRestartOperator() {
    cluster.operator().kill();
    cluster.startOperator();
  }

  void awaitComplete() {
    eventually("the increase is Complete").until(() -> inPhase(Phase.Complete));
  }

  // What has to hold at the end of every story

  /** Real Swift agrees that all is at this power and nothing was lost, changed or brought back. */
  void assertAllAt(int partPower) {
    assertAllAt(partPower, cluster.hosts());
  }

  /** The same of these nodes alone: all replicas that they have. */
  void assertAllAt(int partPower, List<StorageHost> hosts) {
    Path ring = published.pairs().getLast().in(folder.resolve("last"));
    assertRing(ring, partPower);
    assertRebalances(published.pairs().getLast());
    assertObjects(ring, hosts);
    ObjectTree after = ObjectTree.of(swift, hosts, partPower);
    assertThat(after.misplaced()).as("files at old paths, or with further links").isEmpty();
    assertThat(after.files())
        .as("same files on the same devices, with inode, bytes and attributes as before")
        .isEqualTo(before.filesOn(hosts));
    for (StorageHost host : hosts) {
      assertThat(swift.audit(host.devicesRoot()).quarantined()).isEmpty();
    }
  }

  private void assertRing(Path ring, int partPower) {
    JsonNode loaded = swift.ring(ring);
    assertThat(loaded.path("part_power").asInt()).isEqualTo(partPower);
    assertThat(loaded.path("next_part_power").isNull()).isTrue();
    String builder = ring.resolveSibling("object.builder").toString();
    assertThat(swift.ringBuilder(builder).orThrow().out())
        .contains(
            (1 << partPower) + " partitions, " + REPLICAS + ".000000 replicas",
            "12 devices",
            "Ring file " + ring + " is up-to-date");
  }

  /** In a folder of its own: it writes another ring. */
  private void assertRebalances(PublishedRings.Pair pair) {
    String builder =
        pair.in(folder.resolve("rebalanced")).resolveSibling("object.builder").toString();
    swift.ringBuilder(builder, "pretend_min_part_hours_passed").orThrow();
    swift.ringBuilder(builder, "set_weight", "d0", "50").orThrow();
    assertThat(swift.ringBuilder(builder, "rebalance").exitCode())
        .as("swift-ring-builder rebalances the builder (1: with a warning)")
        .isLessThan(2);
  }

  /** Each node has a replica of each object: it is a zone, and there are as many as replicas. */
  private void assertObjects(Path ring, List<StorageHost> hosts) {
    Map<String, Expected> expected = new HashMap<>();
    objects.expected().forEach(object -> expected.put(object.path(), object));
    List<String> roots = hosts.stream().map(host -> host.devicesRoot().toString()).toList();
    List<Found> found =
        swift
            .read(ring, 0, roots(), objects.expected().stream().map(Expected::object).toList())
            .stream()
            .filter(place -> roots.contains(place.root()))
            .toList();
    assertThat(found).hasSize(hosts.size() * expected.size());
    for (Found place : found) {
      Expected object = expected.get(place.object());
      assertThat(object).as(place.object()).isNotNull();
      assertThat(place.state())
          .as("%s on %s/%s", place.object(), place.root(), place.device())
          .isEqualTo(object.deleted() ? "deleted" : "present");
      assertThat(place.timestamp()).isEqualTo(object.timestamp());
      if (!object.deleted()) {
        assertThat(place.body()).isEqualTo(object.body());
        assertThat(place.metadata().getOrDefault("X-Object-Meta-Colour", ""))
            .isEqualTo(object.colour());
      }
    }
  }

  /** Every ring that was ever published, loaded by real Swift: its powers, as {@code 6/7}. */
  List<String> publishedPowers() {
    List<String> powers = new ArrayList<>();
    for (PublishedRings.Pair pair : published.pairs()) {
      Path ring = pair.in(folder.resolve("published" + powers.size()));
      JsonNode loaded = swift.ring(ring);
      JsonNode builder = swift.builder(ring.resolveSibling("object.builder"));
      assertThat(loaded.path("version")).isEqualTo(builder.path("version"));
      assertThat(loaded.path("next_part_power")).isEqualTo(builder.path("next_part_power"));
      assertThat(loaded.path("part_power")).isEqualTo(builder.path("part_power"));
      powers.add(
          loaded.path("part_power").asText() + "/" + loaded.path("next_part_power").asText());
    }
    return powers;
  }

  @Override
  public void close() {
    published.close();
    cluster.close();
    swift.close();
  }
}
