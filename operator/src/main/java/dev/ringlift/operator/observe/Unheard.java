package dev.ringlift.operator.observe;

import static java.util.stream.Collectors.toMap;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What had happened to objects of a kind, at a live look, without the cache of that kind having
 * heard of it yet.
 *
 * @param kind of the objects
 * @param cache all objects of the kind that the cache holds when it is asked
 * @param versions by name the resourceVersion at which the cache held each object that was at
 *     another then, or gone; {@link #ABSENT} where it held none
 */
public record Unheard(
    String kind,
    Supplier<? extends List<? extends HasMetadata>> cache,
    Map<String, String> versions) {
  static final String ABSENT = "";

  /** Whether it still has not heard of any one of these. */
  boolean persists() {
    if (versions.isEmpty()) {
      return false;
    }
    Map<String, String> present = versions(cache.get());
    return versions.entrySet().stream()
        .anyMatch(e -> e.getValue().equals(present.getOrDefault(e.getKey(), ABSENT)));
  }

  static Map<String, String> versions(Collection<? extends HasMetadata> objects) {
    return objects.stream()
        .collect(
            toMap(
                object -> object.getMetadata().getName(),
                object -> object.getMetadata().getResourceVersion()));
  }
}
