package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.NodeSelection;
import dev.ringlift.api.v1alpha1.NodeSelection.ExcludedDevice;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Risk;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.api.v1alpha1.RelinkerSettings;
import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.api.v1alpha1.StorageNodeSpec.LeftOut;
import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.DeviceStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.MachineStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.PolicyStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingFileStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingProblem;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Halt;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.operator.plan.Observation.Heartbeat;
import dev.ringlift.operator.plan.Observation.Increase;
import dev.ringlift.operator.plan.Observation.Rival;
import dev.ringlift.operator.plan.Observation.Task;
import dev.ringlift.operator.plan.StoreSizes.PartSize;
import dev.ringlift.operator.plan.StoredRing.Export;
import dev.ringlift.operator.plan.StoredRing.Revision;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingDevice;
import dev.ringlift.ring.Transition;
import dev.ringlift.ring.TransitionRefusedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A cluster in memory: what an operator would see of it, and what its decisions do to it. Tests
 * change it at will.
 */
final class ModelCluster {
  static final Settings SETTINGS =
      new Settings(
          Duration.ofSeconds(20),
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofMinutes(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(15));
  static final String RING_FILE = "object.ring.gz";

  /** A node with its agent and disks. */
  static final class ModelNode {
    final String name;
    final Map<String, DeviceStatus> devices = new TreeMap<>();
    Set<String> addresses;
    Map<String, String> labels = Map.of();
    boolean reports = true;
    boolean alive = true;
    Instant lastBeat;
    String ringMd5;
    List<RingProblem> ringProblems = List.of();
    List<LeftOut> leftOut = List.of();
    @Nullable Instant notReadySince;
    boolean cordoned;
    @Nullable MachineStatus machine;
    String agentVersion = "1";

    ModelNode(String name, String address, String ringMd5, Instant now) {
      this.name = name;
      this.addresses = Set.of(address);
      this.ringMd5 = ringMd5;
      this.lastBeat = now;
    }

    void plugIn(DeviceStatus device) {
      devices.put(device.name(), device);
    }
  }

  Instant now = Instant.parse("2026-03-01T10:00:00Z");
  Ring ring;
  RingBuilder builder;
  long storeVersion = 1;
  int target;
  RelinkerSettings relinker = RelinkerSettings.DEFAULTS;
  UnaryOperator<PartitionPowerIncreaseSpec.Builder> wish = builder -> builder;
  @Nullable String approve;
  @Nullable String retry;

  /** Stories of other steps do without. */
  Verify verify = Verify.None;

  @Nullable PartitionPowerIncreaseStatus status;
  @Nullable String acceptRing;
  final Map<String, Ring> backups = new HashMap<>();
  final Map<String, ModelNode> nodes = new TreeMap<>();
  final Map<String, Task> tasks = new LinkedHashMap<>();
  final List<Rival> rivals = new ArrayList<>();
  List<Consumer> consumers = List.of();
  Set<Risk> acknowledge = Set.of(Risk.NoProxyProof);
  Audience audience = Audience.NONE;

  /** Between two cycles, object servers of all nodes tell of a replication pass. */
  boolean replicates = true;

  @Nullable StoredRing unusable;
  long otherBytes;

  /** How long the agents say that a task took. */
  Duration took = Duration.ZERO;

  PolicyStatus policy = new PolicyStatus(0, 1, 1);
  boolean builderIsThere = true;
  StoreSizes sizes = this::inOneMap;
  @Nullable Export export;
  private @Nullable Ring hashed;
  private String hash = "";
  private final Planner planner = new Planner(SETTINGS);

  /** Nodes {@code node-a}, {@code node-b}, … with two devices each: {@code sda1}, {@code sda2}. */
  ModelCluster(int nodeCount, int partPower, int target) {
    this.target = target;
    List<RingDevice> devices = new ArrayList<>();
    for (int n = 0; n < nodeCount; n++) {
      for (int d = 1; d <= 2; d++) {
        String ip = "10.0.0." + (n + 1);
        devices.add(
            new RingDevice(devices.size(), 1, n + 1, ip, 6200, ip, 6200, device(n, d), 100.0, ""));
      }
    }
    builder = RingBuilder.create(partPower, Math.min(3, nodeCount), devices);
    ring = builder.toRing(1);
    for (int n = 0; n < nodeCount; n++) {
      ModelNode node =
          new ModelNode("node-" + (char) ('a' + n), "10.0.0." + (n + 1), ringMd5(), now);
      node.plugIn(disk(device(n, 1)));
      node.plugIn(disk(device(n, 2)));
      nodes.put(node.name, node);
    }
  }

  private static String device(int node, int device) {
    return "sd" + (char) ('a' + node) + device;
  }

  static DeviceStatus disk(String name) {
    return new DeviceStatus(
        name, true, "xfs", 1000, 900, 1, 1, List.of("objects"), List.of(), null);
  }

  /** The user names devices, as {@code node-c/sdc1}, to be left out. */
  void exclude(String... devices) {
    List<ExcludedDevice> named = new ArrayList<>();
    for (String device : devices) {
      String[] parts = device.split("/", -1);
      named.add(new ExcludedDevice(parts[0], parts[1]));
    }
    wish = spec -> spec.nodes(new NodeSelection(null, "100%", false, named));
  }

  /** As a rebalance leaves a device of weight 0: in the ring, and without a partition. */
  void drain(String name) {
    List<@Nullable RingDevice> devices = ring.devices();
    int drained = 0;
    while (!Objects.requireNonNull(devices.get(drained)).device().equals(name)) {
      drained++;
    }
    List<int[]> rows = new ArrayList<>();
    for (int replica = 0; replica < ring.replicaRows(); replica++) {
      int[] row = new int[1 << ring.partPower()];
      for (int partition = 0; partition < row.length; partition++) {
        int device = ring.deviceId(replica, partition);
        row[partition] = device == drained ? drained - 1 : device;
      }
      rows.add(row);
    }
    builder = RingBuilder.create(ring.partPower(), rows, devices);
    ring = builder.toRing(1);
    distribute();
  }

  /** As by set_weight and write_ring, with a builder that somebody made himself. */
  void reweigh(String name, double weight) {
    Integer next = ring.nextPartPower();
    boolean increased = next != null && next == ring.partPower();
    int power = increased ? ring.partPower() - 1 : ring.partPower();
    List<@Nullable RingDevice> devices = new ArrayList<>();
    for (RingDevice device : ring.devices()) {
      devices.add(
          device == null || !device.device().equals(name) ? device : weighing(device, weight));
    }
    List<int[]> rows = new ArrayList<>();
    for (int replica = 0; replica < ring.replicaRows(); replica++) {
      int[] row = new int[1 << power];
      for (int partition = 0; partition < row.length; partition++) {
        row[partition] = ring.deviceId(replica, partition << (ring.partPower() - power));
      }
      rows.add(row);
    }
    changeByAnotherHand(
        unused -> {
          try {
            RingBuilder made = RingBuilder.create(power, rows, devices);
            made = next == null ? made : made.after(Transition.PREPARE, now);
            return increased ? made.after(Transition.INCREASE, now) : made;
          } catch (TransitionRefusedException e) {
            throw new AssertionError(e);
          }
        });
  }

  private static RingDevice weighing(RingDevice d, double weight) {
    return new RingDevice(
        d.id(),
        d.region(),
        d.zone(),
        d.ip(),
        d.port(),
        d.replicationIp(),
        d.replicationPort(),
        d.device(),
        weight,
        d.meta());
  }

  /** Another hand does this to the builder, and writes its ring. */
  void transitByAnotherHand(Transition transition) {
    changeByAnotherHand(
        before -> {
          try {
            return before.after(transition, now);
          } catch (TransitionRefusedException e) {
            throw new AssertionError(e);
          }
        });
  }

  /** Ring and builder together, to be put back later. */
  Runnable keep() {
    Ring keptRing = ring;
    RingBuilder keptBuilder = builder;
    return () -> {
      ring = keptRing;
      builder = keptBuilder;
      storeVersion++;
    };
  }

  ModelNode node(String name) {
    return Objects.requireNonNull(nodes.get(name), name);
  }

  String ringMd5() {
    if (ring != hashed) {
      hashed = ring;
      hash = Md5.hex(ring.toBytes());
    }
    return hash;
  }

  void pass(Duration time) {
    now = now.plus(time);
    beat();
  }

  void beat() {
    for (ModelNode node : nodes.values()) {
      if (node.alive) {
        node.lastBeat = now;
      }
    }
  }

  /** Every living node takes the ring in the store. */
  void distribute() {
    nodes.values().stream().filter(node -> node.alive).forEach(node -> node.ringMd5 = ringMd5());
  }

  Observation observe() {
    StoredRing store =
        unusable != null
            ? unusable
            : new StoredRing.Pair(
                revision(), ringMd5(), ring, builderIsThere ? builder : null, sizes, export);
    return new Observation(
        new Increase(
            "grow",
            "uid-1",
            1,
            Instant.parse("2026-03-01T09:00:00Z"),
            wish.apply(
                    PartitionPowerIncreaseSpec.of(0, target, RingSource.inConfigMaps("swift-rings"))
                        .toBuilder()
                        .consumers(consumers.toArray(Consumer[]::new))
                        .acknowledge(acknowledge.toArray(Risk[]::new))
                        .relinker(relinker)
                        .verify(verify))
                .build(),
            annotations(),
            status),
        store,
        nodes.values().stream().map(this::observe).toList(),
        List.copyOf(tasks.values()),
        rivals,
        status == null || status.ring() == null ? null : backups.get(status.ring().md5()),
        isBetweenCycles() && replicates ? withReplication() : audience);
  }

  private boolean isBetweenCycles() {
    return publication() != null && ring.nextPartPower() == null && ring.partPower() < target;
  }

  private Audience withReplication() {
    List<String> hosts = nodes.values().stream().flatMap(node -> node.addresses.stream()).toList();
    List<Audience.Group> groups = new ArrayList<>(audience.groups());
    groups.add(ObjectServers.replicated(hosts, RING_FILE, ringMd5(), now, now));
    return new Audience(groups, audience.mounts());
  }

  private Observation.Node observe(ModelNode node) {
    StorageNodeStatus inventory =
        new StorageNodeStatus(
            node.agentVersion,
            node.devices.size(),
            List.copyOf(node.devices.values()),
            List.of(
                new RingFileStatus(RING_FILE, node.ringMd5, 1L, null, null, now.toString(), null)),
            node.ringProblems,
            List.of(policy),
            node.machine,
            List.of());
    return new Observation.Node(
        node.name,
        node.addresses,
        node.labels,
        node.reports ? inventory : null,
        node.reports ? new Heartbeat(node.lastBeat, Duration.ofSeconds(40)) : null,
        node.leftOut,
        node.cordoned,
        node.notReadySince);
  }

  Plan plan() {
    return planner.plan(observe(), now);
  }

  /** Plans and does all of it. */
  Plan step() {
    Plan plan = plan();
    say(plan);
    act(plan);
    return plan;
  }

  void say(Plan plan) {
    backups.put(ringMd5(), ring);
    status = StatusAggregator.aggregate(observe().increase(), plan, now);
  }

  void act(Plan plan) {
    if (plan.decision() instanceof Publish publish) {
      write(publish);
    } else if (plan.decision() instanceof ChangeTasks change) {
      change.changes().forEach(this::change);
    } else if (plan.decision() instanceof Halt halt) {
      halt.pauses().forEach(this::change);
    }
  }

  private Map<String, String> annotations() {
    Map<String, String> all = new HashMap<>();
    if (acceptRing != null) {
      all.put(ApiConstants.ANNOTATION_ACCEPT_RING, acceptRing);
    }
    if (approve != null) {
      all.put(ApiConstants.ANNOTATION_APPROVE, approve);
    }
    if (retry != null) {
      all.put(ApiConstants.ANNOTATION_RETRY, retry);
    }
    return all;
  }

  /** The same for the status that was written last. */
  List<SpentAnnotation> takeAnnotations() {
    return takeAnnotations(plan());
  }

  /** As the shell does, after the status of this plan was written. */
  List<SpentAnnotation> takeAnnotations(Plan plan) {
    return takeAnnotations(plan, Set.of());
  }

  /** The same, where some tasks could not be changed. */
  List<SpentAnnotation> takeAnnotations(Plan plan, Set<String> undone) {
    List<SpentAnnotation> spent =
        SpentAnnotation.of(
            observe(), plan, Objects.requireNonNull(status, "a status was written"), undone);
    for (SpentAnnotation gone : spent) {
      switch (gone.key()) {
        case ApiConstants.ANNOTATION_ACCEPT_RING -> acceptRing = null;
        case ApiConstants.ANNOTATION_APPROVE -> approve = null;
        case ApiConstants.ANNOTATION_RETRY -> retry = null;
        default -> throw new AssertionError(gone.key());
      }
    }
    return spent;
  }

  private void changeByAnotherHand(UnaryOperator<RingBuilder> change) {
    builder = change.apply(builder);
    ring = builder.toRing(1);
    storeVersion++;
  }

  void write(Publish publish) {
    if (publish.revision().equals(revision())) {
      ring = publish.ring();
      builder = Objects.requireNonNullElse(publish.builder(), builder);
      storeVersion++;
    }
  }

  /** Dies between the two writes of a store that has ring and builder in different places. */
  void writeBuilderOnly(Publish publish) {
    builder = Objects.requireNonNull(publish.builder());
    storeVersion++;
  }

  private Revision revision() {
    return new Revision(Long.toString(storeVersion));
  }

  private List<PartSize> inOneMap(Ring newRing, @Nullable RingBuilder newBuilder) {
    long builderBytes = newBuilder == null ? 0 : newBuilder.toBytes().length;
    long bytes = newRing.toBytes().length + builderBytes + otherBytes;
    return List.of(new PartSize("ConfigMap swift-rings", bytes, 1 << 20));
  }

  void change(TaskChange change) {
    Task old = tasks.get(change.name());
    if (old == null && change.resourceVersion() == null) {
      tasks.put(change.name(), new Task(change.name(), 1, "1", change.spec(), null));
    } else if (old != null && old.resourceVersion().equals(change.resourceVersion())) {
      tasks.put(
          change.name(),
          new Task(
              change.name(),
              old.generation() + 1,
              old.resourceVersion() + "+",
              change.spec(),
              old.status()));
    }
  }

  /** As a living agent that sees the task's ring; devices in {@code bad} fail. */
  void work(Set<String> bad) {
    for (Task task : List.copyOf(tasks.values())) {
      if (agentMay(task)) {
        finish(task, bad);
      }
    }
  }

  boolean agentMay(Task task) {
    ModelNode node = nodes.get(task.spec().nodeName());
    RelinkTaskStatus done = task.status();
    boolean ended =
        done != null
            && done.attempt() >= task.spec().attempt()
            && done.round() == task.spec().round()
            && done.observedGeneration() != null
            && done.observedGeneration() >= task.generation();
    return node != null
        && node.alive
        && node.ringMd5.equals(task.spec().ringMd5())
        && !task.spec().paused()
        && !ended;
  }

  void finish(Task task, Set<String> bad) {
    ModelNode node = node(task.spec().nodeName());
    Set<String> names = new TreeSet<>(task.spec().devices());
    names.addAll(node.devices.keySet());
    task.spec().excluded().forEach(names::remove);
    List<DeviceProgress> results = new ArrayList<>();
    for (String name : names) {
      DeviceStatus device = node.devices.get(name);
      boolean ok = device != null && device.mounted() && !bad.contains(name);
      results.add(
          new DeviceProgress(
              name,
              ok ? DeviceState.Succeeded : DeviceState.Failed,
              ok ? 8 : 3,
              8,
              10,
              10,
              0,
              ok ? 0 : 1,
              ok ? null : "Input/output error"));
    }
    boolean ok = results.stream().allMatch(d -> d.state() == DeviceState.Succeeded);
    report(task, ok ? State.Succeeded : State.Failed, results);
  }

  void report(Task task, State state, List<DeviceProgress> results) {
    boolean ended = state == State.Succeeded || state == State.Failed;
    tasks.put(
        task.name(),
        new Task(
            task.name(),
            task.generation(),
            task.resourceVersion() + "s",
            task.spec(),
            new RelinkTaskStatus(
                state,
                null,
                task.spec().attempt(),
                task.spec().round(),
                task.generation(),
                "",
                10,
                10,
                0,
                0,
                state == State.Running ? 100 : 0,
                results,
                List.of(),
                Times.format(now.minus(took)),
                ended ? Times.format(now) : null)));
  }

  /** The same results, said of another attempt and generation. */
  static RelinkTaskStatus withAttempt(RelinkTaskStatus s, int attempt, long generation) {
    return new RelinkTaskStatus(
        s.state(),
        s.message(),
        attempt,
        s.round(),
        generation,
        s.partitions(),
        s.files(),
        s.linked(),
        s.removed(),
        s.errors(),
        s.filesPerSecond(),
        s.devices(),
        s.firstErrors(),
        s.startTime(),
        s.completionTime());
  }

  Task task(String node, RelinkTaskSpec.Step step) {
    return tasks.values().stream()
        .filter(task -> task.spec().nodeName().equals(node) && task.spec().step() == step)
        .findFirst()
        .orElseThrow();
  }

  @Nullable Publication publication() {
    return status == null ? null : status.publication();
  }

  /** Drives to where the given kind of decision comes, with all nodes willing. */
  Plan until(Class<? extends Decision> kind, Reason reason) {
    for (int i = 0; i < 200; i++) {
      Plan plan = plan();
      if (kind.isInstance(plan.decision()) && plan.decision().reason() == reason) {
        return plan;
      }
      step();
      distribute();
      work(Set.of());
      pass(Duration.ofSeconds(5));
    }
    throw new AssertionError("never came to " + kind.getSimpleName() + " " + reason);
  }
}
