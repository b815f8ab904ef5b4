package dev.ringlift.ring;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a ring file holds.
 *
 * @param formatVersion 1 or 2
 * @param gzipName the file's name in the gzip header, without {@code .gz}
 * @param byteOrder of the cells; format 2 has big endian only
 * @param metadata everything in the description but the devices; unknown keys included
 * @param deviceDicts the devices as found; unknown keys included
 * @param devices the same, read
 * @param extras sections of format 2 that are not known here
 */
record RingContent(
    int formatVersion,
    String gzipName,
    ByteOrder byteOrder,
    Dict metadata,
    ItemList deviceDicts,
    List<@Nullable RingDevice> devices,
    AssignmentTable table,
    List<Extra> extras) {

  /** A section that is carried through as it is. */
  record Extra(String name, ByteBuffer data) {}

  /** Power and next power from what a ring's description says. */
  static Power power(Dict metadata) throws RingFormatException {
    long shift = metadata.requiredLong("part_shift", "");
    return Power.of(32 - shift, metadata.optionalLong("next_part_power", ""));
  }

  static List<@Nullable RingDevice> devices(ItemList dicts) throws RingFormatException {
    List<@Nullable RingDevice> devices = new ArrayList<>(dicts.size());
    for (int i = 0; i < dicts.size(); i++) {
      devices.add(RingDevice.at(dicts, i));
    }
    return Collections.unmodifiableList(devices);
  }

  RingContent with(Dict newMetadata, AssignmentTable newTable) {
    return new RingContent(
        formatVersion, gzipName, byteOrder, newMetadata, deviceDicts, devices, newTable, extras);
  }

  RingContent named(String newGzipName) {
    return new RingContent(
        formatVersion, newGzipName, byteOrder, metadata, deviceDicts, devices, table, extras);
  }
}
