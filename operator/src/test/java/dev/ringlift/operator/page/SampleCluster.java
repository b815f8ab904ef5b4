package dev.ringlift.operator.page;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkerSettings;
import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.DeviceStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingFileStatus;
import dev.ringlift.operator.observe.ClusterReader;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** A cluster that is nothing but what caches hold of it; for many threads. */
final class SampleCluster implements ClusterReader {
  static final String NAMESPACE = "swift";
  static final String MD5 = "0123456789abcdef0123456789abcdef";
  static final int PARTITIONS = 512;

  private final Map<String, PartitionPowerIncrease> increases = new ConcurrentSkipListMap<>();
  private final Map<String, RelinkTask> tasks = new ConcurrentSkipListMap<>();
  private final Map<String, StorageNode> nodes = new ConcurrentSkipListMap<>();
  private final Map<String, Lease> leases = new ConcurrentSkipListMap<>();
  private final AtomicInteger calls = new AtomicInteger();

  /** How often it was asked for increases. */
  int calls() {
    return calls.get();
  }

  void put(PartitionPowerIncrease increase) {
    increases.put(increase.getMetadata().getName(), increase);
  }

  void remove(String increase) {
    increases.remove(increase);
  }

  /** A node with devices d1, d2 and so on, all mounted, and the present ring. */
  void addNode(String name, int devices, Instant renewed) {
    putNode(
        name, IntStream.rangeClosed(1, devices).mapToObj(i -> device("d" + i, true)).toList(), MD5);
    heard(name, renewed);
  }

  void putNode(String name, List<DeviceStatus> devices, String ringMd5) {
    StorageNode node = new StorageNode();
    node.setMetadata(new ObjectMetaBuilder().withNamespace(NAMESPACE).withName(name).build());
    node.setStatus(
        new StorageNodeStatus(
            "0.1.0",
            devices.size(),
            devices,
            List.of(
                new RingFileStatus(
                    "object.ring.gz", ringMd5, 7L, 10, 11, "2026-05-01T10:00:00Z", null)),
            List.of()));
    nodes.put(name, node);
  }

  static DeviceStatus device(String name, boolean mounted) {
    return new DeviceStatus(
        name,
        mounted,
        "xfs",
        1_000_000,
        900_000,
        42445,
        42445,
        List.of("objects"),
        List.of(),
        null);
  }

  void heard(String node, Instant renewed) {
    leases.put(
        node,
        new LeaseBuilder()
            .withNewMetadata()
            .withNamespace(NAMESPACE)
            .withName(ApiConstants.AGENT_LEASE_PREFIX + node)
            .endMetadata()
            .withNewSpec()
            .withRenewTime(renewed.atZone(ZoneOffset.UTC))
            .withLeaseDurationSeconds(300)
            .endSpec()
            .build());
  }

  /** A task of the first cycle; its devices are what was made of them. */
  void putTask(
      String uid, String node, Step step, RelinkTaskStatus.State state, DeviceProgress... devices) {
    RelinkTask task = new RelinkTask();
    task.setMetadata(
        new ObjectMetaBuilder().withNamespace(NAMESPACE).withName(node + "-" + step).build());
    List<String> names = List.of(devices).stream().map(DeviceProgress::name).toList();
    task.setSpec(
        new RelinkTaskSpec(
            uid, 1, node, 0, step, 10, 11, MD5, 7, 0, names, 1, false, RelinkerSettings.DEFAULTS));
    long errors = List.of(devices).stream().mapToLong(DeviceProgress::errors).sum();
    task.setStatus(
        new RelinkTaskStatus(
            state,
            null,
            1,
            0,
            1L,
            "",
            100,
            90,
            0,
            errors,
            250,
            List.of(devices),
            List.of(),
            null,
            null));
    tasks.put(uid + node + step, task);
  }

  /** A device that is this far; done when it is at its end. */
  static DeviceProgress progress(String device, long done) {
    DeviceState state =
        done == PARTITIONS
            ? DeviceState.Succeeded
            : done == 0 ? DeviceState.Pending : DeviceState.Running;
    return new DeviceProgress(device, state, done, PARTITIONS, done * 5, done * 5, 0, 0, null);
  }

  static DeviceProgress failed(String device, String message) {
    return new DeviceProgress(device, DeviceState.Failed, 17, PARTITIONS, 80, 70, 0, 3, message);
  }

  @Override
  public List<PartitionPowerIncrease> increases(String namespace) {
    calls.incrementAndGet();
    return new ArrayList<>(increases.values());
  }

  @Override
  public List<RelinkTask> tasks(String namespace, String increaseUid) {
    return tasks.values().stream()
        .filter(task -> task.getSpec().increaseUid().equals(increaseUid))
        .toList();
  }

  @Override
  public List<StorageNode> storageNodes(String namespace) {
    return new ArrayList<>(nodes.values());
  }

  @Override
  public List<Lease> leases(String namespace) {
    return new ArrayList<>(leases.values());
  }

  @Override
  public List<Node> nodes() {
    throw new UnsupportedOperationException("the page does not look at Nodes");
  }

  @Override
  public List<Pod> pods(String namespace) {
    throw new UnsupportedOperationException("the page does not look at pods");
  }

  @Override
  public Optional<HasMetadata> workload(String namespace, Consumer.Kind kind, String name) {
    throw new UnsupportedOperationException("the page does not look at workloads");
  }
}
