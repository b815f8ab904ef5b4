package dev.ringlift.ring;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Swift ring file ({@code object.ring.gz}): which devices hold which partitions. Immutable. Read
 * and written as Swift 2.38.3 does (swift.common.ring.ring and .io), in the format and byte order
 * in which it was found; keys and sections that are not known here are kept.
 */
public final class Ring {
  private final RingContent content;
  private final Power power;

  /** What was asked for once; the same each time, and to compress it again takes the longest. */
  private volatile byte @Nullable [] file;

  private volatile @Nullable Successor successor;

  private record Successor(Transition transition, Ring ring) {}

  Ring(RingContent content, Power power) {
    this.content = content;
    this.power = power;
  }

  /**
   * Reads a ring of format 1 or 2.
   *
   * @param gzipped the whole file
   * @throws RingFormatException if it is anything but a whole ring that Swift could use
   */
  public static Ring read(byte[] gzipped) throws RingFormatException {
    Budget budget = new Budget("ring", gzipped.length);
    try (RingInput in = new RingInput(gzipped)) {
      ByteBuffer magic = in.exactly(6);
      if (magic.getInt() != 0x52314e47) {
        throw new RingFormatException("It is not a ring: it does not begin with 'R1NG'.");
      }
      int formatVersion = magic.getChar();
      RingContent content =
          switch (formatVersion) {
            case 1 -> RingFormat1.read(in, budget);
            case 2 -> RingFormat2.read(gzipped, in, budget);
            default ->
                throw new RingFormatException(
                    "Its format version " + formatVersion + " is not known; 1 and 2 are.");
          };
      content.table().check(content.devices());
      content.metadata().optionalLong("version", "");
      return new Ring(content, RingContent.power(content.metadata()));
    } catch (RingInput.BrokenRing e) {
      throw e.reason();
    } catch (IOException e) {
      throw new RingFormatException("It could not be read.", e);
    }
  }

  /** The file: the same bytes for the same ring, always. */
  public byte[] toBytes() {
    byte[] known = file;
    if (known == null) {
      known = compressed();
      file = known;
    }
    return known.clone();
  }

  private byte[] compressed() {
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
    try (RingOutput out = new RingOutput(stream, content.gzipName(), content.formatVersion())) {
      if (content.formatVersion() == 1) {
        RingFormat1.write(content, out);
      } else {
        RingFormat2.write(content, out);
      }
    }
  }

  /** 1 or 2. */
  public int formatVersion() {
    return content.formatVersion();
  }

  public int partPower() {
    return power.current();
  }

  /** Present during an increase: the power that is coming, or the current one before Finish. */
  public @Nullable Integer nextPartPower() {
    return power.next();
  }

  /** The builder's version when it wrote this; old releases wrote none. */
  public @Nullable Long version() {
    return content.metadata().get("version") instanceof Long version ? version : null;
  }

  /** Replicas of a partition; where not whole, the last row has fewer partitions. */
  public double replicas() {
    return content.table().replicas();
  }

  public int partitions() {
    return 1 << power.current();
  }

  /** By id; null is a hole, left by a device that was removed. */
  public List<@Nullable RingDevice> devices() {
    return content.devices();
  }

  public int replicaRows() {
    return content.table().rows().size();
  }

  /** How many partitions have this replica: all, or fewer in the last row. */
  public int rowLength(int replica) {
    return content.table().rowLength(replica);
  }

  /**
   * Who holds a replica of a partition.
   *
   * @param replica below {@link #replicaRows}
   * @param partition below the row's {@link #rowLength length}
   */
  public int deviceId(int replica, int partition) {
    return content.table().deviceId(replica, partition);
  }

  /** 2 or 4: the bytes of a cell of the table. */
  public int deviceIdBytes() {
    return content.table().idBytes();
  }

  /** How many partitions each device holds, by id, all replicas counted. */
  public long[] partitionsByDevice() {
    return content.table().partitionsByDevice(content.devices().size());
  }

  /**
   * The ring after a transition, of the same format. For a ring without a builder; where there is
   * one, the ring comes {@linkplain RingBuilder#toRing from it}.
   *
   * @throws TransitionRefusedException as swift-ring-builder would refuse
   */
  public Ring after(Transition transition) throws TransitionRefusedException {
    Successor known = successor;
    if (known == null || known.transition() != transition) {
      known = new Successor(transition, successor(transition));
      successor = known;
    }
    return known.ring();
  }

  private Ring successor(Transition transition) throws TransitionRefusedException {
    Power newPower = power.after(transition);
    if (transition == Transition.INCREASE && replicaRows() == 0) {
      throw new TransitionRefusedException("The ring has no partitions assigned yet.");
    }
    Dict metadata = content.metadata().copy();
    metadata.put("part_shift", (long) (32 - newPower.current()));
    if (newPower.next() == null) {
      metadata.remove("next_part_power");
    } else {
      metadata.put("next_part_power", (long) newPower.next());
    }
    Long version = version();
    if (version != null) {
      metadata.put("version", version + 1);
    }
    AssignmentTable table =
        transition == Transition.INCREASE ? content.table().doubled() : content.table();
    return new Ring(content.with(metadata, table), newPower);
  }

  /** The same ring with the gzip header naming this file, as Swift would write it there. */
  public Ring named(String fileName) {
    String gzipName =
        fileName.endsWith(".gz") ? fileName.substring(0, fileName.length() - 3) : fileName;
    return new Ring(content.named(gzipName), power);
  }

  /**
   * The size of the file after one more doubling, in bytes: what a store has to have room for. Next
   * to it, what an increase writes into the description does not count.
   */
  public long doubledSize() {
    RingContent doubled = content.with(content.metadata(), content.table().doubled());
    return CountingStream.sizeOf(new Ring(doubled, power)::writeTo);
  }

  RingContent content() {
    return content;
  }
}
