package dev.ringlift.relinker;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What a run is to do: one step, for one policy, on the devices of one node. The powers are those
 * that the RING says: relink wants next = power + 1; cleanup wants next = power, which is the new
 * power after an increase and the old one after a cancel.
 *
 * @param devicesRoot where the devices are mounted, usually {@code /srv/node}
 * @param policy whose objects
 * @param step which step
 * @param partPower the ring's partition power
 * @param nextPartPower the ring's next partition power
 * @param ringVersion the ring's version; state that was written for another version is not trusted;
 *     empty when the ring has none
 * @param ringModified when the ring file was last written: state that was not written for the same
 *     identity is trusted only when it is younger; empty trusts any
 * @param identity the increase that this run works for; state of another, or without any, is not
 *     trusted; empty for a run by hand
 * @param devices names of the devices to work on; empty means every directory under the root
 * @param partitions partitions to work on; empty means all
 * @param parallelDevices how many devices to work on at once; 0 for all
 * @param mountCheck whether a device must be a mount point (or hold a file {@code .ismount}, as
 *     Swift has it)
 * @param lockTimeout how long to wait for the device's lock; empty waits, as Swift does, until it
 *     is free
 * @param clobberHardlinkCollisions whether another inode at the new place is moved to quarantine
 *     (relink) or kept (cleanup)
 * @param replicationSlots the object replicators' {@code replication_concurrency_per_device}, 1 by
 *     default there
 * @param reclaim remove tombstones and strays by age as Swift does; empty, the default, removes
 *     nothing by age
 * @param refuseStale whether a device that an earlier increase left uncleaned ends as {@link
 *     DeviceResult.Stale} before relink
 * @param dryRun whether to count only, without a single write
 */
public record RelinkRequest(
    Path devicesRoot,
    ObjectPolicy policy,
    Step step,
    int partPower,
    int nextPartPower,
    Optional<Long> ringVersion,
    Optional<Instant> ringModified,
    Optional<RunIdentity> identity,
    Set<String> devices,
    Set<Long> partitions,
    int parallelDevices,
    boolean mountCheck,
    Optional<Duration> lockTimeout,
    boolean clobberHardlinkCollisions,
    int replicationSlots,
    Optional<Reclaim> reclaim,
    boolean refuseStale,
    boolean dryRun) {

  /**
   * Ages as in the object server's configuration: {@code reclaim_age} and {@code commit_window}.
   */
  public record Reclaim(Duration age, Duration commitWindow) {}

  public RelinkRequest {
    if (partPower < 1 || partPower > 32 || nextPartPower < 1 || nextPartPower > 32) {
      throw new IllegalArgumentException(
          "Partition powers are 1 to 32, not " + partPower + " and " + nextPartPower);
    }
    int expected = step == Step.RELINK ? partPower + 1 : partPower;
    if (nextPartPower != expected) {
      throw new IllegalArgumentException(
          "The ring's powers %d and %d do not fit %s, which needs next = %d"
              .formatted(partPower, nextPartPower, step.swiftName(), expected));
    }
    if (replicationSlots < 0) {
      throw new IllegalArgumentException(
          "Replication slots are 0 (no device lock) or more, not " + replicationSlots);
    }
    if (parallelDevices < 0) {
      throw new IllegalArgumentException(
          "Parallel devices are 0 (all) or more, not " + parallelDevices);
    }
    devices = Set.copyOf(devices);
    partitions = Set.copyOf(partitions);
  }

  /**
   * A builder with the defaults: all devices, all partitions, mount check on, nothing else asked
   * for.
   */
  public static Builder builder(
      Path devicesRoot, ObjectPolicy policy, Step step, int partPower, int nextPartPower) {
    return new Builder(devicesRoot, policy, step, partPower, nextPartPower);
  }

  /** Collects the optional parts of a {@link RelinkRequest}. */
  public static final class Builder {
    private final Path devicesRoot;
    private final ObjectPolicy policy;
    private final Step step;
    private final int partPower;
    private final int nextPartPower;
    private Optional<Long> ringVersion = Optional.empty();
    private Optional<Instant> ringModified = Optional.empty();
    private Optional<RunIdentity> identity = Optional.empty();
    private Set<String> devices = Set.of();
    private Set<Long> partitions = Set.of();
    private int parallelDevices;
    private boolean mountCheck = true;
    private Optional<Duration> lockTimeout = Optional.empty();
    private boolean clobberHardlinkCollisions;
    private int replicationSlots = 1;
    private Optional<Reclaim> reclaim = Optional.empty();
    private boolean refuseStale = true;
    private boolean dryRun;

    private Builder(
        Path devicesRoot, ObjectPolicy policy, Step step, int partPower, int nextPartPower) {
      this.devicesRoot = devicesRoot;
      this.policy = policy;
      this.step = step;
      this.partPower = partPower;
      this.nextPartPower = nextPartPower;
    }

    public Builder ringVersion(long value) {
      ringVersion = Optional.of(value);
      return this;
    }

    public Builder ringModified(Instant value) {
      ringModified = Optional.of(value);
      return this;
    }

    public Builder identity(RunIdentity value) {
      identity = Optional.of(value);
      return this;
    }

    public Builder devices(Set<String> value) {
      devices = value;
      return this;
    }

    public Builder partitions(Set<Long> value) {
      partitions = value;
      return this;
    }

    public Builder parallelDevices(int value) {
      parallelDevices = value;
      return this;
    }

    public Builder mountCheck(boolean value) {
      mountCheck = value;
      return this;
    }

    public Builder lockTimeout(Duration value) {
      lockTimeout = Optional.of(value);
      return this;
    }

    public Builder clobberHardlinkCollisions(boolean value) {
      clobberHardlinkCollisions = value;
      return this;
    }

    public Builder replicationSlots(int value) {
      replicationSlots = value;
      return this;
    }

    public Builder reclaim(Reclaim value) {
      reclaim = Optional.of(value);
      return this;
    }

    public Builder refuseStale(boolean value) {
      refuseStale = value;
      return this;
    }

    public Builder dryRun(boolean value) {
      dryRun = value;
      return this;
    }

    public RelinkRequest build() {
      return new RelinkRequest(
          devicesRoot,
          policy,
          step,
          partPower,
          nextPartPower,
          ringVersion,
          ringModified,
          identity,
          devices,
          partitions,
          parallelDevices,
          mountCheck,
          lockTimeout,
          clobberHardlinkCollisions,
          replicationSlots,
          reclaim,
          refuseStale,
          dryRun);
    }
  }
}
