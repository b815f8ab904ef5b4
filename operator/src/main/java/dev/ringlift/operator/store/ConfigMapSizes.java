package dev.ringlift.operator.store;

import dev.ringlift.operator.plan.StoreSizes;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What ConfigMaps would hold with another ring and builder.
 *
 * @param form of the ring in its map
 * @param ringFile the ring's name
 * @param ringMap the map that has the ring
 * @param builderMap the map that has the builder: the same, or another
 */
record ConfigMapSizes(RingForm form, String ringFile, Part ringMap, Part builderMap)
    implements StoreSizes {

  /**
   * A map.
   *
   * @param otherBytes what is in it besides ring and builder
   */
  record Part(String name, long otherBytes) {
    private PartSize with(long bytes) {
      return new PartSize("ConfigMap " + name, otherBytes + bytes, MapEntries.LIMIT_BYTES);
    }
  }

  @Override
  public List<PartSize> with(Ring ring, @Nullable RingBuilder builder) {
    long ringBytes = form.entries(ringFile, ring).size();
    if (builder == null) {
      return List.of(ringMap.with(ringBytes));
    }
    long builderBytes = builder.toBytes().length;
    return ringMap.equals(builderMap)
        ? List.of(ringMap.with(ringBytes + builderBytes))
        : List.of(ringMap.with(ringBytes), builderMap.with(builderBytes));
  }
}
