package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck.Result;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.DeviceStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.MachineStatus;
import dev.ringlift.operator.plan.DeviceMap.Place;
import dev.ringlift.operator.plan.Observation.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The checks, before a Prepare ring is published, of what an increase takes: inodes for a while and
 * for good, memory, time.
 *
 * <p>What a device holds is told by its used inodes alone: an object takes at least two (its
 * directory and a file) and, where few share a suffix directory, up to three; other policies may
 * have some of them.
 */
final class ResourceChecks {
  private static final int SUFFIXES = 4096;

  /** About what the kernel keeps of a directory: its inode and its entry. */
  private static final long BYTES_OF_INODE = 1200;

  private static final int DEFAULT_PRESSURE = 100;

  /** Objects that a node relinks or cleans up in a second, at best. */
  private static final double BEST_RATE = 20_000;

  private final Observation seen;
  private final PartitionPowerIncreaseSpec spec;
  private final DeviceMap devices;
  private final long[] partitions;
  private final Instant now;
  private final String dataDir;
  private final CheckList checks;

  private ResourceChecks(Scene scene, CheckList checks) {
    this.checks = checks;
    this.seen = scene.seen();
    this.spec = scene.spec();
    this.devices = scene.devices();
    this.partitions = scene.ring().partitionsByDevice();
    this.now = scene.now();
    this.dataDir = DataDir.of(spec.policyIndex());
  }

  static void make(Scene scene, CheckList checks) {
    ResourceChecks resources = new ResourceChecks(scene, checks);
    resources.checkInodes();
    resources.checkLastingInodes();
    resources.checkMemory();
    resources.checkTime();
    resources.checkAuditors();
  }

  /** Every directory of an object exists twice until cleanup is done. */
  private void checkInodes() {
    List<String> impossible = new ArrayList<>();
    List<String> tight = new ArrayList<>();
    for (Node node : seen.nodes()) {
      for (DeviceStatus device : devicesOf(node)) {
        long used = used(device);
        String figures =
            "Device %s of node %s has %,d free inodes and %,d used ones"
                .formatted(device.name(), node.name(), device.inodesFree(), used);
        if (device.inodesFree() < used / 6) {
          impossible.add(figures + ": not enough for a second tree of directories.");
        } else if (device.inodesFree() < used / 3 * 2) {
          tight.add(figures + ": a second tree of directories may need more.");
        }
      }
    }
    checks.judge(
        Check.FreeInodes,
        impossible,
        tight,
        "All devices have inodes for a second tree of directories.");
  }

  /** Directories of partitions and suffixes stay doubled, as far as there are objects for them. */
  private void checkLastingInodes() {
    List<String> tight = new ArrayList<>();
    long most = 0;
    for (Node node : seen.nodes()) {
      Map<String, Long> ofDevices = partitionsOf(node);
      for (DeviceStatus device : devicesOf(node)) {
        long directories = ofDevices.getOrDefault(device.name(), 0L);
        long lasting = directories + Math.min(used(device) / 3, directories * SUFFIXES);
        most = Math.max(most, lasting);
        if (device.inodesFree() - lasting < device.inodesTotal() / 20) {
          tight.add(
              "Device %s of node %s would have %,d inodes fewer for good, of %,d free ones."
                  .formatted(device.name(), node.name(), lasting, device.inodesFree()));
        }
      }
    }
    checks.warnIf(
        Check.LastingInodes,
        tight,
        "Each doubling takes at most %,d inodes of a device for good (directories of partitions and suffixes)."
            .formatted(most));
  }

  private Map<String, Long> partitionsOf(Node node) {
    Map<String, Long> all = new HashMap<>();
    for (Place place : devices.places()) {
      int id = place.device().id();
      if (place.nodes().contains(node.name()) && id < partitions.length) {
        all.put(place.device().device(), partitions[id]);
      }
    }
    return all;
  }

  /** Swift's servers are slow once the kernel has to read directories from the disks again. */
  private void checkMemory() {
    List<String> advice = new ArrayList<>();
    for (Node node : seen.nodes()) {
      MachineStatus machine = node.inventory() == null ? null : node.inventory().machine();
      long more = devicesOf(node).stream().mapToLong(device -> used(device) / 2).sum();
      long bytes = more * BYTES_OF_INODE;
      if (machine != null && bytes > machine.memoryBytes() / 4) {
        advice.add(
            String.format(
                Locale.ROOT,
                "On node %s up to %,d directories more want about %,d MiB of cache until cleanup is done, of %,d MiB of memory; vm.vfs_cache_pressure is %d%s.",
                node.name(),
                more,
                bytes >> 20,
                machine.memoryBytes() >> 20,
                machine.vfsCachePressure(),
                machine.vfsCachePressure() >= DEFAULT_PRESSURE
                    ? ", and 1 would keep directories cached before all else"
                    : ""));
      }
    }
    checks.warnIf(
        Check.Memory,
        advice,
        "No node is known to have too little memory to keep a second tree of directories cached.");
  }

  /**
   * Nobody knows yet how fast the disks are: refused is only what could not end in time if they
   * were as fast as any, or by the limit that the user has set.
   */
  private void checkTime() {
    double seconds = 0;
    long most = 0;
    double slowest = 0;
    int working = 0;
    int limit = spec.relinker().filesPerSecond();
    for (Node node : seen.nodes()) {
      List<DeviceStatus> all = devicesOf(node);
      long objects = all.stream().mapToLong(device -> used(device) / 3).sum();
      double rate = limit > 0 ? Math.min(BEST_RATE, limit) : BEST_RATE;
      double time = all.isEmpty() ? 0 : objects / rate;
      working += all.isEmpty() ? 0 : 1;
      most = Math.max(most, objects);
      slowest = Math.max(slowest, time);
      seconds += time;
    }
    int atOnce = NodeTurns.limit(spec.nodes().maxConcurrent(), Math.max(1, working));
    Duration work = Duration.ofSeconds((long) Math.max(slowest, seconds / atOnce));
    Duration reclaimAge = Times.duration(spec.reclaimAge());
    Windows windows = Windows.of(spec.windows());
    boolean tooLong = windows.endOf(work, now).isAfter(now.plus(reclaimAge));
    boolean suspendedTooLong =
        windows.endOf(work.multipliedBy(2), now).isAfter(now.plus(reclaimAge));
    String figures =
        "%,d objects or more on the fullest node: each step takes at least %s%s."
            .formatted(
                most, Times.inWords(work), spec.windows().isEmpty() ? "" : " in the windows");
    String advice =
        " Raise reclaim_age on the object servers for the time of the increase: meanwhile nobody repairs replicas, and cleanup has to end within reclaimAge (%s)."
            .formatted(spec.reclaimAge());
    if (tooLong) {
      checks.add(
          Check.TimeBudget,
          Result.Failed,
          figures
              + " That is longer than reclaimAge (%s), within which cleanup has to end. Widen spec.windows, let more nodes work at once, raise spec.relinker.filesPerSecond; or raise reclaim_age on the object servers, and here."
                  .formatted(spec.reclaimAge()));
    } else {
      checks.add(
          Check.TimeBudget, suspendedTooLong ? Result.Warning : Result.Passed, figures + advice);
    }
  }

  private void checkAuditors() {
    checks.add(
        Check.AuditorLoad,
        Result.Passed,
        "Until cleanup is done, object auditors may read each object twice: where disks are busy, lower their files_per_second, or stop them for that time.");
  }

  private static long used(DeviceStatus device) {
    return device.inodesTotal() - device.inodesFree();
  }

  /** Those of a node that have to be done, and count their inodes. */
  private List<DeviceStatus> devicesOf(Node node) {
    if (node.inventory() == null) {
      return List.of();
    }
    Set<String> required = devices.required(node, dataDir);
    return node.inventory().devices().stream()
        .filter(device -> required.contains(device.name()) && device.inodesTotal() > 0)
        .toList();
  }
}
