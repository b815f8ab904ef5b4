package dev.ringlift.bench.scale;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.bench.scale.Fleet.SeenRing;
import dev.ringlift.bench.scale.ScaleBenchmark.Figures;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.testkit.kube.ApiServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/** One increase, from its application to Complete, with this many nodes. */
final class ScaleRun implements AutoCloseable {
  private static final String INCREASE = "grow";
  private static final String MAP = "swift-rings";
  private static final int PART_POWER = 12;
  private static final Duration WORK = Duration.ofSeconds(20);
  private static final Duration PROGRESS = Duration.ofSeconds(15);
  private static final Duration SPREAD = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofMinutes(15);

  private final KubernetesClient client;
  private final String namespace;
  private final int size;
  private final Fleet fleet;
  private final OperatorWrites writes = new OperatorWrites();
  private final List<SharedIndexInformer<?>> informers = new ArrayList<>();
  private final OperatorProcess operator;
  private volatile String ring = "";
  private volatile Duration afterRelink = Duration.ZERO;
  private volatile Duration afterCleanup = Duration.ZERO;

  ScaleRun(ApiServer server, Path root, int size) throws RingFormatException {
    this.client = server.client();
    this.size = size;
    server.kubectl("apply", "--server-side", "-f", root.resolve("crds").toString()).orThrow();
    server
        .kubectl(
            "wait",
            "--for=condition=Established",
            "--timeout=60s",
            "-f",
            root.resolve("crds").toString())
        .orThrow();
    namespace = server.newNamespace("scale");
    fleet = new Fleet(client, namespace, size, WORK, PROGRESS, SPREAD);
    byte[] first = RingBuilder.create(PART_POWER, 3, fleet.devices()).toRing(1).toBytes();
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(MAP)
                .endMetadata()
                .addToBinaryData(Fleet.RING_FILE, Base64.getEncoder().encodeToString(first))
                .build())
        .create();
    fleet.start(seen(first));
    operator =
        new OperatorProcess(
            server,
            namespace,
            root.resolve("operator/target/quarkus-app/quarkus-run.jar"),
            root.resolve("src/bench/target/operator-%d.log".formatted(size)));
    operator.awaitStart();
    watch();
    server
        .apply(
            """
            apiVersion: ringlift.dev/v1alpha1
            kind: PartitionPowerIncrease
            metadata: {name: %s, namespace: %s}
            spec:
              policyIndex: 0
              targetPartPower: %d
              ring: {configMaps: [%s], builder: Absent}
              acknowledge: [NoProxyProof, UnprovenConsumer]
              verify: None
            """
                .formatted(INCREASE, namespace, PART_POWER + 1, MAP))
        .orThrow();
  }

  private void watch() {
    informers.add(
        client
            .resources(RelinkTask.class)
            .inNamespace(namespace)
            .inform(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(RelinkTask task) {
                    writes.count();
                    fleet.work(task);
                  }

                  @Override
                  public void onUpdate(RelinkTask before, RelinkTask after) {
                    if (!Objects.equals(
                        before.getMetadata().getGeneration(),
                        after.getMetadata().getGeneration())) {
                      writes.count();
                    }
                    writes.size(client.getKubernetesSerialization().asJson(after).length());
                    fleet.work(after);
                  }

                  @Override
                  public void onDelete(RelinkTask task, boolean finalStateUnknown) {
                    // None is removed: there is no garbage collector.
                  }
                }));
    informers.add(
        client
            .resources(PartitionPowerIncrease.class)
            .inNamespace(namespace)
            .inform(writes.handler(client, true)));
    informers.add(client.v1().events().inNamespace(namespace).inform(writes.handler(client, true)));
    informers.add(client.configMaps().inNamespace(namespace).inform(ringHandler()));
  }

  private ResourceEventHandler<ConfigMap> ringHandler() {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(ConfigMap added) {
        if (added.getMetadata().getName().equals(MAP)) {
          ring = ringOf(added);
        } else {
          writes.count();
        }
      }

      @Override
      public void onUpdate(ConfigMap before, ConfigMap after) {
        writes.count();
        if (after.getMetadata().getName().equals(MAP)) {
          published(ringOf(after));
        }
      }

      @Override
      public void onDelete(ConfigMap removed, boolean finalStateUnknown) {
        // The ring stays.
      }
    };
  }

  private static String ringOf(ConfigMap map) {
    return Objects.requireNonNull(map.getBinaryData().get(Fleet.RING_FILE), "the map has no ring");
  }

  private void published(String base64) {
    if (base64.equals(ring)) {
      return;
    }
    ring = base64;
    Duration since = Duration.ofNanos(System.nanoTime() - fleet.lastDone());
    try {
      SeenRing now = seen(Base64.getDecoder().decode(base64));
      if (now.nextPartPower() == null) {
        afterCleanup = since;
      } else if (now.nextPartPower() == now.partPower()) {
        afterRelink = since;
      }
      fleet.deliver(now);
    } catch (RingFormatException e) {
      throw new IllegalStateException("the operator published what is no ring", e);
    }
  }

  private static SeenRing seen(byte[] file) throws RingFormatException {
    Ring ring = Ring.read(file);
    return new SeenRing(
        Md5.hex(file),
        Objects.requireNonNullElse(ring.version(), 0L),
        ring.partPower(),
        ring.nextPartPower());
  }

  /** Waits for Complete, and gives what it took. */
  Figures toTheEnd() throws InterruptedException {
    long start = System.nanoTime();
    double processorBefore = operator.processor();
    PartitionPowerIncreaseStatus status = null;
    while (status == null || status.phase() != Phase.Complete) {
      Thread.sleep(Duration.ofSeconds(1));
      status =
          client
              .resources(PartitionPowerIncrease.class)
              .inNamespace(namespace)
              .withName(INCREASE)
              .require()
              .getStatus();
      if (!operator.isAlive() || System.nanoTime() - start > LONGEST.toNanos()) {
        throw new IllegalStateException(
            "not Complete: %s%n%s"
                .formatted(status == null ? "" : status.message(), operator.tail()));
      }
    }
    Duration wholeWay = Duration.ofNanos(System.nanoTime() - start);
    client
        .resources(StorageNode.class)
        .inNamespace(namespace)
        .list()
        .getItems()
        .forEach(node -> writes.size(client.getKubernetesSerialization().asJson(node).length()));
    return new Figures(
        size,
        wholeWay,
        afterRelink,
        afterCleanup,
        operator.processor() - processorBefore,
        operator.liveHeap(),
        operator.peakResident(),
        writes.total(),
        writes.sustained(),
        writes.peak(),
        fleet.writes(),
        writes.largest());
  }

  @Override
  public void close() {
    operator.close();
    fleet.close();
    informers.forEach(SharedIndexInformer::close);
  }
}
