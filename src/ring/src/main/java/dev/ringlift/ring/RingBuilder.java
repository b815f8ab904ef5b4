package dev.ringlift.ring;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A Swift builder file ({@code object.builder}): what rings are made from. Immutable. Read from any
 * pickle protocol and written in protocol 2, as swift.common.ring.builder does (2.38.3); keys that
 * are not known here are kept.
 */
public final class RingBuilder {
  private final Dict root;
  private final Power power;
  private final List<@Nullable RingDevice> devices;
  private final AssignmentTable table;

  RingBuilder(Dict root, Power power, List<@Nullable RingDevice> devices, AssignmentTable table) {
    this.root = root;
    this.power = power;
    this.devices = devices;
    this.table = table;
  }

  /**
   * Reads a builder.
   *
   * @param pickle the whole file
   * @throws RingFormatException if it is anything but a builder; nothing in it is ever executed
   */
  public static RingBuilder read(byte[] pickle) throws RingFormatException {
    return BuilderFormat.read(pickle);
  }

  /**
   * A new builder whose devices get equal shares, the replicas of a partition lying as far apart as
   * taking devices of the zones in turn brings them. Weights count only in that a device of weight
   * 0 gets nothing; Swift's rebalance can refine the rest.
   *
   * @param partPower 0 to 29
   * @param replicas at least 1, at most the number of devices with weight; may be fractional
   * @param devices with ids from 0 on, in order
   */
  public static RingBuilder create(int partPower, double replicas, List<RingDevice> devices) {
    return BuilderFactory.balanced(partPower, replicas, devices);
  }

  /**
   * A new builder with a given table.
   *
   * @param rows for each replica the device id of each partition; the last row may be shorter
   * @param devices by id; null is a hole
   */
  public static RingBuilder create(
      int partPower, List<int[]> rows, List<@Nullable RingDevice> devices) {
    return BuilderFactory.assigned(partPower, rows, devices);
  }

  /** The file: the same bytes for the same builder, always. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
    try {
      writeTo(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  /** Writes the file; the stream stays open. */
  public void writeTo(OutputStream stream) throws IOException {
    PickleWriter.write(root, stream);
  }

  public int partPower() {
    return power.current();
  }

  /** Present during an increase: the power that is coming, or the current one before Finish. */
  public @Nullable Integer nextPartPower() {
    return power.next();
  }

  /** Counts every change. */
  public long version() {
    return root.get("version") instanceof Long version ? version : 0;
  }

  /** What tells this builder from others; absent until a Swift that knows ids has saved it. */
  public @Nullable String id() {
    return root.get("id") instanceof String id ? id : null;
  }

  /** Replicas wanted; what is assigned follows at the next rebalance. */
  public double replicas() {
    return root.get("replicas") instanceof Number replicas ? replicas.doubleValue() : 0;
  }

  public int partitions() {
    return 1 << power.current();
  }

  /** By id; null is a hole, left by a device that was removed. */
  public List<@Nullable RingDevice> devices() {
    return devices;
  }

  /** Rows assigned; 0 before the first rebalance. */
  public int replicaRows() {
    return table.rows().size();
  }

  /** How many partitions have this replica: all, or fewer in the last row. */
  public int rowLength(int replica) {
    return table.rowLength(replica);
  }

  /** Who holds a replica of a partition. */
  public int deviceId(int replica, int partition) {
    return table.deviceId(replica, partition);
  }

  /** 2 or 4; format 1 of a ring has room for 2 only. */
  public int deviceIdBytes() {
    return table.idBytes();
  }

  /** How many partitions each device holds, by id, all replicas counted. */
  public long[] partitionsByDevice() {
    return table.partitionsByDevice(devices.size());
  }

  /**
   * The builder after a transition, equal to what swift-ring-builder saves.
   *
   * @param now what time it is: an increase ages the record of when partitions last moved
   * @throws TransitionRefusedException as swift-ring-builder would refuse
   */
  public RingBuilder after(Transition transition, Instant now) throws TransitionRefusedException {
    Power newPower = power.after(transition);
    boolean increase = transition == Transition.INCREASE;
    if (increase && replicaRows() == 0) {
      throw new TransitionRefusedException(
          "The ring can't be increased: it has never been rebalanced.");
    }
    AssignmentTable newTable = increase ? table.doubled() : table;
    Dict newRoot = BuilderFormat.saved(root, newTable);
    newRoot.put("part_power", (long) newPower.current());
    newRoot.put("next_part_power", newPower.next() == null ? null : (long) newPower.next());
    newRoot.put("version", version() + 1);
    if (increase) {
      BuilderIncrease.apply(newRoot, newTable, now);
    }
    return new RingBuilder(newRoot, newPower, devices, newTable);
  }

  /**
   * The ring that swift-ring-builder's write_ring would write for {@code object.ring.gz}; see
   * {@link Ring#named} for other names.
   *
   * @param formatVersion 1 or 2
   * @throws IllegalArgumentException if the format is unknown, or has no room for the device ids
   */
  public Ring toRing(int formatVersion) {
    if (formatVersion != 1 && formatVersion != 2) {
      throw new IllegalArgumentException(
          "Ring format version " + formatVersion + " is not known; 1 and 2 are.");
    }
    if (formatVersion == 1 && table.idBytes() != RingFormat1.ID_BYTES) {
      throw new IllegalArgumentException(
          "The builder's device ids have 4 bytes, and ring format 1 has room for 2.");
    }
    boolean assigned = replicaRows() > 0;
    Power ringPower = assigned ? power : new Power(power.current(), null);
    Dict metadata = new Dict();
    metadata.put("part_shift", (long) (32 - power.current()));
    metadata.put("version", version());
    if (ringPower.next() != null) {
      metadata.put("next_part_power", (long) ringPower.next());
    }
    if (formatVersion == 1) {
      metadata.put("byteorder", "little");
    }
    RingContent content =
        new RingContent(
            formatVersion,
            "object.ring",
            formatVersion == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN,
            metadata,
            BuilderFormat.ringDevices(root),
            devices,
            table,
            List.of());
    return new Ring(content, ringPower);
  }

  /**
   * When the Increase was made that the builder is in the middle of. That sets the time from which
   * the hours since each partition's last move are counted (unless an hour has not passed since it
   * was set before: then it is up to an hour too early), and until the power change is finished
   * Swift refuses whatever else would set it.
   *
   * <p>Empty if the builder is in the middle of none, or the time was reset. A cancelled builder
   * has the same powers; it is told by its table, in which the halves of a partition lie apart.
   */
  public Optional<Instant> increasedAt() {
    return power.next() != null
            && power.next() == power.current()
            && halvesLieTogether()
            && root.get(BuilderFormat.LAST_MOVES_EPOCH) instanceof Long seconds
            && seconds > 0
        ? Optional.of(Instant.ofEpochSecond(seconds))
        : Optional.empty();
  }

  private boolean halvesLieTogether() {
    for (int row = 0; row < replicaRows(); row++) {
      for (int partition = 0; partition + 1 < rowLength(row); partition += 2) {
        if (deviceId(row, partition) != deviceId(row, partition + 1)) {
          return false;
        }
      }
    }
    return replicaRows() > 0;
  }

  /** The size of the file after one more doubling, in bytes: what a store has to have room for. */
  public long doubledSize() {
    if (replicaRows() == 0) {
      return CountingStream.sizeOf(this::writeTo);
    }
    AssignmentTable doubled = table.doubled();
    Dict newRoot = BuilderFormat.saved(root, doubled);
    BuilderIncrease.apply(newRoot, doubled, Instant.EPOCH);
    return CountingStream.sizeOf(new RingBuilder(newRoot, power, devices, doubled)::writeTo);
  }

  AssignmentTable table() {
    return table;
  }
}
