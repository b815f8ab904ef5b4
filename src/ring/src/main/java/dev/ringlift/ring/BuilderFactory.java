package dev.ringlift.ring;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes builders from nothing, as a first rebalance would leave them. */
final class BuilderFactory {
  /** In which a partition moves at most once; the operator of a cluster sets what suits it. */
  private static final long MIN_PART_HOURS = 1;

  private BuilderFactory() {}

  static RingBuilder balanced(int partPower, double replicas, List<RingDevice> devices) {
    List<RingDevice> turn = zonesInTurn(devices);
    if (replicas < 1 || replicas > turn.size()) {
      throw new IllegalArgumentException(
          "%s replicas need as many devices with weight; there are %d."
              .formatted(replicas, turn.size()));
    }
    int partitions = 1 << checkedPower(partPower);
    int whole = (int) replicas;
    int fraction = (int) (partitions * (replicas - whole));
    List<int[]> rows = new ArrayList<>();
    for (int replica = 0; replica < whole + (fraction > 0 ? 1 : 0); replica++) {
      int[] row = new int[replica < whole ? partitions : fraction];
      for (int partition = 0; partition < row.length; partition++) {
        // Where the cells before this partition end; so all devices get the same number, or one
        // more.
        long cell = (long) partition * whole + Math.min(partition, fraction) + replica;
        row[partition] = turn.get((int) (cell % turn.size())).id();
      }
      rows.add(row);
    }
    return assigned(partPower, replicas, rows, new ArrayList<@Nullable RingDevice>(devices));
  }

  /** One device of each zone, then the next of each: neighbours lie in different zones. */
  private static List<RingDevice> zonesInTurn(List<RingDevice> devices) {
    Map<List<Integer>, List<RingDevice>> zones = new LinkedHashMap<>();
    for (RingDevice device : devices) {
      if (device.weight() > 0) {
        zones
            .computeIfAbsent(List.of(device.region(), device.zone()), zone -> new ArrayList<>())
            .add(device);
      }
    }
    Map<Integer, List<RingDevice>> rounds = new TreeMap<>();
    for (List<RingDevice> zone : zones.values()) {
      zone.sort(Comparator.comparingInt(RingDevice::id));
      for (int i = 0; i < zone.size(); i++) {
        rounds.computeIfAbsent(i, round -> new ArrayList<>()).add(zone.get(i));
      }
    }
    return rounds.values().stream().flatMap(List::stream).toList();
  }

  static RingBuilder assigned(int partPower, List<int[]> rows, List<@Nullable RingDevice> devices) {
    int partitions = 1 << checkedPower(partPower);
    double replicas = rows.stream().mapToLong(row -> row.length).sum() / (double) partitions;
    return assigned(partPower, replicas, rows, devices);
  }

  private static int checkedPower(int partPower) {
    if (partPower < 0 || partPower > Power.MAXIMUM_HELD) {
      throw new IllegalArgumentException(
          "A partition power of " + partPower + " is not between 0 and " + Power.MAXIMUM_HELD);
    }
    return partPower;
  }

  private static RingBuilder assigned(
      int partPower, double replicas, List<int[]> rows, List<@Nullable RingDevice> devices) {
    boolean narrow = devices.size() < 0xFFFF;
    List<IntArray> arrays =
        rows.stream().map(row -> narrow ? narrow(row) : new IntArray(row.clone())).toList();
    AssignmentTable table = new AssignmentTable(arrays, 1 << partPower, narrow ? 2 : 4);
    try {
      table.check(devices);
    } catch (RingFormatException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    List<@Nullable RingDevice> kept = Collections.unmodifiableList(new ArrayList<>(devices));
    Dict root = new Dict();
    root.put("part_power", (long) partPower);
    root.put("next_part_power", null);
    root.put("replicas", replicas);
    root.put("min_part_hours", MIN_PART_HOURS);
    root.put("parts", 1L << partPower);
    root.put("devs", devs(kept, table));
    root.put("devs_changed", false);
    root.put("dev_id_bytes", (long) table.idBytes());
    root.put("version", kept.size() + 1L);
    root.put("overload", 0.0);
    root.put(BuilderFormat.TABLE, arrays.isEmpty() ? null : new ItemList(arrays.toArray()));
    root.put(BuilderFormat.LAST_MOVES_EPOCH, 0L);
    root.put(BuilderFormat.LAST_MOVES, new IntArray(new byte[1 << partPower]));
    root.put("_last_part_gather_start", 0L);
    root.put("_dispersion_graph", new Dict());
    root.put("dispersion", 0.0);
    root.put(BuilderFormat.REMOVED, new ItemList());
    root.put("id", BuilderFormat.idOf(root));
    return new RingBuilder(root, new Power(partPower, null), kept, table);
  }

  private static IntArray narrow(int[] row) {
    char[] ids = new char[row.length];
    for (int i = 0; i < row.length; i++) {
      if (row[i] < 0 || row[i] > Character.MAX_VALUE) {
        throw new IllegalArgumentException("There is no device " + row[i] + ".");
      }
      ids[i] = (char) row[i];
    }
    return new IntArray(ids);
  }

  private static ItemList devs(List<@Nullable RingDevice> devices, AssignmentTable table) {
    long[] parts = table.partitionsByDevice(devices.size());
    @Nullable Object[] dicts = new Object[devices.size()];
    for (int i = 0; i < dicts.length; i++) {
      RingDevice device = devices.get(i);
      if (device != null) {
        if (device.id() != i) {
          throw new IllegalArgumentException("Device " + device.id() + " is at place " + i + ".");
        }
        Dict dict = device.toDict();
        dict.put("parts", parts[i]);
        dict.put("parts_wanted", 0L);
        dicts[i] = dict;
      }
    }
    return new ItemList(dicts);
  }
}
