package dev.ringlift.ring;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Small clusters to make rings of. */
final class Clusters {
  private Clusters() {}

  static RingDevice device(int id, int zone) {
    String ip = "10.0." + zone + ".1";
    return new RingDevice(id, 1, zone, ip, 6200, ip, 6300, "d" + id, 100.0, "");
  }

  /** So many devices in three zones, in turn. */
  static List<RingDevice> devices(int count) {
    return IntStream.range(0, count).mapToObj(id -> device(id, 1 + id % 3)).toList();
  }

  /** One replica, on the devices of these ids. */
  static RingBuilder builder(int partPower, List<Integer> row) {
    int[] ids = row.stream().mapToInt(Integer::intValue).toArray();
    return RingBuilder.create(
        partPower, List.of(ids), new ArrayList<@Nullable RingDevice>(devices(3)));
  }

  static RingBuilder builder(int partPower, double replicas, int devices) {
    return RingBuilder.create(partPower, replicas, devices(devices));
  }
}
