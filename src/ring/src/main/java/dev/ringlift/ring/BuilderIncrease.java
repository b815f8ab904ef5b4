package dev.ringlift.ring;

import java.time.Instant;
import java.util.Objects;

/**
 * What the increase does to a builder besides its power: every partition becomes two, in the table,
 * in the devices' counts, and in the record of when partitions last moved, which the command then
 * brings up to date (RingBuilder.increase_partition_power, _update_last_part_moves).
 */
final class BuilderIncrease {
  private static final long SECONDS_PER_HOUR = 3600;
  private static final int HOURS_CAP = 0xFF;

  private BuilderIncrease() {}

  /**
   * @param root a builder's dict whose devices may be changed; its power is the new one already
   */
  static void apply(Dict root, AssignmentTable doubled, Instant now) {
    root.put("parts", BuilderFormat.twice(root.get("parts")));
    root.put(BuilderFormat.TABLE, new ItemList(doubled.rows().toArray()));
    if (root.get("devs") instanceof ItemList devices) {
      for (int i = 0; i < devices.size(); i++) {
        if (devices.get(i) instanceof Dict device) {
          device.put("parts", BuilderFormat.twice(device.get("parts")));
        }
      }
    }
    long epoch = root.get(BuilderFormat.LAST_MOVES_EPOCH) instanceof Long seconds ? seconds : 0;
    long hours = Math.max(0, (now.getEpochSecond() - epoch) / SECONDS_PER_HOUR);
    byte[] before =
        switch (root.get(BuilderFormat.LAST_MOVES)) {
          case IntArray(byte[] bytes) -> bytes;
          case ItemList list -> Objects.requireNonNull(list.takeBytes());
          case null, default ->
              throw new IllegalStateException("a builder without its last moves was let through");
        };
    byte[] after = new byte[before.length * 2];
    for (int i = 0; i < after.length; i++) {
      after[i] = (byte) Math.min((before[i >> 1] & 0xFF) + hours, HOURS_CAP);
    }
    // Swift leaves a list where an array was.
    root.put(BuilderFormat.LAST_MOVES, new ItemList(after));
    if (hours > 0) {
      root.put(BuilderFormat.LAST_MOVES_EPOCH, now.getEpochSecond());
    }
  }
}
