package dev.ringlift.ring;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Format 1, what Swift writes unless told otherwise: the length of a JSON text, the text, and the
 * rows of the table, 16 bits a cell in the byte order that the text names (swift.common.ring.ring).
 */
final class RingFormat1 {
  static final int ID_BYTES = 2;
  private static final int MAXIMUM_ROWS = 1024;

  private RingFormat1() {}

  /** Reads on after the magic. */
  static RingContent read(RingInput in, Budget budget) throws IOException, RingFormatException {
    long length = in.exactly(4).getInt() & 0xFFFF_FFFFL;
    budget.checkText(length);
    Section text = new Section(in, length, null);
    if (!(PythonJson.read(text, budget) instanceof Dict metadata)) {
      throw new RingFormatException("Its description is not a JSON object.");
    }
    text.finish("description", "");
    Power power = RingContent.power(metadata);
    ItemList deviceDicts = metadata.requiredList("devs", "");
    metadata.remove("devs");
    List<IntArray> rows = readRows(in, metadata, 1 << power.current(), budget);
    in.finish();
    return new RingContent(
        1,
        in.name(),
        byteOrder(metadata),
        metadata,
        deviceDicts,
        RingContent.devices(deviceDicts),
        new AssignmentTable(rows, 1 << power.current(), ID_BYTES),
        List.of());
  }

  private static ByteOrder byteOrder(Dict metadata) throws RingFormatException {
    // Rings from before the key was there come from machines like Swift's own: little endian.
    if (!metadata.contains("byteorder")) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    return switch (metadata.requiredString("byteorder", "")) {
      case "little" -> ByteOrder.LITTLE_ENDIAN;
      case "big" -> ByteOrder.BIG_ENDIAN;
      default -> throw new RingFormatException("Its byte order is neither 'little' nor 'big'.");
    };
  }

  private static List<IntArray> readRows(RingInput in, Dict metadata, int partitions, Budget budget)
      throws IOException, RingFormatException {
    long count = metadata.requiredLong("replica_count", "");
    if (count < 0 || count > MAXIMUM_ROWS) {
      throw new RingFormatException("Its number of replica rows, " + count + ", is out of range.");
    }
    budget.checkTable(count * partitions * ID_BYTES);
    List<IntArray> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      char[] row = readRow(in, partitions, byteOrder(metadata));
      boolean last = i == count - 1;
      if (row.length < partitions && !last) {
        throw RingInput.truncated();
      }
      rows.add(new IntArray(row));
    }
    return rows;
  }

  /** A row, shorter where the data ends. */
  private static char[] readRow(RingInput in, int partitions, ByteOrder order)
      throws IOException, RingFormatException {
    char[] row = new char[partitions];
    byte[] chunk = new byte[Math.min(1 << 16, partitions * ID_BYTES)];
    int filled = 0;
    while (filled < partitions) {
      int wanted = Math.min(chunk.length, (partitions - filled) * ID_BYTES);
      int length = in.readNBytes(chunk, 0, wanted);
      if (length % ID_BYTES != 0) {
        throw RingInput.truncated();
      }
      ByteBuffer.wrap(chunk, 0, length)
          .order(order)
          .asCharBuffer()
          .get(row, filled, length / ID_BYTES);
      filled += length / ID_BYTES;
      if (length < wanted) {
        return Arrays.copyOf(row, filled);
      }
    }
    return row;
  }

  static void write(RingContent ring, RingOutput out) throws IOException {
    Dict description = ring.metadata().copy();
    description.put("devs", ring.deviceDicts());
    description.put("replica_count", (long) ring.table().rows().size());
    StringBuilder text = PythonJson.write(description);
    out.write(ByteBuffer.allocate(4).putInt(text.length()).array());
    out.ascii(text);
    ring.table().writeTo(out, ring.byteOrder());
    out.finish();
  }
}
