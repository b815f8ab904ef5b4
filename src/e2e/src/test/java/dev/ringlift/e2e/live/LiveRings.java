package dev.ringlift.e2e.live;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringlift.e2e.cluster.RingLayout;
import dev.ringlift.e2e.cluster.StorageHost;
import dev.ringlift.testkit.swift.RealSwift;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** All rings of a live cluster, made by Swift, in the one ConfigMap that everybody mounts. */
final class LiveRings {
  private static final int DATABASE_POWER = 4;
  private static final int REPLICAS = 3;

  private static final String MAKE =
      """
      from swift.common.ring import RingBuilder

      def main(rings):
          for ring in rings:
              builder = RingBuilder(ring['power'], ring['replicas'], 1)
              for device in ring['devices']:
                  builder.add_dev(dict(device, port=ring['port'], replication_port=ring['port']))
              builder.rebalance(seed=7)
              builder.save(ring['file'] + '.builder')
              builder.get_ring().save(ring['file'] + '.ring.gz')
      """;

  private final RealSwift swift;
  private final Path folder;

  /** Those in this folder. */
  LiveRings(RealSwift swift, Path folder) {
    this.swift = swift;
    this.folder = folder;
  }

  /** Makes the rings of accounts and containers, and one for each policy, at this power. */
  void make(List<StorageHost> hosts, int partPower, int policies) {
    List<Map<String, Object>> devices = new ArrayList<>();
    for (StorageHost host : hosts) {
      for (String device : host.devices()) {
        devices.add(
            Map.of(
                "region",
                1,
                "zone",
                host.zone(),
                "ip",
                host.address(),
                "replication_ip",
                host.address(),
                "device",
                device,
                "weight",
                100));
      }
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Map<String, Object>> rings = new ArrayList<>();
    rings.add(ring("account", DATABASE_POWER, LiveSwift.ACCOUNT_PORT, devices));
    rings.add(ring("container", DATABASE_POWER, LiveSwift.CONTAINER_PORT, devices));
    for (int policy = 0; policy < policies; policy++) {
      rings.add(ring(name(policy), partPower, LiveSwift.OBJECT_PORT, devices));
    }
    swift.python(MAKE, rings);
  }

  private Map<String, Object> ring(String name, int power, int port, List<?> devices) {
    return Map.of(
        "file", folder.resolve(name).toString(),
        "power", power,
        "replicas", REPLICAS,
        "port", port,
        "devices", devices);
  }

  /** What the files of a policy are called. */
  static String name(int policy) {
    return policy == 0 ? "object" : "object-" + policy;
  }

  /** The ring of a policy as it was made. */
  Path ring(int policy) {
    return folder.resolve(name(policy) + ".ring.gz");
  }

  /** The ConfigMap with all of it, but for the builders of accounts and containers. */
  ConfigMap configMap(String namespace, int policies) {
    ConfigMapBuilder map =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName(RingLayout.RINGS)
            .withNamespace(namespace)
            .endMetadata();
    List<String> files = new ArrayList<>(List.of("account.ring.gz", "container.ring.gz"));
    for (int policy = 0; policy < policies; policy++) {
      files.add(name(policy) + ".ring.gz");
      files.add(name(policy) + ".builder");
    }
    try {
      for (String file : files) {
        byte[] content = Files.readAllBytes(folder.resolve(file));
        map.addToBinaryData(file, Base64.getEncoder().encodeToString(content));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return map.build();
  }

  /** Writes ring and builder of a policy from a ConfigMap, and gives the ring's path. */
  static Path save(ConfigMap map, int policy, Path folder) {
    try {
      Files.createDirectories(folder);
      for (String file : List.of(name(policy) + ".builder", name(policy) + ".ring.gz")) {
        byte[] content = Base64.getDecoder().decode(map.getBinaryData().get(file));
        Files.write(folder.resolve(file), content);
      }
      return folder.resolve(name(policy) + ".ring.gz");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code 7/8} of a ring: its power, and the next or null. */
  String powers(Path ring) {
    JsonNode loaded = swift.ring(ring);
    return loaded.path("part_power").asText() + "/" + loaded.path("next_part_power").asText();
  }
}
