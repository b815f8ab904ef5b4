package dev.ringlift.agent;

import dev.ringlift.agent.contact.ApiContact;
import dev.ringlift.agent.contact.Heartbeat;
import dev.ringlift.agent.contact.KubernetesLeaseApi;
import dev.ringlift.agent.delivery.KubernetesRingMaps;
import dev.ringlift.agent.delivery.RingDelivery;
import dev.ringlift.agent.node.KubernetesStorageNodeApi;
import dev.ringlift.agent.node.LeftoverSweeper;
import dev.ringlift.agent.node.Machine;
import dev.ringlift.agent.node.NodeInventory;
import dev.ringlift.agent.node.ObjectServer;
import dev.ringlift.agent.node.RingDirectory;
import dev.ringlift.agent.node.RingParser;
import dev.ringlift.agent.node.SeenRing;
import dev.ringlift.agent.node.StaleDevices;
import dev.ringlift.agent.node.StorageNodeReporter;
import dev.ringlift.agent.task.KubernetesTaskApi;
import dev.ringlift.agent.task.RunSettings;
import dev.ringlift.agent.task.RunStarter;
import dev.ringlift.agent.task.TaskExecutor;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.relinker.Inventory;
import dev.ringlift.relinker.Leftovers;
import dev.ringlift.relinker.ReconFile;
import dev.ringlift.relinker.RelinkRun;
import dev.ringlift.relinker.Relinker;
import dev.ringlift.relinker.Verifier;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.ring.RingInstaller;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * One agent at work: its parts, and the threads that drive them. Each has a thread of its own so
 * that a dying disk delays no heartbeat, and a slow API server or object server no look at the
 * rings.
 */
final class Agent implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Agent.class);
  private static final Duration TASK_INTERVAL = Duration.ofSeconds(1);

  /** For each answer Swift reads its rings from end to end. */
  private static final Duration OBJECT_SERVER_INTERVAL = Duration.ofSeconds(15);

  private static final Duration HANGING = Duration.ofMinutes(2);
  private static final Duration LOOPS_END = Duration.ofMillis(400);
  private static final Duration LAST_WORK = Duration.ofMillis(900);
  private static final Duration LAST_WORDS = Duration.ofMillis(1400);

  private final ApiContact contact;
  private final Heartbeat heartbeat;
  private final NodeInventory inventory;
  private final ReconFile recon;
  private final TaskExecutor executor;
  private final SharedIndexInformer<RelinkTask> taskInformer;
  private final SharedIndexInformer<StorageNode> nodeInformer;
  private final KubernetesRingMaps ringMaps;
  private final Loop heartbeatLoop;
  private final Loop inventoryLoop;
  private final Loop deliveryLoop;
  private final Loop nodeLoop;
  private final Loop taskLoop;
  private final Optional<ObjectServer> objectServer;
  private final Duration heartbeatHangs;
  private final List<Loop> loops;
  private List<SeenRing> seen = List.of();

  /** Starts the agent. The API server may be out of reach: everything waits for it. */
  Agent(AgentSettings settings, KubernetesClient client) {
    Clock clock = Clock.systemUTC();
    contact = new ApiContact(settings.leaseDuration(), System::nanoTime);
    heartbeat =
        new Heartbeat(
            new KubernetesLeaseApi(client, settings.namespace(), settings.node()),
            contact,
            settings.node() + "_" + UUID.randomUUID(),
            settings.renewInterval(),
            clock,
            RandomGenerator.getDefault());
    RingDirectory rings = new RingDirectory(settings.ringDirectory(), Agent::parse, clock);
    recon = ReconFile.in(settings.reconCachePath());
    Inventory devices = Inventory.of(settings.devicesRoot());
    LeftoverSweeper sweeper =
        new LeftoverSweeper(
            Leftovers.of(settings.devicesRoot()),
            new StaleDevices(devices),
            rings::ofPolicy,
            this::isBusy);
    inventory = new NodeInventory(devices, sweeper);
    ringMaps = new KubernetesRingMaps(client, settings.namespace(), settings.ringConfigMaps());
    RingDelivery delivery =
        new RingDelivery(
            settings.ringConfigMaps(), ringMaps, rings, new RingInstaller(clock), clock);
    KubernetesStorageNodeApi nodeApi =
        new KubernetesStorageNodeApi(client, settings.namespace(), settings.node());
    objectServer = settings.objectServer().map(ObjectServer::new);
    StorageNodeReporter reporter =
        new StorageNodeReporter(
            settings.version(),
            settings.mountCheck(),
            rings,
            delivery::problems,
            inventory,
            new Machine(Path.of("/proc"), settings.swiftDirectory()),
            objectServer,
            nodeApi,
            settings.statusInterval(),
            clock);
    KubernetesTaskApi taskApi =
        new KubernetesTaskApi(client, settings.namespace(), settings.node());
    executor =
        new TaskExecutor(
            taskApi,
            contact,
            rings,
            inventory,
            new RunStarter(
                Relinker.create(),
                Verifier.create(),
                rings,
                inventory,
                contact,
                new RunSettings(
                    settings.devicesRoot(),
                    settings.swiftDirectory(),
                    settings.mountCheck(),
                    settings.replicationSlots())),
            recon,
            settings.statusInterval(),
            clock,
            this::pokeTasks);

    heartbeatHangs = settings.renewInterval().multipliedBy(2).plus(HANGING);
    heartbeatLoop = new Loop("heartbeat", heartbeat::pause, heartbeat::beat);
    inventoryLoop = new Loop("inventory", settings::inventoryInterval, this::lookAtDevices);
    deliveryLoop = new Loop("delivery", settings::ringInterval, () -> deliver(delivery));
    nodeLoop = new Loop("node", settings::ringInterval, () -> lookAtNode(rings, reporter));
    taskLoop = new Loop("tasks", () -> TASK_INTERVAL, this::workOnTasks);
    ringMaps.watch(deliveryLoop::poke);
    taskInformer = taskApi.watch(this::pokeTasks);
    nodeInformer =
        nodeApi.watch(
            reporter,
            () -> {
              reporter.forget();
              nodeLoop.poke();
            });
    loops =
        Stream.concat(
                Stream.of(heartbeatLoop, inventoryLoop, deliveryLoop, nodeLoop, taskLoop),
                objectServer.stream().map(this::loopOf))
            .toList();
    loops.forEach(Loop::start);
    LOG.infof(
        "Ringlift agent %s for node %s: devices in %s, rings in %s",
        settings.version(), settings.node(), settings.devicesRoot(), settings.ringDirectory());
  }

  private static RingParser.Facts parse(byte[] file) throws RingFormatException {
    Ring ring = Ring.read(file);
    return new RingParser.Facts(ring.version(), ring.partPower(), ring.nextPartPower());
  }

  private boolean isBusy(int policyIndex) {
    return executor.busy(policyIndex);
  }

  private void pokeTasks() {
    taskLoop.poke();
  }

  private void deliver(RingDelivery delivery) {
    if (delivery.turn()) {
      nodeLoop.poke();
    }
  }

  private Loop loopOf(ObjectServer server) {
    return new Loop(
        "object-server",
        () -> OBJECT_SERVER_INTERVAL,
        () -> {
          if (server.ask()) {
            nodeLoop.poke();
          }
        });
  }

  private void lookAtDevices() {
    // Of a relinker that was killed, be it this agent's last process or one by hand, nobody else
    // would say that it has ended. What keeps this from being written keeps runs too, which say it.
    recon.endKilled();
    if (inventory.look()) {
      nodeLoop.poke();
      taskLoop.poke();
    }
  }

  private void lookAtNode(RingDirectory rings, StorageNodeReporter reporter) {
    List<SeenRing> now;
    try {
      now = rings.all();
    } catch (IOException e) {
      throw new UncheckedIOException("The ring directory can't be read", e);
    }
    if (!now.equals(seen)) {
      for (SeenRing ring : now) {
        if (!seen.contains(ring)) {
          LOG.infof("%s: %s, %s", ring.file(), ring.md5(), ring.powers());
        }
      }
      seen = now;
      // A task may have waited for it; and after the last step there is something to sweep up.
      taskLoop.poke();
      inventoryLoop.poke();
    }
    reporter.report();
  }

  private void workOnTasks() {
    if (taskInformer.hasSynced()) {
      executor.turn(taskInformer.getStore().list());
    }
  }

  /** Whether the API server has been reached, and the lease holds. */
  boolean inReach() {
    return contact.fresh();
  }

  /** How long ago the API server was last reached. */
  Duration lastContact() {
    return contact.age();
  }

  /** Names of the threads that hang. Devices don't count: a dying disk is mended by no restart. */
  List<String> hanging() {
    return loops.stream()
        .filter(loop -> loop != inventoryLoop)
        .filter(loop -> loop.sinceLastTurn().compareTo(patience(loop)) > 0)
        .map(Loop::name)
        .toList();
  }

  /** The heartbeat's pauses may be longer than what tells of a thread that hangs. */
  private Duration patience(Loop loop) {
    return loop == heartbeatLoop ? heartbeatHangs : HANGING;
  }

  /** How many devices there are. */
  int devices() {
    return inventory.last().map(look -> look.devices().all().size()).orElse(0);
  }

  /** The runs that are under way. */
  List<RelinkRun> runs() {
    return executor.runs();
  }

  /**
   * Stops: the runs save their state, their tasks and the Lease tell that this was meant. Takes
   * less than two seconds, whether the API server can be reached or not.
   */
  @Override
  public void close() {
    executor.stopAll();
    List<Thread> closing =
        loops.stream().map(loop -> Thread.ofVirtual().start(loop::close)).toList();
    for (Thread thread : closing) {
      join(thread, LOOPS_END);
    }
    Thread lastWords =
        Thread.ofPlatform()
            .daemon()
            .name("agent-last-words")
            .start(
                () -> {
                  executor.close(LAST_WORK);
                  if (contact.fresh()) {
                    release();
                  }
                });
    join(lastWords, LAST_WORDS);
    taskInformer.close();
    nodeInformer.close();
    ringMaps.close();
    objectServer.ifPresent(ObjectServer::close);
    LOG.info("Ringlift agent stopped");
  }

  private void release() {
    try {
      heartbeat.release();
    } catch (RuntimeException e) {
      LOG.debug("the lease was not released", e);
    }
  }

  private static void join(Thread thread, Duration patience) {
    try {
      thread.join(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
