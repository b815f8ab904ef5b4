package dev.ringlift.operator.recon;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringlift.operator.plan.ReconAnswer;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers of Swift's recon middleware (swift.common.middleware.recon, 2.38.3):
 *
 * <pre>
 *   /recon/ringmd5             {"/etc/swift/object.ring.gz": "md5 in hex", …}; null for one that
 *                              could not be read
 *   /recon/version             {"version": "2.38.3"}
 *   /recon/time                seconds since 1970, with a fraction
 *   /recon/replication/object  {"object_replication_last": end of the last pass, in such seconds,
 *                              "object_replication_time": how long it took, in minutes, …}; null
 *                              for what never was
 *   /recon/reconstruction/object  the same, with names that begin with object_reconstruction
 * </pre>
 */
final class ReconParser {
  private static final Pattern MD5 = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern RING = Pattern.compile("[a-z]+(-[0-9]{1,5})?\\.ring\\.gz");
  private static final Pattern VERSION = Pattern.compile("[0-9A-Za-z.+~-]{1,40}");
  private static final double LATEST = 1e11;
  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(10)
                          .maxStringLength(10_000)
                          .maxNumberLength(100)
                          .build())
                  .build())
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private ReconParser() {}

  /**
   * The md5 of each ring file, by its name without the directory.
   *
   * @throws ReconException if it is not what recon answers; then nothing of it is believed
   */
  static Map<String, String> rings(byte[] body) throws ReconException {
    JsonNode node = json(body);
    if (!node.isObject()) {
      throw new ReconException("did not answer as recon does: no JSON object");
    }
    Map<String, String> rings = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String file = entry.getKey().substring(entry.getKey().lastIndexOf('/') + 1);
      if (!RING.matcher(file).matches()) {
        throw new ReconException("did not answer as recon does: it names a file that is no ring");
      }
      String md5 = md5(entry.getValue());
      if (rings.putIfAbsent(file, md5) != null) {
        throw new ReconException("names %s twice".formatted(file));
      }
    }
    return rings;
  }

  private static String md5(JsonNode value) throws ReconException {
    if (value.isNull()) {
      return ReconAnswer.UNREADABLE;
    }
    if (!value.isTextual() || !MD5.matcher(value.textValue()).matches()) {
      throw new ReconException("did not answer as recon does: no md5 where one should be");
    }
    return value.textValue();
  }

  static Optional<String> version(byte[] body) throws ReconException {
    return Optional.ofNullable(json(body).path("version").textValue())
        .filter(version -> VERSION.matcher(version).matches());
  }

  static Optional<Instant> time(byte[] body) throws ReconException {
    return Optional.ofNullable(instant(json(body)));
  }

  /** When the replicator's last pass that has ended began. */
  static Optional<Instant> replicated(byte[] body) throws ReconException {
    return begun(json(body), "object_replication");
  }

  /** The same of the reconstructor, which does the work for policies of erasure coding. */
  static Optional<Instant> reconstructed(byte[] body) throws ReconException {
    return begun(json(body), "object_reconstruction");
  }

  private static Optional<Instant> begun(JsonNode node, String what) {
    Instant end = instant(node.path(what + "_last"));
    JsonNode minutes = node.path(what + "_time");
    if (end == null || !minutes.isNumber() || !(minutes.doubleValue() >= 0)) {
      return Optional.empty();
    }
    double seconds = Math.min(minutes.doubleValue() * 60, (double) end.getEpochSecond());
    return Optional.of(end.minusMillis((long) Math.ceil(seconds * 1000)));
  }

  private static @Nullable Instant instant(JsonNode node) {
    if (!node.isNumber() || !(node.doubleValue() > 0) || node.doubleValue() > LATEST) {
      return null;
    }
    return Instant.ofEpochMilli((long) (node.doubleValue() * 1000));
  }

  private static JsonNode json(byte[] body) throws ReconException {
    try {
      return JSON.readTree(body);
    } catch (IOException notJson) {
      throw new ReconException("did not answer as recon does: no JSON");
    }
  }
}
