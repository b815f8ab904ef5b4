package dev.ringlift.bench.scale;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.DeviceStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingFileStatus;
import dev.ringlift.ring.RingDevice;
import io.fabric8.kubernetes.api.model.ContainerImage;
import io.fabric8.kubernetes.api.model.ContainerImageBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Nodes whose agents write what real ones write, when they write it: a StorageNode for each new
 * ring, a Lease every 120 s, of each task that it runs, how far it is from time to time, and that
 * it is done. They share one connection and one watch, which real ones don't; no disk is touched.
 */
final class Fleet implements AutoCloseable {
  static final int DEVICES = 12;
  static final String RING_FILE = "object.ring.gz";

  private static final Duration RENEWAL = Duration.ofMinutes(2);
  private static final int LEASE_SECONDS = 300;
  private static final long PARTITIONS = 4096;

  private final KubernetesClient client;
  private final String namespace;
  private final int size;
  private final Duration work;
  private final Duration progress;
  private final Duration spread;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(
          Thread.ofVirtual().uncaughtExceptionHandler(Fleet::tell).factory());

  /** More at once than the API server of a small machine answers in good time help nobody. */
  private final Semaphore requests = new Semaphore(32);

  private final Random random = new Random(7);
  private final Set<String> begun = ConcurrentHashMap.newKeySet();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicLong lastDone = new AtomicLong();
  private final AtomicLong writes = new AtomicLong();

  /**
   * @param work how long a node takes for a step, more or less
   * @param progress between two writes of how far it is
   * @param spread how much later than the first node the last one has a new ring
   */
  Fleet(
      KubernetesClient client,
      String namespace,
      int size,
      Duration work,
      Duration progress,
      Duration spread) {
    this.client = client;
    this.namespace = namespace;
    this.size = size;
    this.work = work;
    this.progress = progress;
    this.spread = spread;
  }

  /** The devices of the ring: nodes in eight zones. */
  List<RingDevice> devices() {
    List<RingDevice> devices = new ArrayList<>();
    for (int node = 0; node < size; node++) {
      for (int device = 0; device < DEVICES; device++) {
        String ip = address(node);
        devices.add(
            new RingDevice(
                devices.size(), 1, node % 8 + 1, ip, 6200, ip, 6200, "d" + device, 100, ""));
      }
    }
    return devices;
  }

  private static String address(int node) {
    return "10.%d.%d.%d".formatted(node >> 16, node >> 8 & 255, node & 255);
  }

  private static String name(int node) {
    return "storage-%05d".formatted(node);
  }

  /** Registers the nodes, and starts their agents; comes back when all have said that they live. */
  void start(SeenRing ring) {
    forEachNode(
        node -> {
          request(() -> register(node));
          request(() -> client.resource(pod(node)).create());
          request(() -> client.resource(storageNode(node)).create());
          request(() -> beat(node));
          request(() -> report(node, ring));
        });
    for (int node = 0; node < size; node++) {
      int number = node;
      threads.execute(
          () -> {
            pause(Duration.ofMillis(random.nextLong(RENEWAL.toMillis())));
            while (true) {
              request(() -> beat(number));
              pause(RENEWAL.multipliedBy(80 + random.nextInt(40)).dividedBy(100));
            }
          });
    }
  }

  private void forEachNode(IntConsumer action) {
    List<Future<?>> all = new ArrayList<>();
    for (int node = 0; node < size; node++) {
      int number = node;
      all.add(threads.submit(() -> action.accept(number)));
    }
    for (Future<?> one : all) {
      try {
        one.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      } catch (ExecutionException e) {
        throw new IllegalStateException("a node could not be made", e);
      }
    }
  }

  private void register(int node) {
    Node object =
        new NodeBuilder()
            .withNewMetadata()
            .withName(name(node))
            .addToLabels("topology.kubernetes.io/zone", "zone-" + node % 8)
            .endMetadata()
            .withNewStatus()
            .addNewAddress()
            .withType("InternalIP")
            .withAddress(address(node))
            .endAddress()
            .withImages(images())
            .endStatus()
            .build();
    client.nodes().resource(object).create();
    client.nodes().resource(object).patchStatus();
  }

  /** A kubelet names fifty at most: most of what a Node object is. */
  private static List<ContainerImage> images() {
    return IntStream.range(0, 50)
        .mapToObj(
            number ->
                new ContainerImageBuilder()
                    .withNames(
                        "registry.example/project/image-%d@sha256:%064d".formatted(number, number),
                        "registry.example/project/image-%d:1.0.%d".formatted(number, number))
                    .withSizeBytes(100_000_000L)
                    .build())
        .toList();
  }

  /** The agent's. */
  private Pod pod(int node) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName("ringlift-agent-%05d".formatted(node))
        .addToLabels(ApiConstants.LABEL_COMPONENT, ApiConstants.COMPONENT_AGENT)
        .endMetadata()
        .withNewSpec()
        .withNodeName(name(node))
        .withAutomountServiceAccountToken(false)
        .addNewContainer()
        .withName("agent")
        .withImage("ringlift-agent")
        .endContainer()
        .endSpec()
        .build();
  }

  private StorageNode storageNode(int node) {
    StorageNode object = new StorageNode();
    object.getMetadata().setNamespace(namespace);
    object.getMetadata().setName(name(node));
    return object;
  }

  private void beat(int node) {
    Lease lease =
        new LeaseBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(ApiConstants.AGENT_LEASE_PREFIX + name(node))
            .addToLabels(ApiConstants.LABEL_NODE, name(node))
            .endMetadata()
            .withNewSpec()
            .withHolderIdentity(name(node))
            .withLeaseDurationSeconds(LEASE_SECONDS)
            .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
            .endSpec()
            .build();
    client.resource(lease).forceConflicts().serverSideApply();
  }

  /** A ring as an agent tells of it. */
  record SeenRing(String md5, long version, int partPower, @Nullable Integer nextPartPower) {}

  private void report(int node, SeenRing ring) {
    List<DeviceStatus> devices = new ArrayList<>();
    for (int device = 0; device < DEVICES; device++) {
      devices.add(
          new DeviceStatus(
              "d" + device,
              true,
              "xfs",
              800_000_000,
              700_000_000,
              1000,
              1000,
              List.of("objects"),
              List.of(),
              null));
    }
    RingFileStatus file =
        new RingFileStatus(
            RING_FILE,
            ring.md5(),
            ring.version(),
            ring.partPower(),
            ring.nextPartPower(),
            Instant.now().toString(),
            null);
    StorageNode object = storageNode(node);
    object.setStatus(
        new StorageNodeStatus("bench", devices.size(), devices, List.of(file), List.of()));
    client.resource(object).patchStatus();
  }

  /** The store has this ring now: each node gets it, sooner or later. */
  void deliver(SeenRing ring) {
    for (int node = 0; node < size; node++) {
      int number = node;
      threads.execute(
          () -> {
            pause(Duration.ofMillis(random.nextLong(Math.max(1, spread.toMillis()))));
            request(() -> report(number, ring));
          });
    }
  }

  /** A task was seen; it is begun unless it has been already. */
  void work(RelinkTask task) {
    if (!task.getSpec().paused() && begun.add(task.getMetadata().getName())) {
      threads.execute(() -> run(task));
    }
  }

  private void run(RelinkTask task) {
    Instant start = Instant.now();
    Duration takes = work.multipliedBy(80 + random.nextInt(40)).dividedBy(100);
    for (Duration elapsed = Duration.ZERO;
        elapsed.compareTo(takes) < 0;
        elapsed = Duration.between(start, Instant.now())) {
      double share = (double) elapsed.toMillis() / takes.toMillis();
      request(() -> say(task, share, start));
      Duration left = takes.minus(elapsed);
      pause(left.compareTo(progress) < 0 ? left : progress);
    }
    request(() -> say(task, 1, start));
    lastDone.accumulateAndGet(System.nanoTime(), Math::max);
    done.incrementAndGet();
  }

  private void say(RelinkTask task, double share, Instant start) {
    boolean all = share >= 1;
    List<DeviceProgress> devices = new ArrayList<>();
    for (String name : task.getSpec().devices()) {
      long partitions = (long) (PARTITIONS * share);
      boolean relink = task.getSpec().step() == Step.Relink;
      devices.add(
          new DeviceProgress(
              name,
              all ? DeviceState.Succeeded : DeviceState.Running,
              partitions,
              PARTITIONS,
              partitions * 1000,
              relink ? partitions * 1000 : 0,
              relink ? 0 : partitions * 1000,
              0,
              null));
    }
    long files = devices.stream().mapToLong(DeviceProgress::files).sum();
    RelinkTask changed = new RelinkTask();
    changed.getMetadata().setNamespace(namespace);
    changed.getMetadata().setName(task.getMetadata().getName());
    changed.setSpec(task.getSpec());
    changed.setStatus(
        new RelinkTaskStatus(
            all ? State.Succeeded : State.Running,
            null,
            task.getSpec().attempt(),
            task.getSpec().round(),
            task.getMetadata().getGeneration(),
            (long) (PARTITIONS * share * devices.size()) + "/" + PARTITIONS * devices.size(),
            files,
            files,
            0,
            0,
            all ? 0 : 50_000,
            devices,
            List.of(),
            start.toString(),
            all ? Instant.now().toString() : null));
    client.resource(changed).patchStatus();
  }

  /** How many tasks have ended. */
  int done() {
    return done.get();
  }

  /** When the last of them had, in the time of {@link System#nanoTime()}. */
  long lastDone() {
    return lastDone.get();
  }

  /** All writes of all agents so far. */
  long writes() {
    return writes.get();
  }

  private void request(Runnable request) {
    while (true) {
      requests.acquireUninterruptibly();
      try {
        request.run();
        writes.incrementAndGet();
        return;
      } catch (KubernetesClientException e) {
        if (threads.isShutdown()) {
          return;
        }
      } finally {
        requests.release();
      }
      pause(Duration.ofSeconds(1));
    }
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Closed(e);
    }
  }

  /** Ends an agent's thread. */
  private static final class Closed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Closed(InterruptedException cause) {
      super("the fleet is closed", cause);
    }
  }

  private static void tell(Thread thread, Throwable problem) {
    if (!(problem instanceof Closed)) {
      System.err.println("an agent has ended: " + problem);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
