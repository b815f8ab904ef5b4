package dev.ringlift.e2e.story;

import dev.ringlift.e2e.cluster.RingLayout;
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
import java.util.Optional;
import java.util.Set;

/** Keeps every ring and builder that the ConfigMaps ever held, in the order of their coming. */
final class PublishedRings implements AutoCloseable {
  private final SwiftCluster cluster;
  private final Path usersBuilder;
  private final List<String> rings = new ArrayList<>();
  private final List<String> builders = new ArrayList<>();
  private final SharedIndexInformer<ConfigMap> informer;

  /** A ring with the builder beside it, in base64. */
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

  /**
   * Begins to look.
   *
   * @param usersBuilder what the user has of the builder, where no ConfigMap has one
   */
  PublishedRings(SwiftCluster cluster, Path usersBuilder) {
    this.cluster = cluster;
    this.usersBuilder = usersBuilder;
    informer =
        cluster
            .client()
            .configMaps()
            .inNamespace(cluster.namespace())
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
    if (!Set.of(RingLayout.RINGS, RingLayout.BUILDERS).contains(map.getMetadata().getName())) {
      return;
    }
    Optional<String> ring = cluster.file(map, "object.ring.gz").map(PublishedRings::base64);
    Optional<String> builder = builder(map).map(PublishedRings::base64);
    // Where one map has both, a change of either makes another pair.
    if (isNew(rings, ring) || isNew(builders, builder)) {
      ring.ifPresent(rings::add);
      builder.ifPresent(builders::add);
    }
  }

  private static boolean isNew(List<String> all, Optional<String> next) {
    return next.isPresent() && (all.isEmpty() || !all.getLast().equals(next.get()));
  }

  private static String base64(byte[] content) {
    return Base64.getEncoder().encodeToString(content);
  }

  /** Under its own key, whole or in parts, or in the tar of swift-operator. */
  private Optional<byte[]> builder(ConfigMap map) {
    String tar = map.getBinaryData() == null ? null : map.getBinaryData().get("swiftrings.tar.gz");
    if (tar == null) {
      return cluster.file(map, "object.builder");
    }
    try {
      RingArchive archive = RingArchive.read(Base64.getDecoder().decode(tar));
      return Optional.of(archive.content("object.builder").orElseThrow());
    } catch (RingFormatException e) {
      throw new IllegalStateException("the published tar is none: " + e.getMessage(), e);
    }
  }

  /** Each ring with the builder that came with it. */
  synchronized List<Pair> pairs() {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < rings.size(); i++) {
      if (cluster.layout() == RingLayout.EXTERNAL_WITHOUT_BUILDER) {
        pairs.add(new Pair(rings.get(i), usersBuilder()));
      } else if (i < builders.size()) {
        pairs.add(new Pair(rings.get(i), builders.get(i)));
      }
    }
    return pairs;
  }

  private String usersBuilder() {
    try {
      return base64(Files.readAllBytes(usersBuilder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    informer.close();
  }
}
