package dev.ringlift.ring;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What {@code ring show} tells of a ring or a builder.
 *
 * @param kind "ring" or "builder"
 * @param formatVersion of a ring
 * @param id of a builder
 * @param fileSize in bytes
 * @param doubledFileSize in bytes, after the next increase
 * @param replicas assigned
 * @param balance the worst device's distance from its share, in percent, as swift-ring-builder's
 * @param devices without holes, in order of id
 * @param holes places in the list of devices that hold none
 */
public record RingReport(
    String kind,
    @Nullable Integer formatVersion,
    @Nullable String id,
    @Nullable Long version,
    int partPower,
    @Nullable Integer nextPartPower,
    double replicas,
    int deviceIdBytes,
    long fileSize,
    long doubledFileSize,
    double balance,
    List<Device> devices,
    int holes) {

  /** What swift-ring-builder shows for a device that has partitions and no weight. */
  private static final double WORST_BALANCE = 999.99;

  /**
   * One device.
   *
   * @param partitions that it holds, all replicas counted
   * @param balance its distance from its share, in percent
   */
  public record Device(RingDevice device, long partitions, double balance) {}

  public RingReport {
    devices = List.copyOf(devices);
  }

  static RingReport of(Ring ring, long fileSize) {
    List<Device> devices =
        devices(ring.devices(), ring.partitionsByDevice(), ring.partitions() * ring.replicas());
    return new RingReport(
        "ring",
        ring.formatVersion(),
        null,
        ring.version(),
        ring.partPower(),
        ring.nextPartPower(),
        ring.replicas(),
        ring.deviceIdBytes(),
        fileSize,
        ring.doubledSize(),
        worst(devices),
        devices,
        ring.devices().size() - devices.size());
  }

  static RingReport of(RingBuilder builder, long fileSize) {
    List<Device> devices =
        devices(
            builder.devices(),
            builder.partitionsByDevice(),
            builder.partitions() * builder.replicas());
    return new RingReport(
        "builder",
        null,
        builder.id(),
        builder.version(),
        builder.partPower(),
        builder.nextPartPower(),
        builder.replicas(),
        builder.deviceIdBytes(),
        fileSize,
        builder.doubledSize(),
        worst(devices),
        devices,
        builder.devices().size() - devices.size());
  }

  private static List<Device> devices(
      List<@Nullable RingDevice> all, long[] partitions, double wanted) {
    List<RingDevice> present = all.stream().filter(Objects::nonNull).toList();
    double weight = 0;
    for (RingDevice device : present) {
      weight += device.weight();
    }
    double perWeight = weight > 0 ? wanted / weight : 0;
    List<Device> devices = new ArrayList<>();
    for (RingDevice device : present) {
      long held = partitions[device.id()];
      double share = device.weight() * perWeight;
      double balance = share > 0 ? 100.0 * held / share - 100.0 : held > 0 ? WORST_BALANCE : 0.0;
      devices.add(new Device(device, held, balance));
    }
    return devices;
  }

  private static double worst(List<Device> devices) {
    return devices.stream().mapToDouble(device -> Math.abs(device.balance())).max().orElse(0);
  }

  /** Where in an increase it is, as a whole sentence. */
  public String state() {
    Integer next = nextPartPower;
    if (next == null) {
      return "No increase is under way; the partition power is " + partPower + ".";
    }
    return next > partPower
        ? "Prepared for an increase from partition power %d to %d.".formatted(partPower, next)
        : "Increased to, or cancelled at, partition power %d, and not yet finished."
            .formatted(partPower);
  }

  /** The report as lines for a terminal. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    line(text, "kind", kind + (formatVersion == null ? "" : ", format " + formatVersion));
    if (id != null) {
      line(text, "id", id);
    }
    line(text, "version", version == null ? "none" : version.toString());
    line(text, "state", state());
    line(text, "partitions", (1L << partPower) + " (power " + partPower + ")");
    line(text, "replicas", PythonJson.number(replicas));
    line(
        text,
        "devices",
        "%d (%d regions, %d zones, %d holes, %d-byte ids)"
            .formatted(
                devices.size(),
                count(RingDevice::region),
                count(device -> List.of(device.region(), device.zone())),
                holes,
                deviceIdBytes));
    line(text, "balance", String.format(Locale.ROOT, "%.2f", balance));
    line(text, "size", fileSize + " bytes, " + doubledFileSize + " after a doubling");
    String format = "%6s %6s %6s %-24s %-24s %-12s %12s %12s %9s%n";
    text.append('\n');
    text.append(
        format.formatted(
            "id",
            "region",
            "zone",
            "address",
            "replication",
            "device",
            "weight",
            "partitions",
            "balance"));
    for (Device row : devices) {
      RingDevice device = row.device();
      text.append(
          format.formatted(
              device.id(),
              device.region(),
              device.zone(),
              device.ip() + ":" + device.port(),
              device.replicationIp() + ":" + device.replicationPort(),
              device.device(),
              String.format(Locale.ROOT, "%.2f", device.weight()),
              row.partitions(),
              String.format(Locale.ROOT, "%.2f", row.balance())));
    }
    return text.toString();
  }

  private int count(Function<RingDevice, Object> what) {
    Set<Object> distinct = new HashSet<>();
    devices.forEach(row -> distinct.add(what.apply(row.device())));
    return distinct.size();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("%-12s %s%n".formatted(name, value));
  }

  /** The report as one JSON object; keys in order of the alphabet. */
  public String toJson() {
    Dict dict = new Dict();
    dict.put("kind", kind);
    dict.put("format_version", formatVersion == null ? null : (long) formatVersion);
    dict.put("id", id);
    dict.put("version", version);
    dict.put("part_power", (long) partPower);
    dict.put("next_part_power", nextPartPower == null ? null : (long) nextPartPower);
    dict.put("partitions", 1L << partPower);
    dict.put("replicas", replicas);
    dict.put("dev_id_bytes", (long) deviceIdBytes);
    dict.put("size", fileSize);
    dict.put("size_after_doubling", doubledFileSize);
    dict.put("balance", balance);
    dict.put("holes", (long) holes);
    Object[] rows = new Object[devices.size()];
    for (int i = 0; i < rows.length; i++) {
      Dict row = devices.get(i).device().toDict();
      row.put("partitions", devices.get(i).partitions());
      row.put("balance", devices.get(i).balance());
      rows[i] = row;
    }
    dict.put("devices", new ItemList(rows));
    return PythonJson.write(dict).toString();
  }
}
