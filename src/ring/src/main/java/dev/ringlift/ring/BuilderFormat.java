package dev.ringlift.ring;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The dict that a builder's pickle holds: what must be in it, and what Swift adds on saving. */
final class BuilderFormat {
  static final String TABLE = "_replica2part2dev";
  static final String LAST_MOVES = "_last_part_moves";
  static final String LAST_MOVES_EPOCH = "_last_part_moves_epoch";
  static final String REMOVED = "_remove_devs";

  /** Above this a device id of two bytes could be taken for "no device". */
  private static final int MAXIMUM_DEVICES_OF_TWO_BYTES = 0xFFFF;

  private BuilderFormat() {}

  static RingBuilder read(byte[] pickle) throws RingFormatException {
    if (pickle.length > 0 && pickle[0] == '{') {
      throw new RingFormatException(
          "It is a composite builder or other JSON text, not the builder of one ring.");
    }
    if (!(PickleReader.read(pickle, new Budget("builder", pickle.length)) instanceof Dict root)) {
      throw new RingFormatException("It is a pickle, but not that of a builder.");
    }
    Power power =
        Power.of(root.requiredLong("part_power", ""), root.optionalLong("next_part_power", ""));
    int partitions = 1 << power.current();
    if (root.requiredLong("parts", "") != partitions) {
      throw new RingFormatException(
          "Its 'parts' is %d, and its partition power %d means %d."
              .formatted(root.requiredLong("parts", ""), power.current(), partitions));
    }
    root.requiredLong("version", "");
    root.requiredDouble("replicas", "");
    if (root.get("id") != null) {
      root.requiredString("id", "");
    }
    ItemList dicts = root.requiredList("devs", "");
    List<@Nullable RingDevice> devices = RingContent.devices(dicts);
    Budget text = new Budget("builder", pickle.length);
    for (int i = 0; i < dicts.size(); i++) {
      if (dicts.get(i) instanceof Dict device) {
        device.requiredLong("parts", "device " + i);
        checkRingValues(device, i, text);
      }
    }
    AssignmentTable table = readTable(root, partitions, devices.size());
    table.check(devices);
    checkLastMoves(root, partitions);
    return new RingBuilder(root, power, devices, table);
  }

  private static AssignmentTable readTable(Dict root, int partitions, int devices)
      throws RingFormatException {
    List<IntArray> rows = new ArrayList<>();
    if (root.get(TABLE) != null) {
      ItemList list = root.requiredList(TABLE, "");
      Set<Object> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
      for (int i = 0; i < list.size(); i++) {
        if (!(list.get(i) instanceof IntArray row)
            || row.values() instanceof byte[]
            || !distinct.add(row.values())) {
          throw new RingFormatException("Its assignments are not rows of device ids.");
        }
        rows.add(row);
      }
    }
    int idBytes = devices <= MAXIMUM_DEVICES_OF_TWO_BYTES ? 2 : 4;
    if (!rows.isEmpty()) {
      idBytes = rows.getFirst().values() instanceof char[] ? 2 : 4;
      String typeCode = rows.getFirst().typeCode();
      if (!rows.stream().allMatch(row -> row.typeCode().equals(typeCode))) {
        throw new RingFormatException("Its rows of assignments are of different types.");
      }
    }
    return new AssignmentTable(rows, partitions, idBytes);
  }

  private static void checkLastMoves(Dict root, int partitions) throws RingFormatException {
    if (root.get(LAST_MOVES_EPOCH) != null) {
      root.requiredLong(LAST_MOVES_EPOCH, "");
    }
    int length =
        switch (root.get(LAST_MOVES)) {
          case null -> partitions;
          case IntArray(byte[] hours) -> hours.length;
          case ItemList list -> {
            byte[] hours = list.takeBytes();
            yield hours == null ? -1 : hours.length;
          }
          default -> -1;
        };
    if (length != partitions) {
      throw new RingFormatException(
          "Its '" + LAST_MOVES + "' is not the hours since each of its partitions last moved.");
    }
  }

  /**
   * A device goes into rings as JSON: what JSON can't hold makes Swift fail at write_ring. JSON has
   * no references either, so what the pickle holds once could become as many copies.
   */
  private static void checkRingValue(@Nullable Object value, int device, Budget text)
      throws RingFormatException {
    text.charge(value instanceof String string ? string.length() : 1);
    switch (value) {
      case IntArray array -> throw notForRings(device);
      case Tuple tuple -> throw notForRings(device);
      case ItemList list -> {
        if (list.shared) {
          throw notForRings(device);
        }
        for (int i = 0; !list.isCompact() && i < list.size(); i++) {
          checkRingValue(list.get(i), device, text);
        }
      }
      case Dict dict -> {
        if (dict.shared) {
          throw notForRings(device);
        }
        checkRingValues(dict, device, text);
      }
      case null, default -> {
        // a number, a text, a boolean or None
      }
    }
  }

  private static void checkRingValues(Dict dict, int device, Budget text)
      throws RingFormatException {
    for (int i = 0; i < dict.size(); i++) {
      if (!(dict.keyAt(i) instanceof String key)) {
        throw new RingFormatException("Its device " + device + " has a key that is no text.");
      }
      text.charge(key.length());
      checkRingValue(dict.valueAt(i), device, text);
    }
  }

  private static RingFormatException notForRings(int device) {
    return new RingFormatException(
        "Its device " + device + " holds a value that no ring could hold.");
  }

  /**
   * A copy of the dict as Swift saves it after loading: with what files of older releases lack, and
   * devices of its own that may be changed.
   */
  static Dict saved(Dict root, AssignmentTable table) {
    Dict saved = root.copy();
    IdentityHashMap<Object, Object> replaced = new IdentityHashMap<>();
    saved.put("devs", withDefaults(root.get("devs"), replaced));
    if (root.get(REMOVED) instanceof ItemList removed) {
      saved.put(REMOVED, replacing(removed, replaced));
    }
    saved.put("dev_id_bytes", (long) table.idBytes());
    if (!root.contains("overload")) {
      saved.put("overload", 0.0);
    }
    if (!root.contains("_dispersion_graph")) {
      saved.put("_dispersion_graph", new Dict());
    }
    if (!root.contains("dispersion")) {
      saved.put("dispersion", null);
    }
    if (root.get(LAST_MOVES) == null) {
      saved.put(LAST_MOVES, new IntArray(new byte[1 << partPower(root)]));
    }
    if (root.get(LAST_MOVES_EPOCH) == null) {
      saved.put(LAST_MOVES_EPOCH, 0L);
    }
    if (root.get("id") == null) {
      saved.put("id", idOf(root));
    }
    return saved;
  }

  private static int partPower(Dict root) {
    return root.get("part_power") instanceof Long power ? power.intValue() : 0;
  }

  private static ItemList withDefaults(
      @Nullable Object devs, IdentityHashMap<Object, Object> replaced) {
    if (!(devs instanceof ItemList list)) {
      throw new IllegalStateException("a builder without devices was let through");
    }
    @Nullable Object[] items = new Object[list.size()];
    for (int i = 0; i < items.length; i++) {
      if (list.get(i) instanceof Dict device) {
        Dict copy = device.copy();
        putIfAbsent(copy, "region", 1L);
        putIfAbsent(copy, "meta", "");
        putIfAbsent(copy, "replication_ip", copy.get("ip"));
        putIfAbsent(copy, "replication_port", copy.get("port"));
        items[i] = copy;
        replaced.put(device, copy);
      }
    }
    return new ItemList(items);
  }

  /** A device marked for removal is the one in the list of devices, not an equal one. */
  private static ItemList replacing(ItemList removed, IdentityHashMap<Object, Object> replaced) {
    @Nullable Object[] items = new Object[removed.size()];
    for (int i = 0; i < items.length; i++) {
      @Nullable Object item = removed.get(i);
      items[i] = item == null ? null : replaced.getOrDefault(item, item);
    }
    return new ItemList(items);
  }

  private static void putIfAbsent(Dict dict, String key, @Nullable Object value) {
    if (!dict.contains(key)) {
      dict.put(key, value);
    }
  }

  /**
   * An id for a builder that has none. Swift draws a random one; this follows from the content, so
   * that doing the same transition twice gives the same builder.
   */
  static String idOf(Dict root) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      PickleWriter.write(root, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return UUID.nameUUIDFromBytes(bytes.toByteArray()).toString().replace("-", "");
  }

  /** The devices as a ring holds them. */
  static ItemList ringDevices(Dict root) {
    ItemList list = withDefaults(root.get("devs"), new IdentityHashMap<>());
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i) instanceof Dict device) {
        RingDevice.BUILDER_ONLY.forEach(device::remove);
      }
    }
    return list;
  }

  /** Twice a number; Swift's numbers have no end. */
  static Object twice(@Nullable Object number) {
    BigInteger value =
        number instanceof BigInteger big
            ? big
            : BigInteger.valueOf(number instanceof Long small ? small : 0);
    BigInteger twice = value.shiftLeft(1);
    return twice.bitLength() < Long.SIZE ? (Object) twice.longValue() : twice;
  }
}
