package dev.ringlift.ring;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How files share a map that has little room: what fits is in it whole, the rest in parts, of which
 * it holds the index.
 *
 * @param whole by file name
 * @param inParts by file name
 */
public record RingLayout(SortedMap<String, byte[]> whole, SortedMap<String, RingParts> inParts) {
  /** A part and what Kubernetes adds to it, as JSON with base64, stay well below etcd's 1.5 MiB. */
  public static final int DEFAULT_PART_LIMIT = 768 << 10;

  public RingLayout {
    whole = Collections.unmodifiableSortedMap(new TreeMap<>(whole));
    inParts = Collections.unmodifiableSortedMap(new TreeMap<>(inParts));
  }

  /**
   * Lays files out: those above the limit of a part go in parts, and, while the others have no room
   * together, the largest of them does. {@link #size} tells whether that was enough.
   *
   * @param files by name
   * @param store the name of the map
   * @param room what the map can hold, besides what else is in it, in bytes
   * @throws IllegalArgumentException if a file can't be {@linkplain RingParts#split split}
   */
  public static RingLayout of(Map<String, byte[]> files, String store, int partLimit, long room) {
    List<Map.Entry<String, byte[]>> byLength = new ArrayList<>(files.entrySet());
    byLength.sort(Comparator.comparingInt(file -> -file.getValue().length));
    RingLayout layout = new RingLayout(new TreeMap<>(files), new TreeMap<>());
    for (Map.Entry<String, byte[]> file : byLength) {
      if (file.getValue().length > partLimit || layout.size() > room) {
        layout =
            layout.withParts(RingParts.split(file.getKey(), file.getValue(), partLimit, store));
      }
    }
    return layout;
  }

  private RingLayout withParts(RingParts parts) {
    SortedMap<String, byte[]> rest = new TreeMap<>(whole);
    SortedMap<String, RingParts> more = new TreeMap<>(inParts);
    rest.remove(parts.index().file());
    more.put(parts.index().file(), parts);
    return new RingLayout(rest, more);
  }

  /** How many bytes the map holds of the files: those that are whole, and the indexes. */
  public long size() {
    long size = 0;
    for (byte[] content : whole.values()) {
      size += content.length;
    }
    for (RingParts parts : inParts.values()) {
      size += parts.index().toBytes().length;
    }
    return size;
  }
}
