package dev.ringlift.ring;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which device holds each replica of each partition: a row for each replica, of which the last may
 * be shorter where the number of replicas is not whole; even empty, where a quarter of two
 * partitions is none. Held as 16 or 32 bits a cell, as Swift's.
 */
final class AssignmentTable {
  private static final int CHUNK = 1 << 16;

  /** Each {@code char[]}, or each {@code int[]}; never changed once handed in. */
  private final List<IntArray> rows;

  private final int partitions;
  private final int idBytes;

  /**
   * @param rows arrays of 16-bit or of 32-bit numbers; the table takes them over
   * @param idBytes 2 or 4; counts where there is no row
   */
  AssignmentTable(List<IntArray> rows, int partitions, int idBytes) {
    this.rows = List.copyOf(rows);
    this.partitions = partitions;
    this.idBytes = idBytes;
  }

  List<IntArray> rows() {
    return rows;
  }

  int idBytes() {
    return idBytes;
  }

  int rowLength(int replica) {
    return rows.get(replica).length();
  }

  int deviceId(int replica, int partition) {
    return (int) rows.get(replica).get(partition);
  }

  long assignments() {
    return rows.stream().mapToLong(IntArray::length).sum();
  }

  double replicas() {
    return rows.isEmpty()
        ? 0
        : rows.size() - 1 + (double) rows.getLast().length() / rows.getFirst().length();
  }

  /** The table of the next power: partition X becomes 2X and 2X+1, where X was. */
  AssignmentTable doubled() {
    return new AssignmentTable(
        rows.stream().map(AssignmentTable::doubled).toList(), partitions * 2, idBytes);
  }

  private static IntArray doubled(IntArray row) {
    return switch (row.values()) {
      case char[] ids -> {
        char[] twice = new char[ids.length * 2];
        for (int i = 0; i < twice.length; i++) {
          twice[i] = ids[i >> 1];
        }
        yield new IntArray(twice);
      }
      case int[] ids -> {
        int[] twice = new int[ids.length * 2];
        for (int i = 0; i < twice.length; i++) {
          twice[i] = ids[i >> 1];
        }
        yield new IntArray(twice);
      }
      default -> throw new IllegalStateException("a table of bytes");
    };
  }

  /** How many partitions each device holds, all replicas counted. */
  long[] partitionsByDevice(int devices) {
    long[] counts = new long[devices];
    for (IntArray row : rows) {
      for (int i = 0; i < row.length(); i++) {
        counts[(int) row.get(i)]++;
      }
    }
    return counts;
  }

  /** Refuses rows that don't fit one another, and cells that name no device. */
  void check(List<@Nullable RingDevice> devices) throws RingFormatException {
    boolean[] present = new boolean[devices.size()];
    for (int i = 0; i < present.length; i++) {
      present[i] = devices.get(i) != null;
    }
    for (int replica = 0; replica < rows.size(); replica++) {
      IntArray row = rows.get(replica);
      boolean last = replica == rows.size() - 1;
      if (last ? row.length() > partitions : row.length() != partitions) {
        throw new RingFormatException(
            "Its row %d of assignments has %d partitions where there are %d."
                .formatted(replica, row.length(), partitions));
      }
      int partition = firstAbsent(row, present);
      if (partition < row.length()) {
        throw new RingFormatException(
            "It assigns replica %d of partition %d to device %d, which it does not have."
                .formatted(replica, partition, row.get(partition)));
      }
    }
  }

  private static int firstAbsent(IntArray row, boolean[] present) {
    int partition = 0;
    if (row.values() instanceof char[] ids) {
      while (partition < ids.length && ids[partition] < present.length && present[ids[partition]]) {
        partition++;
      }
      return partition;
    }
    while (partition < row.length()
        && row.get(partition) < present.length
        && present[(int) row.get(partition)]) {
      partition++;
    }
    return partition;
  }

  /** The first cell in which two tables of one power differ, in words; null where none does. */
  @Nullable String difference(AssignmentTable other) {
    if (filledRows() != other.filledRows() || assignments() != other.assignments()) {
      return "the ring has %s replicas and the builder %s".formatted(replicas(), other.replicas());
    }
    for (int replica = 0; replica < filledRows(); replica++) {
      IntArray here = rows.get(replica);
      IntArray there = other.rows.get(replica);
      int partition = mismatch(here, there, here.length());
      if (partition < here.length()) {
        return "replica %d of partition %d is on device %d in the ring and on device %d in the builder"
            .formatted(replica, partition, here.get(partition), there.get(partition));
      }
    }
    return null;
  }

  /** An empty last row is in no ring of format 2. */
  private long filledRows() {
    return rows.stream().filter(row -> row.length() > 0).count();
  }

  private static int mismatch(IntArray here, IntArray there, int length) {
    if (here.values() instanceof char[] a && there.values() instanceof char[] b) {
      int found = Arrays.mismatch(a, 0, length, b, 0, length);
      return found < 0 ? length : found;
    }
    int partition = 0;
    while (partition < length && here.get(partition) == there.get(partition)) {
      partition++;
    }
    return partition;
  }

  /** All cells, row by row. */
  void writeTo(OutputStream out, ByteOrder order) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(order);
    for (IntArray row : rows) {
      int cells = CHUNK / idBytes;
      for (int start = 0; start < row.length(); start += cells) {
        int length = Math.min(cells, row.length() - start);
        switch (row.values()) {
          case char[] ids -> chunk.asCharBuffer().put(ids, start, length);
          case int[] ids -> chunk.asIntBuffer().put(ids, start, length);
          default -> throw new IllegalStateException("a table of bytes");
        }
        out.write(chunk.array(), 0, length * idBytes);
      }
    }
  }
}
