package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.Gates;
import dev.ringlift.api.v1alpha1.NodeSelection;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Risk;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import dev.ringlift.api.v1alpha1.RelinkerSettings;
import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.DeviceStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingFileStatus;
import dev.ringlift.api.v1alpha1.Window;
import dev.ringlift.operator.plan.Audience.Group;
import dev.ringlift.operator.plan.Audience.Member;
import dev.ringlift.operator.plan.Audience.Workload;
import dev.ringlift.operator.plan.Observation.Heartbeat;
import dev.ringlift.operator.plan.Observation.Increase;
import dev.ringlift.operator.plan.Observation.Rival;
import dev.ringlift.operator.plan.Observation.Task;
import dev.ringlift.operator.plan.StoredRing.Revision;
import dev.ringlift.operator.plan.World.Cache;
import dev.ringlift.operator.plan.World.Disk;
import dev.ringlift.operator.plan.World.Fall;
import dev.ringlift.operator.plan.World.Health;
import dev.ringlift.operator.plan.World.Life;
import dev.ringlift.operator.plan.World.Luck;
import dev.ringlift.operator.plan.World.Pending;
import dev.ringlift.operator.plan.World.Server;
import dev.ringlift.operator.plan.World.Store;
import dev.ringlift.operator.plan.World.User;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What never changes at a site: what the user asked for, how the ring is kept; and what an operator
 * sees of it.
 *
 * @param nodes how many, each with one disk; beside them there is one proxy
 * @param split whether ring and builder stand in different places
 * @param manual whether each gate asks
 */
record Site(
    KnownRings rings,
    int nodes,
    int partPower,
    int target,
    Verify verify,
    boolean manual,
    boolean split,
    Consumer.Proof proof,
    boolean zoneByZone,
    boolean behindAnother) {
  static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  static final Instant BEFORE = NOW.minus(Duration.ofHours(1));

  /** All that had to be done within reclaimAge has not been. */
  static final Instant TOO_LATE = NOW.plus(Duration.ofDays(8));

  static final String NOW_TEXT = Times.format(NOW);
  static final String BEFORE_TEXT = Times.format(BEFORE);

  /** All shorter than what lies between {@link #BEFORE} and now. */
  static final Settings SETTINGS =
      new Settings(
          Duration.ofSeconds(20),
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofMinutes(1),
          Duration.ofSeconds(10),
          Duration.ofSeconds(15));

  private static final String RING_FILE = "object.ring.gz";
  private static final String PROXY = "proxy:8080";

  /** A pass that began before anything that matters. */
  private static final Instant EARLIER = BEFORE.minus(Duration.ofHours(1));

  /** It opens in the evening, and now it is morning. */
  private static final Window SHUT = new Window("0 20 * * *", "2h", "UTC");

  private static final int RETRIES = 1;

  Site(int nodes, int partPower, int target) {
    this(
        new KnownRings(),
        nodes,
        partPower,
        target,
        Verify.None,
        false,
        false,
        Consumer.Proof.Recon,
        false,
        false);
  }

  Site verifying(Verify wanted) {
    return Essence.with(this, "verify", wanted);
  }

  Site withGates() {
    return Essence.with(this, "manual", true);
  }

  Site withSplitStore() {
    return Essence.with(this, "split", true);
  }

  Site provingBy(Consumer.Proof wanted) {
    return Essence.with(this, "proof", wanted);
  }

  Site workingZoneByZone() {
    return Essence.with(this, "zoneByZone", true);
  }

  Site behindAnotherIncrease() {
    return Essence.with(this, "behindAnother", true);
  }

  /** Before anybody has looked: all well. */
  World untouched(Luck luck) {
    KnownRings.Made made = rings.create(partPower, nodes);
    List<Server> servers = new ArrayList<>();
    for (int node = 1; node <= nodes; node++) {
      Disk disk = new Disk("sd" + node, Health.Good, 1 << partPower, null, null, null);
      servers.add(
          new Server("node-" + node, Life.Up, made.ring(), true, Fall.NONE, List.of(disk), null));
    }
    servers.add(new Server(PROXY, Life.Up, made.ring(), true, Fall.NONE, List.of(), null));
    return new World(
        new Store(made.ring(), made.builder(), false, null),
        null,
        User.CONTENT,
        servers,
        List.of(),
        Pending.NOTHING,
        Pending.NOTHING,
        null,
        behindAnother ? Setting.PLAIN.with(Setting.Other.WAITS) : Setting.PLAIN,
        luck);
  }

  /**
   * What an operator sees.
   *
   * @param cache what it believes of nodes and tasks; null to ask the API server
   */
  Observation observe(World world, @Nullable Cache cache) {
    List<Server> servers = cache == null ? world.servers() : cache.servers();
    return new Observation(
        new Increase(
            "grow", "uid-1", 1, BEFORE, spec(world), annotations(world.user()), world.status()),
        pair(world),
        servers.stream().filter(server -> !server.isProxy()).map(this::node).toList(),
        cache == null ? world.tasks() : cache.tasks(),
        rivals(world.setting().other()),
        null,
        new Audience(
            Stream.concat(
                    servers.stream().filter(Server::isProxy).map(it -> proxies(it, world)),
                    target > partPower + 1 ? Stream.of(replicated(world)) : Stream.of())
                .toList(),
            List.of()));
  }

  private static List<Rival> rivals(Setting.Other other) {
    return switch (other) {
      case NONE -> List.of();
      case WAITS -> List.of(new Rival("older", EARLIER, false));
      case BEGUN -> List.of(new Rival("older", EARLIER, true));
    };
  }

  /** Object servers of all nodes, with the ring, and with when their last pass began. */
  private Group replicated(World world) {
    return ObjectServers.replicated(
        IntStream.rangeClosed(1, nodes).mapToObj(node -> "10.0.0." + node).toList(),
        RING_FILE,
        world.store().ring(),
        NOW,
        world.setting().replicated() ? NOW : EARLIER);
  }

  StoredRing.Pair pair(World world) {
    Store store = world.store();
    return new StoredRing.Pair(
        new Revision(store.ring() + store.builder()),
        store.ring(),
        rings.ring(store.ring()),
        rings.builder(store.builder()),
        (ring, builder) -> List.of(),
        null);
  }

  private PartitionPowerIncreaseSpec spec(World world) {
    User user = world.user();
    Gates.Gate gate = manual ? Gates.Gate.Manual : Gates.Gate.Automatic;
    RelinkerSettings d = RelinkerSettings.DEFAULTS;
    return PartitionPowerIncreaseSpec.of(0, target, RingSource.inConfigMaps("swift-rings"))
        .toBuilder()
        .consumers(proxies())
        .acknowledge(Risk.UnprovenConsumer)
        .windows(world.setting().closed() ? new Window[] {SHUT} : new Window[0])
        .nodes(new NodeSelection(null, zoneByZone ? "1" : "100%", zoneByZone, List.of()))
        .gates(new Gates(gate, gate, gate))
        .relinker(
            new RelinkerSettings(
                d.workersPerDevice(),
                d.filesPerSecond(),
                d.ioPressureLimit(),
                RETRIES,
                d.clobberHardlinkCollisions(),
                d.ioClass()))
        .verify(verify)
        .paused(user.paused())
        .cancel(user.cancelledAt() != null)
        .build();
  }

  private static Map<String, String> annotations(User user) {
    Map<String, String> all = new HashMap<>();
    if (user.approve() != null) {
      all.put(ApiConstants.ANNOTATION_APPROVE, user.approve());
    }
    if (user.retry()) {
      all.put(ApiConstants.ANNOTATION_RETRY, Retries.ALL);
    }
    if (user.accept() != null) {
      all.put(ApiConstants.ANNOTATION_ACCEPT_RING, user.accept());
    }
    return all;
  }

  private Observation.Node node(Server server) {
    Map<String, DeviceStatus> devices = new TreeMap<>();
    for (Disk disk : server.disks()) {
      devices.put(
          disk.name(),
          new DeviceStatus(
              disk.name(),
              disk.health() != Health.Unmounted,
              "xfs",
              1000,
              900,
              1,
              1,
              List.of("objects"),
              List.of(),
              null));
    }
    return new Observation.Node(
        server.name(),
        Set.of("10.0.0." + server.name().substring("node-".length())),
        Map.of(),
        new StorageNodeStatus(
            "1",
            devices.size(),
            List.copyOf(devices.values()),
            List.of(
                new RingFileStatus(RING_FILE, server.ring(), 1L, null, null, BEFORE_TEXT, null)),
            List.of()),
        new Heartbeat(server.life() == Life.Lost ? BEFORE : NOW, Duration.ofSeconds(40)));
  }

  private Consumer proxies() {
    boolean pods = proof == Consumer.Proof.Restart;
    return new Consumer(
        pods ? Consumer.Kind.Deployment : Consumer.Kind.Addresses,
        "proxies",
        Consumer.Role.Proxy,
        proof,
        null,
        proof == Consumer.Proof.Wait ? "1m" : null,
        pods ? null : List.of(PROXY));
  }

  private Group proxies(Server proxy, World world) {
    return switch (proof) {
      case Recon -> new Group(proxies(), null, List.of(member(proxy)));
      case Wait -> new Group(proxies(), null, List.of());
      case Restart -> restarted(proxy, world.setting());
    };
  }

  private Group restarted(Server proxy, Setting setting) {
    int updated = Objects.equals(setting.stamp(), setting.started()) ? 1 : 0;
    int available = proxy.life() == Life.Up ? 1 : 0;
    return new Group(
        proxies(),
        new Workload(true, 1, 1, updated, available, setting.stamp()),
        List.of(
            new Member(proxy.name(), true, false, BEFORE, setting.started(), null, null, null)));
  }

  private static Member member(Server proxy) {
    boolean answers = proxy.life() == Life.Up;
    return new Member(
        proxy.name(),
        true,
        false,
        null,
        null,
        answers
            ? new ReconAnswer(NOW, Map.of(RING_FILE, proxy.ring()), "2.38.3", Duration.ZERO, null)
            : null,
        answers ? null : "does not answer");
  }

  /** A task as the model keeps it: its generation is always the same. */
  static Task task(Decision.TaskChange change) {
    return new Task(change.name(), GENERATION, "seen", change.spec(), null);
  }

  static final long GENERATION = 2;
}
