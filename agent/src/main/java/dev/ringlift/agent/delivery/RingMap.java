package dev.ringlift.agent.delivery;

import dev.ringlift.ring.PartIndex;
import dev.ringlift.ring.RingFileName;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A ConfigMap that rings are delivered from.
 *
 * @param values of {@code data} and {@code binaryData}, decoded
 * @param meant md5s of rings that an administrator wants even over newer ones
 */
record RingMap(Map<String, byte[]> values, Set<String> meant) {
  RingMap {
    values = Map.copyOf(values);
    meant = Set.copyOf(meant);
  }

  Optional<byte[]> value(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** The object rings in it, whole or in parts, by the names of their files. */
  TreeMap<String, RingFileName> rings() {
    TreeMap<String, RingFileName> rings = new TreeMap<>();
    for (String key : values.keySet()) {
      String file =
          key.endsWith(PartIndex.SUFFIX)
              ? key.substring(0, key.length() - PartIndex.SUFFIX.length())
              : key;
      RingFileName.parse(file)
          .filter(name -> name.kind() == RingFileName.Kind.RING)
          .ifPresent(name -> rings.put(file, name));
    }
    return rings;
  }
}
