package dev.ringlift.e2e.story;

import dev.ringlift.e2e.cluster.SwiftCluster;
import dev.ringlift.ring.RingArchive;
import dev.ringlift.ring.RingFormatException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Keeps every ring and builder that the ConfigMap ever held, in the order of their coming. */
final class PublishedRings implements AutoCloseable {
  private final SwiftCluster cluster;
  private final List<Pair> pairs = new ArrayList<>();
  private final SharedIndexInformer<ConfigMap> informer;

  /** A ring with the builder beside it. */
  record Pair(String ring, String builder) {

    /** Writes both into a folder of their own, and gives the ring's path. */
    Path in(Path folder) {
      try {
        Files.createDirectories(folder);
        Files.write(folder.resolve("object.builder"), Base64.getDecoder().decode(builder));
        return Files.write(folder.resolve("object.ring.gz"), Base64.getDecoder().decode(ring));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  PublishedRings(SwiftCluster cluster) {
    this.cluster = cluster;
    informer =
        cluster
            .client()
            .configMaps()
            .inNamespace(cluster.namespace())
            .withName(SwiftCluster.RINGS)
            .inform(
                new ResourceEventHandler<ConfigMap>() {
                  @Override
                  public void onAdd(ConfigMap added) {
                    keep(added);
                  }

                  @Override
                  public void onUpdate(ConfigMap before, ConfigMap after) {
                    keep(after);
                  }

                  @Override
                  public void onDelete(ConfigMap removed, boolean finalStateUnknown) {
                    // What was published stays published.
                  }
                });
  }

  private synchronized void keep(ConfigMap map) {
    String ring = Base64.getEncoder().encodeToString(cluster.file(map, "object.ring.gz"));
    Pair pair = new Pair(ring, builder(map));
    if (pairs.isEmpty() || !pairs.getLast().equals(pair)) {
      pairs.add(pair);
    }
  }

  /** Under its own key, whole or in parts, or in the tar of swift-operator. */
  private String builder(ConfigMap map) {
    Base64.Encoder base64 = Base64.getEncoder();
    String tar = map.getBinaryData() == null ? null : map.getBinaryData().get("swiftrings.tar.gz");
    if (tar == null) {
      return base64.encodeToString(cluster.file(map, "object.builder"));
    }
    try {
      RingArchive archive = RingArchive.read(Base64.getDecoder().decode(tar));
      return base64.encodeToString(archive.content("object.builder").orElseThrow());
    } catch (RingFormatException e) {
      throw new IllegalStateException("the published tar is none: " + e.getMessage(), e);
    }
  }

  synchronized List<Pair> pairs() {
    return List.copyOf(pairs);
  }

  @Override
  public void close() {
    informer.close();
  }
}
