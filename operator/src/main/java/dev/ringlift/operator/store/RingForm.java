package dev.ringlift.operator.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.operator.plan.Check;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.Ring;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** How a ring file stands in a ConfigMap. */
enum RingForm {
  /** The file in binaryData, under its own name. */
  RAW,

  /**
   * Base64 text in data, under {@code ring.b64}: as sites keep a ring whose pods decode it when
   * they start. Lines as {@code base64} makes them; read in any.
   */
  BASE64,

  /**
   * As {@link #RAW}, and beside it, in data, what tells it apart: {@code <file>.md5} and {@code
   * <file>.version}. All change in one write, so that who takes the ring can check what was taken.
   */
  EXPORT;

  private static final String BASE64_KEY = "ring.b64";
  private static final int LINE = 76;

  static RingForm of(RingSource source) {
    return switch (source.type()) {
      case External -> EXPORT;
      case SwiftOperator, HostPath -> RAW;
      case ConfigMap ->
          switch (source.encoding()) {
            case Raw -> RAW;
            case Base64 -> BASE64;
          };
    };
  }

  /** Whether the ring is in data, not in binaryData. */
  boolean isText() {
    return this == BASE64;
  }

  /** The key that the ring is under. */
  String key(String ringFile) {
    return isText() ? BASE64_KEY : ringFile;
  }

  /** That key, and those that tell of the ring. */
  Set<String> keys(String ringFile) {
    return this == EXPORT
        ? Set.of(ringFile, md5Key(ringFile), versionKey(ringFile))
        : Set.of(key(ringFile));
  }

  static String md5Key(String ringFile) {
    return ringFile + ".md5";
  }

  static String versionKey(String ringFile) {
    return ringFile + ".version";
  }

  /** What a ConfigMap has to hold for this ring. */
  MapEntries entries(String ringFile, Ring ring) {
    byte[] file = ring.toBytes();
    return switch (this) {
      case RAW -> MapEntries.binary(ringFile, file);
      case BASE64 ->
          MapEntries.text(
              BASE64_KEY,
              Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(file) + "\n");
      case EXPORT ->
          MapEntries.binary(ringFile, file).and(description(ringFile, Md5.hex(file), ring));
    };
  }

  /** What a ConfigMap has to hold besides the ring. */
  MapEntries description(String ringFile, String md5, Ring ring) {
    if (this != EXPORT) {
      return new MapEntries(Map.of(), Map.of());
    }
    String version = Objects.toString(ring.version(), "");
    return MapEntries.text(md5Key(ringFile), md5)
        .and(MapEntries.text(versionKey(ringFile), version));
  }

  /** The ring file of a ConfigMap that has the {@link #key}. */
  byte[] file(String ringFile, MapEntries entries, String mapName) throws UnusableStoreException {
    if (!isText()) {
      return MapEntries.decoded(Objects.requireNonNull(entries.binary().get(ringFile), ringFile));
    }
    String text = Objects.requireNonNull(entries.text().get(BASE64_KEY), BASE64_KEY);
    try {
      return Base64.getDecoder().decode(text.replaceAll("\\s", "").getBytes(US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new UnusableStoreException(
          Check.RingReadable,
          "%s in ConfigMap %s is no base64 text: %s."
              .formatted(BASE64_KEY, mapName, e.getMessage()));
    }
  }
}
