package dev.ringlift.e2e.demo;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.RingStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingFileStatus;
import dev.ringlift.e2e.cluster.StorageHost;
import dev.ringlift.e2e.cluster.SwiftCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads from the API server what the demo shows: what any user could read there. */
final class ViewReader {
  private final SwiftCluster cluster;
  private final String increase;
  private final Instant start = Instant.now();
  private final Map<Phase, Duration> phases = new EnumMap<>(Phase.class);
  private Instant lastRead = start;

  ViewReader(SwiftCluster cluster, String increase) {
    this.cluster = cluster;
    this.increase = increase;
  }

  View read() {
    Optional<PartitionPowerIncreaseStatus> status =
        cluster.increase(increase).map(PartitionPowerIncrease::getStatus);
    Phase phase = status.map(PartitionPowerIncreaseStatus::phase).orElse(Phase.Pending);
    Instant now = Instant.now();
    phases.merge(phase, Duration.between(lastRead, now), Duration::plus);
    lastRead = now;
    @Nullable RingStatus ring = status.map(PartitionPowerIncreaseStatus::ring).orElse(null);
    Map<String, RelinkTask> tasks = tasks(step(phase));
    List<View.Node> nodes = nodes(ring, tasks);
    return new View(
        phase,
        status.map(PartitionPowerIncreaseStatus::message).orElse(""),
        ring(ring),
        Optional.ofNullable(step(phase)).map(Step::name).orElse(""),
        totals(tasks),
        remaining(status, now),
        nodes,
        new EnumMap<>(phases),
        Duration.between(start, now));
  }

  private static @Nullable Step step(Phase phase) {
    return switch (phase) {
      case Relinking, Increasing -> Step.Relink;
      case CleaningUp, Finishing, Complete -> Step.Cleanup;
      default -> null;
    };
  }

  private Map<String, RelinkTask> tasks(@Nullable Step step) {
    Map<String, RelinkTask> tasks = new HashMap<>();
    if (step != null) {
      for (RelinkTask task : cluster.tasks()) {
        if (task.getSpec().step() == step) {
          tasks.put(task.getSpec().nodeName(), task);
        }
      }
    }
    return tasks;
  }

  private List<View.Node> nodes(@Nullable RingStatus ring, Map<String, RelinkTask> tasks) {
    Map<String, StorageNodeStatus> known = new HashMap<>();
    for (StorageNode node : cluster.storageNodes()) {
      if (node.getStatus() != null) {
        known.put(node.getMetadata().getName(), node.getStatus());
      }
    }
    List<View.Node> nodes = new ArrayList<>();
    for (StorageHost host : cluster.hosts()) {
      Optional<RingFileStatus> sees =
          Optional.ofNullable(known.get(host.name())).stream()
              .flatMap(status -> status.rings().stream())
              .findFirst();
      RelinkTask task = tasks.get(host.name());
      RelinkTaskStatus status = task == null ? null : task.getStatus();
      nodes.add(
          new View.Node(
              host.name(),
              sees.map(seen -> powers(seen.partPower(), seen.nextPartPower())).orElse("–"),
              ring != null && sees.map(RingFileStatus::md5).filter(ring.md5()::equals).isPresent(),
              status == null ? "" : status.state().name(),
              devices(host, status)));
    }
    return nodes;
  }

  private static List<View.Device> devices(StorageHost host, @Nullable RelinkTaskStatus status) {
    Map<String, RelinkTaskStatus.DeviceProgress> progress = new HashMap<>();
    if (status != null) {
      status.devices().forEach(device -> progress.put(device.name(), device));
    }
    return host.devices().stream()
        .map(
            name -> {
              RelinkTaskStatus.DeviceProgress at = progress.get(name);
              return at == null
                  ? new View.Device(name, "", 0, 0, 0, 0)
                  : new View.Device(
                      name,
                      at.state().name(),
                      at.partitionsDone(),
                      at.partitionsTotal(),
                      at.linked(),
                      at.removed());
            })
        .toList();
  }

  private static View.Ring ring(@Nullable RingStatus ring) {
    return ring == null
        ? new View.Ring("–", "", 0, 0)
        : new View.Ring(
            powers(ring.partPower(), ring.nextPartPower()),
            ring.md5(),
            ring.consumersCurrent(),
            ring.consumersTotal());
  }

  private static String powers(@Nullable Integer power, @Nullable Integer next) {
    return power == null ? "unreadable" : next == null ? "" + power : power + ", next " + next;
  }

  private static View.Totals totals(Map<String, RelinkTask> tasks) {
    long done = 0;
    long total = 0;
    long linked = 0;
    long removed = 0;
    long errors = 0;
    long rate = 0;
    for (RelinkTask task : tasks.values()) {
      RelinkTaskStatus status = task.getStatus();
      if (status != null) {
        for (RelinkTaskStatus.DeviceProgress device : status.devices()) {
          done += device.partitionsDone();
          total += device.partitionsTotal();
        }
        linked += status.linked();
        removed += status.removed();
        errors += status.errors();
        rate += status.filesPerSecond();
      }
    }
    return new View.Totals(done, total, linked, removed, errors, rate);
  }

  private static @Nullable Duration remaining(
      Optional<PartitionPowerIncreaseStatus> status, Instant now) {
    return status
        .map(PartitionPowerIncreaseStatus::progress)
        .map(PartitionPowerIncreaseStatus.Progress::estimatedCompletion)
        .map(Instant::parse)
        .map(then -> Duration.between(now, then))
        .filter(Duration::isPositive)
        .orElse(null);
  }
}
