package dev.ringlift.operator.store;

import dev.ringlift.operator.plan.StoreSizes;
import dev.ringlift.ring.PartIndex;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingLayout;
import dev.ringlift.ring.RingParts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a map of a {@link HostPathRingStore} would hold, and in how many parts the files would be.
 *
 * @param map its name
 * @param others bytes of what else is in it
 */
record HostPathSizes(String map, String ringFile, String builderFile, int partLimit, long others)
    implements StoreSizes {

  @Override
  public List<PartSize> with(Ring ring, @Nullable RingBuilder builder) {
    Map<String, byte[]> files = new TreeMap<>();
    files.put(ringFile, ring.toBytes());
    if (builder != null) {
      files.put(builderFile, builder.toBytes());
    }
    int largest = largest();
    List<PartSize> tooLarge = new ArrayList<>();
    files.forEach(
        (name, file) -> {
          if (file.length > largest) {
            tooLarge.add(new PartSize("the parts of " + name, file.length, largest));
          }
        });
    if (!tooLarge.isEmpty()) {
      return tooLarge;
    }
    RingLayout layout = RingLayout.of(files, map, partLimit, MapEntries.LIMIT_BYTES - others);
    return List.of(new PartSize(name(layout), others + layout.size(), MapEntries.LIMIT_BYTES));
  }

  /** What can be held in parts at all. */
  private int largest() {
    return (int) Math.min(PartIndex.LARGEST_FILE, (long) PartIndex.MOST_PARTS * partLimit);
  }

  private String name(RingLayout layout) {
    List<String> inParts = new ArrayList<>();
    for (RingParts parts : layout.inParts().values()) {
      inParts.add("%s in %d part(s)".formatted(parts.index().file(), parts.index().parts().size()));
    }
    return inParts.isEmpty()
        ? "ConfigMap " + map
        : "ConfigMap %s (with %s)".formatted(map, String.join(", ", inParts));
  }
}
