package dev.ringlift.e2e.story;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringlift.testkit.process.Command;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The kinds of site that the chart has presets for: how each keeps ring, builder and {@code
 * swift.conf}. They can live beside each other on the same nodes.
 */
enum SiteKind {
  /** The nodes' own {@code /srv/node} and {@code /var/cache/swift}, just as the preset has them. */
  CONFIG_MAP(
      "config-map", 42445, 8080, "swift-rings", "type: ConfigMap, configMaps: [swift-rings]"),
  SWIFT_OPERATOR("swift-operator", 42445, 8090, "swift-ring-files", "type: SwiftOperator"),
  HOST_PATH("host-path", 1000, 8100, "swift-rings", "type: HostPath, configMaps: [swift-rings]");

  private static final String RING = "object.ring.gz";
  private static final String BUILDER = "object.builder";
  private static final String TAR = "swiftrings.tar.gz";
  private static final String CONF = "swift.conf";

  private final String preset;
  private final int user;
  private final int port;
  private final String rings;
  private final String source;

  SiteKind(String preset, int user, int port, String rings, String source) {
    this.preset = preset;
    this.user = user;
    this.port = port;
    this.rings = rings;
    this.source = source;
  }

  /** The chart's preset; also what the namespace is called. */
  String preset() {
    return preset;
  }

  /** Swift's uid and gid there. */
  int user() {
    return user;
  }

  /** The ConfigMap with the ring, under its own name. */
  String rings() {
    return rings;
  }

  /** What a user writes into {@code spec.ring}, in braces. */
  String source() {
    return source;
  }

  /** Labels that a node must have for the preset's agents. */
  List<String> nodeLabels() {
    return this == HOST_PATH
        ? List.of("ringlift.dev/storage=true", "species=swift-storage")
        : List.of("ringlift.dev/storage=true");
  }

  /** Where this site's folders are on a node; nothing if they are the node's own. */
  Optional<String> place() {
    return this == CONFIG_MAP ? Optional.empty() : Optional.of("/srv/sites/" + preset);
  }

  /** What has to be said beside the preset where several sites share their nodes. */
  Map<String, Object> ownValues() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("operator.port", port);
    values.put("agent.port", port + 1);
    place()
        .ifPresent(
            folder -> {
              values.put("crds.install", false);
              values.put("agent.devices.hostPath", folder + "/srv-node");
            });
    if (this == HOST_PATH) {
      values.put("agent.rings.hostPath", place().orElseThrow() + "/etc-swift");
      values.put("agent.swiftConf.hostPath", place().orElseThrow() + "/etc-swift");
      values.put("agent.reconCache.hostPath", place().orElseThrow() + "/var-cache-swift");
      // there are no other nodes for it than those that are Swift's own
      values.put("operator.tolerations[0].operator", "Exists");
    }
    return values;
  }

  /** What somebody has put into the namespace before Ringlift came. */
  List<HasMetadata> objects(byte[] ring, byte[] builder, String swiftConf, Path scratch) {
    ConfigMapBuilder map =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName(rings)
            .endMetadata()
            .addToBinaryData(RING, base64(ring));
    return switch (this) {
      case CONFIG_MAP ->
          List.of(
              map.addToBinaryData(BUILDER, base64(builder)).build(),
              new ConfigMapBuilder()
                  .withNewMetadata()
                  .withName("swift-conf")
                  .endMetadata()
                  .addToData(CONF, swiftConf)
                  .build());
      case SWIFT_OPERATOR ->
          List.of(
              map.addToBinaryData(TAR, base64(packed(ring, builder, scratch))).build(),
              new SecretBuilder()
                  .withNewMetadata()
                  .withName("swift-conf")
                  .endMetadata()
                  .addToData(CONF, base64(swiftConf.getBytes(UTF_8)))
                  .build());
      // swift.conf is on the nodes
      case HOST_PATH -> List.of(map.addToBinaryData(BUILDER, base64(builder)).build());
    };
  }

  /** As swift-operator's Job packs them. */
  private static byte[] packed(byte[] ring, byte[] builder, Path scratch) {
    try {
      Files.createDirectories(scratch.resolve("backups"));
      Files.write(scratch.resolve(RING), ring);
      Files.write(scratch.resolve(BUILDER), builder);
      Files.write(scratch.resolve("backups").resolve(BUILDER), builder);
      Command.of("tar", "-czf", TAR, BUILDER, RING, "backups").in(scratch).run().orThrow();
      return Files.readAllBytes(scratch.resolve(TAR));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String base64(byte[] content) {
    return Base64.getEncoder().encodeToString(content);
  }
}
