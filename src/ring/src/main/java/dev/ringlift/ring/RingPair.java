package dev.ringlift.ring;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a ring and a builder belong together: the ring is what the builder would write. */
public final class RingPair {
  private RingPair() {}

  /** The first difference, as a whole sentence; empty where there is none. */
  public static Optional<String> difference(Ring ring, RingBuilder builder) {
    if (ring.partPower() != builder.partPower()) {
      return differ("partition power", ring.partPower(), builder.partPower());
    }
    // A builder that was never rebalanced keeps its next power to itself.
    Integer next = builder.replicaRows() == 0 ? null : builder.nextPartPower();
    if (!Objects.equals(ring.nextPartPower(), next)) {
      return differ("next partition power", ring.nextPartPower(), next);
    }
    Long version = ring.version();
    if (version != null && version != builder.version()) {
      return differ("version", version, builder.version());
    }
    Optional<String> devices = devices(ring.devices(), builder.devices());
    if (devices.isPresent()) {
      return devices;
    }
    String table = ring.content().table().difference(builder.table());
    return Optional.ofNullable(table).map(text -> "Ring and builder differ: " + text + ".");
  }

  private static Optional<String> devices(
      List<@Nullable RingDevice> ring, List<@Nullable RingDevice> builder) {
    for (int id = 0; id < Math.max(ring.size(), builder.size()); id++) {
      RingDevice inRing = id < ring.size() ? ring.get(id) : null;
      RingDevice inBuilder = id < builder.size() ? builder.get(id) : null;
      if (inRing != null && inBuilder == null) {
        return Optional.of("Ring and builder differ: only the ring has device " + id + ".");
      }
      if (inRing == null && inBuilder != null) {
        return Optional.of("Ring and builder differ: only the builder has device " + id + ".");
      }
      if (inRing != null && inBuilder != null && !inRing.equals(inBuilder)) {
        return Optional.of(
            "Ring and builder differ: device %d is %s in the ring and %s in the builder."
                .formatted(id, describe(inRing), describe(inBuilder)));
      }
    }
    return Optional.empty();
  }

  private static String describe(RingDevice device) {
    return "r%dz%d-%s:%dR%s:%d/%s_\"%s\" of weight %s"
        .formatted(
            device.region(),
            device.zone(),
            device.ip(),
            device.port(),
            device.replicationIp(),
            device.replicationPort(),
            device.device(),
            device.meta(),
            device.weight());
  }

  private static Optional<String> differ(
      String what, @Nullable Object inRing, @Nullable Object inBuilder) {
    return Optional.of(
        "Ring and builder differ: the ring has %s %s and the builder %s."
            .formatted(what, word(inRing), word(inBuilder)));
  }

  private static String word(@Nullable Object value) {
    return value == null ? "none" : value.toString();
  }
}
