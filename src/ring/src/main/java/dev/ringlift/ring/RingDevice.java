package dev.ringlift.ring;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One device of a ring.
 *
 * @param id its place in the ring's list of devices
 * @param region the failure domain above zones
 * @param zone the failure domain within the region
 * @param ip address of its object server
 * @param port port of its object server
 * @param replicationIp address for replication; that of the server where the ring names none
 * @param replicationPort port for replication
 * @param device name of the mount point below the devices root
 * @param weight its share of the partitions, relative to the others'
 * @param meta the operator's free text
 */
public record RingDevice(
    int id,
    int region,
    int zone,
    String ip,
    int port,
    String replicationIp,
    int replicationPort,
    String device,
    double weight,
    String meta) {

  /** Keys that a builder keeps for itself: no ring holds them. */
  static final List<String> BUILDER_ONLY = List.of("parts", "parts_wanted");

  /** What a file system takes for a name; host names are no longer. */
  private static final int LONGEST_NAME = 255;

  /**
   * Reads what old releases left out as Swift does when it loads such a file.
   *
   * @throws RingFormatException also for names that no working ring has: names are joined to paths,
   *     and shown in messages and logs
   */
  static RingDevice of(Dict dict, int position) throws RingFormatException {
    String where = "device " + position;
    int id = dict.requiredInt("id", where);
    if (id != position) {
      throw new RingFormatException(
          "Its device " + position + " says that its id is " + id + ", not its place in the list.");
    }
    String ip = name("ip", dict, position);
    int port = dict.requiredInt("port", where);
    return new RingDevice(
        id,
        dict.contains("region") ? dict.requiredInt("region", where) : 1,
        dict.requiredInt("zone", where),
        ip,
        port,
        dict.contains("replication_ip") ? name("replication_ip", dict, position) : ip,
        dict.contains("replication_port") ? dict.requiredInt("replication_port", where) : port,
        name("device", dict, position),
        dict.requiredDouble("weight", where),
        dict.contains("meta") ? dict.requiredString("meta", where) : "");
  }

  private static String name(String key, Dict dict, int position) throws RingFormatException {
    String name = dict.requiredString(key, "device " + position);
    if (name.length() > LONGEST_NAME
        || name.indexOf('/') >= 0
        || name.equals(".")
        || name.equals("..")
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new RingFormatException(
          "Its device " + position + " has a value for '" + key + "' that can't be a name.");
    }
    return name;
  }

  /** A device as a new builder holds it. */
  Dict toDict() {
    Dict dict = new Dict();
    dict.put("region", (long) region);
    dict.put("zone", (long) zone);
    dict.put("ip", ip);
    dict.put("port", (long) port);
    dict.put("device", device);
    dict.put("replication_ip", replicationIp);
    dict.put("replication_port", (long) replicationPort);
    dict.put("meta", meta);
    dict.put("weight", weight);
    dict.put("id", (long) id);
    return dict;
  }

  /** What a list of devices holds at a position, which may be a hole. */
  static @Nullable RingDevice at(ItemList devices, int position) throws RingFormatException {
    Object item = devices.get(position);
    if (item == null) {
      return null;
    }
    if (item instanceof Dict dict) {
      return of(dict, position);
    }
    throw new RingFormatException("Its device " + position + " is neither a device nor a hole.");
  }
}
