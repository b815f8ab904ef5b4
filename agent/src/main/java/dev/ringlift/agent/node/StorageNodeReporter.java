package dev.ringlift.agent.node;

import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.DeviceStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingFileStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingProblem;
import io.fabric8.kubernetes.api.model.Condition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the StorageNode equal to what the node is, and writes only when that changes: rings at
 * once, for the whole increase waits for them; devices at most once an interval.
 *
 * <p>{@link #report} is for one thread, the rest for any.
 */
public final class StorageNodeReporter {
  /** As many as the schema allows; policies beyond that are hardly met. */
  private static final int MOST_RINGS = 64;

  private final String agentVersion;
  private final boolean mountCheck;
  private final RingDirectory rings;
  private final Supplier<List<RingProblem>> ringProblems;
  private final NodeInventory inventory;
  private final Machine machine;
  private final Optional<ObjectServer> objectServer;
  private final StorageNodeApi api;
  private final Duration interval;
  private final InstantSource clock;

  private boolean recovered;
  private volatile @Nullable StorageNodeStatus written;
  private @Nullable StorageNodeStatus basis;
  private Instant writtenAt = Instant.EPOCH;

  /**
   * @param ringProblems what is not installed, and why
   * @param objectServer the node's, if it may be asked
   * @param interval the shortest time between two writes about devices
   */
  public StorageNodeReporter(
      String agentVersion,
      boolean mountCheck,
      RingDirectory rings,
      Supplier<List<RingProblem>> ringProblems,
      NodeInventory inventory,
      Machine machine,
      Optional<ObjectServer> objectServer,
      StorageNodeApi api,
      Duration interval,
      InstantSource clock) {
    this.agentVersion = agentVersion;
    this.mountCheck = mountCheck;
    this.rings = rings;
    this.ringProblems = ringProblems;
    this.inventory = inventory;
    this.machine = machine;
    this.objectServer = objectServer;
    this.api = api;
    this.interval = interval;
    this.clock = clock;
  }

  /**
   * Looks at the rings, and writes what is new. Nothing is written before the first inventory, nor
   * before the object server had its few seconds to answer: a restart would write twice.
   */
  public void report() {
    if (!recovered) {
      recover();
    }
    Optional<NodeInventory.Look> look = inventory.last();
    if (look.isEmpty() || objectServer.filter(server -> server.last().isEmpty()).isPresent()) {
      return;
    }
    StorageNodeStatus wanted = wanted(look.get());
    StorageNodeStatus last = written;
    if (wanted.equals(last)) {
      return;
    }
    boolean ringsChanged =
        last == null
            || !last.rings().equals(wanted.rings())
            || !last.ringProblems().equals(wanted.ringProblems());
    Instant now = clock.instant();
    if (ringsChanged || !now.isBefore(writtenAt.plus(interval))) {
      api.write(wanted);
      written = wanted;
      basis = wanted;
      writtenAt = now;
    }
  }

  /** The object is gone or another hand wrote it: write it again at the next report. */
  public void forget() {
    written = null;
  }

  /** Whether a status found in the API server is none that this agent wrote last. */
  boolean isForeign(@Nullable StorageNodeStatus found) {
    StorageNodeStatus last = written;
    return last != null && !last.equals(found);
  }

  private void recover() {
    Optional<StorageNodeStatus> before = api.read();
    before.ifPresent(status -> rings.remember(status.rings()));
    written = before.orElse(null);
    basis = written;
    recovered = true;
  }

  private StorageNodeStatus wanted(NodeInventory.Look look) {
    List<DeviceStatus> devices =
        look.devices().all().stream()
            .map(
                device ->
                    DeviceReport.of(
                        device,
                        look.leftovers().getOrDefault(device.name(), List.of()),
                        mountCheck,
                        before(device.name())))
            .toList();
    try {
      Optional<ObjectServer.Answer> told = objectServer.flatMap(ObjectServer::last);
      List<RingFileStatus> ringFiles =
          rings.all().stream()
              .limit(MOST_RINGS)
              .map(SeenRing::status)
              .map(
                  ring ->
                      ring.withObjectServer(
                          told.map(answer -> answer.rings().get(ring.file())).orElse(null)))
              .toList();
      List<Condition> conditions = new ArrayList<>();
      conditions.add(StaleCondition.of(devices, basis, clock.instant()));
      if (objectServer.isPresent() && told.isPresent()) {
        conditions.add(
            ObjectServerCondition.of(
                objectServer.get().name(), told.get(), ringFiles, basis, clock.instant()));
      }
      return new StorageNodeStatus(
          agentVersion,
          devices.size(),
          devices,
          ringFiles,
          ringProblems.get().stream().limit(MOST_RINGS).toList(),
          machine.policies().stream().limit(MOST_RINGS).toList(),
          machine.status().orElse(null),
          conditions);
    } catch (IOException e) {
      throw new UncheckedIOException("The ring directory can't be read", e);
    }
  }

  private @Nullable DeviceStatus before(String device) {
    StorageNodeStatus last = basis;
    return last == null
        ? null
        : last.devices().stream()
            .filter(status -> status.name().equals(device))
            .findFirst()
            .orElse(null);
  }
}
