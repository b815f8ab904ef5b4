package dev.ringlift.operator.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapFluent;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Some of the values in a ConfigMap.
 *
 * @param text by key, in data
 * @param binary by key, in binaryData: base64, as the API has it
 */
record MapEntries(Map<String, String> text, Map<String, String> binary) {

  /** What the API server lets a ConfigMap's values add up to (core validation, MaxSecretSize). */
  static final long LIMIT_BYTES = 1024 * 1024;

  MapEntries {
    text = Map.copyOf(text);
    binary = Map.copyOf(binary);
  }

  /** One value in data. */
  static MapEntries text(String key, String value) {
    return new MapEntries(Map.of(key, value), Map.of());
  }

  /** One value in binaryData. */
  static MapEntries binary(String key, byte[] value) {
    return new MapEntries(Map.of(), Map.of(key, Base64.getEncoder().encodeToString(value)));
  }

  /** Everything in a ConfigMap. */
  static MapEntries of(ConfigMap map) {
    return new MapEntries(orNone(map.getData()), orNone(map.getBinaryData()));
  }

  private static Map<String, String> orNone(@Nullable Map<String, String> values) {
    return Objects.requireNonNullElse(values, Map.of());
  }

  /** These and those; where both have a key, those have it. */
  MapEntries and(MapEntries others) {
    Map<String, String> allText = new TreeMap<>(text);
    allText.putAll(others.text);
    Map<String, String> allBinary = new TreeMap<>(binary);
    allBinary.putAll(others.binary);
    return new MapEntries(allText, allBinary);
  }

  /** Those of them that have one of these keys. */
  MapEntries only(Set<String> keys) {
    Map<String, String> someText = new TreeMap<>(text);
    someText.keySet().retainAll(keys);
    Map<String, String> someBinary = new TreeMap<>(binary);
    someBinary.keySet().retainAll(keys);
    return new MapEntries(someText, someBinary);
  }

  /** The keys, of both kinds. */
  Set<String> keys() {
    Set<String> keys = new TreeSet<>(text.keySet());
    keys.addAll(binary.keySet());
    return keys;
  }

  /** What they count against {@link #LIMIT_BYTES}. */
  long size() {
    long size = 0;
    for (String value : text.values()) {
      size += value.getBytes(UTF_8).length;
    }
    for (String value : binary.values()) {
      size += decoded(value).length;
    }
    return size;
  }

  /** A value of binaryData. */
  static byte[] decoded(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  /** Adds them to what is being built. */
  <F extends ConfigMapFluent<F>> F addTo(F map) {
    return map.addToData(text).addToBinaryData(binary);
  }
}
