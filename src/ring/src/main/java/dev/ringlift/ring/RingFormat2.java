package dev.ringlift.ring;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Format 2: sections, each its length and its data and each flushed, so that a reader can start at
 * any; an index of them with checksums; and at the very end where that index is
 * (swift.common.ring.io, Swift 2.38). Cells have 16 or 32 bits and are big endian.
 */
final class RingFormat2 {
  private static final String METADATA = "swift/ring/metadata";
  private static final String DEVICES = "swift/ring/devices";
  private static final String ASSIGNMENTS = "swift/ring/assignments";
  private static final Set<String> KNOWN = Set.of(METADATA, DEVICES, ASSIGNMENTS);

  private RingFormat2() {}

  /**
   * @param whole the file, read up to its magic
   */
  static RingContent read(byte[] file, RingInput whole, Budget budget)
      throws IOException, RingFormatException {
    skipAll(whole, budget);
    whole.finish();
    RingIndex index = RingIndex.read(file, budget);
    if (!(index.readSection(METADATA, json(budget)).value() instanceof Dict metadata)) {
      throw new RingFormatException("Its description is not a JSON object.");
    }
    if (!(index.readSection(DEVICES, json(budget)).value() instanceof ItemList devices)) {
      throw new RingFormatException("Its list of devices is not a list.");
    }
    int partitions = 1 << RingContent.power(metadata).current();
    int idBytes = metadata.requiredInt("dev_id_bytes", "");
    if (idBytes != 2 && idBytes != 4) {
      throw new RingFormatException("Its device ids have " + idBytes + " bytes, not 2 or 4.");
    }
    List<IntArray> rows =
        index.readSection(
            ASSIGNMENTS, (data, length) -> readRows(data, length, partitions, idBytes, budget));
    List<RingContent.Extra> extras = new ArrayList<>();
    for (RingIndex.Entry entry : index.entries()) {
      if (!KNOWN.contains(entry.name())) {
        byte[] data =
            index.readSection(
                entry,
                (section, length) -> {
                  budget.charge(length);
                  return section.readAllBytes();
                });
        extras.add(new RingContent.Extra(entry.name(), ByteBuffer.wrap(data)));
      }
    }
    return new RingContent(
        2,
        whole.name(),
        ByteOrder.BIG_ENDIAN,
        metadata,
        devices,
        RingContent.devices(devices),
        new AssignmentTable(rows, partitions, idBytes),
        List.copyOf(extras));
  }

  /** Inflates the whole once for its checksum, as far as any honest ring goes. */
  private static void skipAll(RingInput whole, Budget budget)
      throws IOException, RingFormatException {
    byte[] chunk = new byte[1 << 16];
    while (whole.read(chunk, 0, chunk.length) >= 0) {
      budget.checkContent(whole.position());
    }
  }

  /** A JSON value, which may be null. */
  private record Json(@Nullable Object value) {}

  private static RingIndex.Reader<Json> json(Budget budget) {
    return (section, length) -> {
      budget.checkText(length);
      return new Json(PythonJson.read(section, budget));
    };
  }

  private static List<IntArray> readRows(
      Section data, long length, int partitions, int idBytes, Budget budget)
      throws IOException, RingFormatException {
    budget.checkTable(length);
    if (length % idBytes != 0) {
      throw new RingFormatException("Its section of assignments ends in the middle of one.");
    }
    List<IntArray> rows = new ArrayList<>();
    long left = length / idBytes;
    while (left > 0) {
      budget.charge(64);
      int cells = (int) Math.min(partitions, left);
      rows.add(readRow(data, cells, idBytes));
      left -= cells;
    }
    return rows;
  }

  private static IntArray readRow(Section data, int cells, int idBytes) throws IOException {
    char[] narrow = new char[idBytes == 2 ? cells : 0];
    int[] wide = new int[idBytes == 4 ? cells : 0];
    byte[] chunk = new byte[Math.min(1 << 16, cells * idBytes)];
    for (int filled = 0; filled < cells; ) {
      int length = data.readNBytes(chunk, 0, Math.min(chunk.length, (cells - filled) * idBytes));
      ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, length);
      if (idBytes == 2) {
        bytes.asCharBuffer().get(narrow, filled, length / 2);
      } else {
        bytes.asIntBuffer().get(wide, filled, length / 4);
      }
      filled += length / idBytes;
    }
    return new IntArray(idBytes == 2 ? narrow : wide);
  }

  static void write(RingContent ring, RingOutput out) throws IOException {
    Dict index = new Dict();
    Dict metadata = ring.metadata().copy();
    metadata.put("dev_id_bytes", (long) ring.table().idBytes());
    metadata.put("replica_count", replicaCount(ring.table()));
    writeSection(out, index, METADATA, PythonJson.write(metadata));
    writeSection(out, index, DEVICES, PythonJson.write(ring.deviceDicts()));
    writeSection(
        out,
        index,
        ASSIGNMENTS,
        ring.table().assignments() * ring.table().idBytes(),
        () -> ring.table().writeTo(out, ByteOrder.BIG_ENDIAN));
    for (RingContent.Extra extra : ring.extras()) {
      writeSection(
          out, index, extra.name(), extra.data().capacity(), () -> out.write(extra.data().array()));
    }
    long start = out.position();
    long compressedStart = out.compressedPosition();
    StringBuilder text = PythonJson.write(index);
    out.write(prefix(text.length()));
    out.ascii(text);
    out.finish(start, compressedStart);
  }

  /** Python shows no decimals where there is no row at all. */
  private static Object replicaCount(AssignmentTable table) {
    if (table.rows().isEmpty()) {
      return 0L;
    }
    return table.replicas();
  }

  /** Writes a section's data. */
  private interface Writer {
    void write() throws IOException;
  }

  private static void writeSection(RingOutput out, Dict index, String name, StringBuilder text)
      throws IOException {
    writeSection(out, index, name, text.length(), () -> out.ascii(text));
  }

  private static void writeSection(
      RingOutput out, Dict index, String name, long length, Writer writer) throws IOException {
    var digest = RingIndex.newDigest("SHA-256");
    long compressedStart = out.compressedPosition();
    long start = out.position();
    out.digest(digest);
    out.write(prefix(length));
    writer.write();
    out.digest(null);
    out.fullFlush();
    @Nullable Object[] entry = {
      compressedStart,
      start,
      out.compressedPosition(),
      out.position(),
      "sha256",
      HexFormat.of().formatHex(digest.digest())
    };
    index.append(name, new Tuple(entry));
  }

  private static byte[] prefix(long length) {
    return ByteBuffer.allocate(Long.BYTES).putLong(length).array();
  }
}
