package dev.ringlift.operator.cluster;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.DeviceStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.PolicyStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingFileStatus;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingFormatException;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Does what an agent does as the operator sees it, without a disk: each {@link #tick} takes the
 * rings as they are delivered, renews the Lease, and finishes the tasks that it may.
 */
public final class SimulatedAgent {
  private static final int LEASE_SECONDS = 4;

  private final KubernetesClient client;
  private final String namespace;
  private final String node;
  private final Supplier<Map<String, byte[]>> ringFiles;
  private final List<DeviceStatus> devices = new ArrayList<>();
  private final Set<String> failing = ConcurrentHashMap.newKeySet();
  private final Set<RelinkTask> refused = ConcurrentHashMap.newKeySet();
  private volatile boolean alive = true;
  private volatile boolean working = true;
  private volatile Duration clockError = Duration.ZERO;
  private @Nullable StorageNodeStatus told;

  SimulatedAgent(
      KubernetesClient client,
      String namespace,
      String node,
      Supplier<Map<String, byte[]>> ringFiles,
      List<String> devices) {
    this.client = client;
    this.namespace = namespace;
    this.node = node;
    this.ringFiles = ringFiles;
    devices.forEach(name -> this.devices.add(device(name, true)));
  }

  private static DeviceStatus device(String name, boolean mounted) {
    return new DeviceStatus(
        name, mounted, "xfs", 1_000_000, 900_000, 1000, 1000, List.of("objects"), List.of(), null);
  }

  public String node() {
    return node;
  }

  /** From now on it does nothing at all. */
  public void stop() {
    alive = false;
  }

  public void resume() {
    alive = true;
  }

  /** By how much its clock is ahead. */
  public void setClockError(Duration error) {
    clockError = error;
  }

  /** From now on it reports and beats, but leaves tasks alone. */
  public void stopWorking() {
    working = false;
  }

  public void goOnWorking() {
    working = true;
  }

  /** Tasks end with an error on this device. */
  public void failOn(String device) {
    failing.add(device);
  }

  public void mend(String device) {
    failing.remove(device);
  }

  /** When this returns, its StorageNode tells. */
  public synchronized void unmount(String device) {
    devices.replaceAll(found -> found.name().equals(device) ? device(device, false) : found);
    report();
  }

  public synchronized void plugIn(String device) {
    devices.add(device(device, true));
  }

  /** Tasks that it would not work on: their ring is not the one that it sees. */
  public Set<RelinkTask> refused() {
    return refused;
  }

  synchronized void tick() {
    if (!alive) {
      return;
    }
    beat();
    report();
    if (working) {
      client
          .resources(RelinkTask.class)
          .inNamespace(namespace)
          .withLabel(ApiConstants.LABEL_NODE, node)
          .list()
          .getItems()
          .forEach(this::work);
    }
  }

  private void beat() {
    Lease lease =
        new LeaseBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(ApiConstants.AGENT_LEASE_PREFIX + node)
            .addToLabels(ApiConstants.LABEL_NODE, node)
            .endMetadata()
            .withNewSpec()
            .withHolderIdentity(node)
            .withLeaseDurationSeconds(LEASE_SECONDS)
            .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC).plus(clockError))
            .endSpec()
            .build();
    client.resource(lease).forceConflicts().serverSideApply();
  }

  private void report() {
    StorageNodeStatus now =
        new StorageNodeStatus(
            "sim",
            devices.size(),
            devices,
            rings(),
            List.of(),
            List.of(new PolicyStatus(0, 1, 1)),
            null,
            List.of());
    if (now.equals(told)) {
      return;
    }
    StorageNode storageNode = new StorageNode();
    storageNode.getMetadata().setNamespace(namespace);
    storageNode.getMetadata().setName(node);
    StorageNode found = client.resource(storageNode).get();
    if (found == null) {
      found = client.resource(storageNode).create();
    }
    found.setStatus(now);
    client.resource(found).updateStatus();
    told = now;
  }

  private List<RingFileStatus> rings() {
    List<RingFileStatus> rings = new ArrayList<>();
    ringFiles.get().forEach((file, content) -> rings.add(ring(file, content)));
    return rings;
  }

  private RingFileStatus ring(String file, byte[] content) {
    String md5 = Md5.hex(content);
    if (told != null) {
      for (RingFileStatus known : told.rings()) {
        if (known.file().equals(file) && known.md5().equals(md5)) {
          return known;
        }
      }
    }
    String now = Instant.now().toString();
    try {
      Ring ring = Ring.read(content);
      return new RingFileStatus(
          file, md5, ring.version(), ring.partPower(), ring.nextPartPower(), now, null);
    } catch (RingFormatException e) {
      return new RingFileStatus(file, md5, null, null, null, now, e.getMessage());
    }
  }

  private void work(RelinkTask task) {
    RelinkTaskStatus status = task.getStatus();
    long generation = Objects.requireNonNullElse(task.getMetadata().getGeneration(), 0L);
    boolean done =
        status != null
            && status.state() != State.Running
            && status.attempt() >= task.getSpec().attempt()
            && status.round() == task.getSpec().round()
            && Objects.equals(status.observedGeneration(), generation);
    if (done || task.getSpec().paused()) {
      return;
    }
    boolean sees =
        told != null
            && told.rings().stream().anyMatch(r -> r.md5().equals(task.getSpec().ringMd5()));
    if (!sees) {
      refused.add(task);
      return;
    }
    task.setStatus(result(task, generation));
    client.resource(task).updateStatus();
  }

  private RelinkTaskStatus result(RelinkTask task, long generation) {
    List<DeviceProgress> results = new ArrayList<>();
    for (String name : task.getSpec().devices()) {
      boolean ok =
          !failing.contains(name)
              && devices.stream().anyMatch(d -> d.name().equals(name) && d.mounted());
      results.add(
          new DeviceProgress(
              name,
              ok ? DeviceState.Succeeded : DeviceState.Failed,
              ok ? 64 : 10,
              64,
              100,
              100,
              0,
              ok ? 0 : 1,
              ok ? null : "Input/output error in partition 10"));
    }
    boolean ok = results.stream().allMatch(d -> d.state() == DeviceState.Succeeded);
    String now = Instant.now().toString();
    return new RelinkTaskStatus(
        ok ? State.Succeeded : State.Failed,
        ok ? "Done." : "A device failed.",
        task.getSpec().attempt(),
        task.getSpec().round(),
        generation,
        "64/64",
        100,
        100,
        0,
        ok ? 0 : 1,
        0,
        results,
        List.of(),
        now,
        now);
  }
}
