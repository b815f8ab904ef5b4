package dev.ringlift.e2e.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a site keeps the ring and the builder of policy 0, and how the ring comes to its nodes. */
public enum RingLayout {
  /** Both in one ConfigMap, which every pod mounts. */
  ONE_MAP("type: ConfigMap, configMaps: [swift-rings]"),

  /** Both in one ConfigMap or in parts, which no pod mounts: agents install the ring. */
  HOST_PATH("type: HostPath, configMaps: [swift-rings]"),

  /** The ring as text, which every pod decodes; the builder in another ConfigMap. */
  BASE64_AND_BUILDER_APART(
      "type: ConfigMap, configMaps: [swift-rings, swift-builders], encoding: Base64"),

  /** The ring in a ConfigMap that nobody mounts; the builder with the user. */
  EXTERNAL_WITHOUT_BUILDER("type: External, configMaps: [swift-rings], builder: Absent");

  /** The ConfigMap that has the ring. */
  public static final String RINGS = "swift-rings";

  /** The ConfigMap that has the builder, where it is apart. */
  public static final String BUILDERS = "swift-builders";

  private static final String RING = "object.ring.gz";
  private static final String BUILDER = "object.builder";
  private static final String TEXT = "ring.b64";

  private final String source;

  RingLayout(String source) {
    this.source = source;
  }

  /** What a user writes into {@code spec.ring}, in braces. */
  public String source() {
    return source;
  }

  /** The ConfigMaps for these two. */
  public List<ConfigMap> maps(byte[] ring, byte[] builder) {
    ConfigMapBuilder rings = named(RINGS);
    return switch (this) {
      case ONE_MAP, HOST_PATH ->
          List.of(
              rings
                  .addToBinaryData(RING, base64(ring))
                  .addToBinaryData(BUILDER, base64(builder))
                  .build());
      case BASE64_AND_BUILDER_APART ->
          List.of(
              rings.addToData(TEXT, base64(ring)).build(),
              named(BUILDERS).addToBinaryData(BUILDER, base64(builder)).build());
      case EXTERNAL_WITHOUT_BUILDER -> List.of(rings.addToBinaryData(RING, base64(ring)).build());
    };
  }

  /** What a pod that mounts the map gives Swift; nothing if none mounts it. */
  Map<String, byte[]> mounted(ConfigMap map) {
    Map<String, byte[]> files = new HashMap<>();
    switch (this) {
      case ONE_MAP -> binary(map).forEach((name, content) -> files.put(name, decoded(content)));
      case BASE64_AND_BUILDER_APART -> value(map, RING).ifPresent(ring -> files.put(RING, ring));
      case HOST_PATH, EXTERNAL_WITHOUT_BUILDER -> {}
    }
    return files;
  }

  /** What the map holds under this key, or in place of it where rings are text. */
  Optional<byte[]> value(ConfigMap map, String key) {
    if (this == BASE64_AND_BUILDER_APART && key.equals(RING)) {
      return text(map, TEXT).map(RingLayout::decoded);
    }
    return Optional.ofNullable(binary(map).get(key))
        .map(RingLayout::decoded)
        .or(() -> text(map, key).map(text -> text.getBytes(UTF_8)));
  }

  private static ConfigMapBuilder named(String name) {
    return new ConfigMapBuilder().withNewMetadata().withName(name).endMetadata();
  }

  private static Map<String, String> binary(ConfigMap map) {
    return map.getBinaryData() == null ? Map.of() : map.getBinaryData();
  }

  private static Optional<String> text(ConfigMap map, String key) {
    return Optional.ofNullable(map.getData()).map(data -> data.get(key));
  }

  private static String base64(byte[] content) {
    return Base64.getEncoder().encodeToString(content);
  }

  /** Of text, in lines of any length. */
  private static byte[] decoded(String base64) {
    return Base64.getMimeDecoder().decode(base64);
  }
}
