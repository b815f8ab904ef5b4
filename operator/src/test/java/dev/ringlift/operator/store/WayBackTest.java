package dev.ringlift.operator.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.operator.plan.StoredRing;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.Transition;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import dev.ringlift.testkit.process.Command;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The commands of docs/rings.md bring back what a backup holds. */
@Tag("apiserver")
@ExtendWith(ApiServerExtension.class)
class WayBackTest {
  @Test
  void aPairInOneMap(ApiServer server) throws Exception {
    assertThatTheWayBackIsRight(
        server,
        RingSource.inConfigMaps("swift-rings"),
        (ring, builder) ->
            Map.of(
                "swift-rings",
                MapEntries.binary("object.ring.gz", ring)
                    .and(MapEntries.binary("object.builder", builder.toBytes()))));
  }

  @Test
  void aRingAsTextAndItsBuilderInAnotherMap(ApiServer server) throws Exception {
    assertThatTheWayBackIsRight(
        server,
        new RingSource(
            RingSource.Type.ConfigMap,
            List.of("swift-rings", "swift-builders"),
            RingSource.Encoding.Base64,
            RingSource.Builder.Required),
        (ring, builder) ->
            Map.of(
                "swift-rings",
                MapEntries.text("ring.b64", RingStoreContract.base64(ring)),
                "swift-builders",
                MapEntries.binary("object.builder", builder.toBytes())));
  }

  @Test
  void aRingThatIsOffered(ApiServer server) throws Exception {
    assertThatTheWayBackIsRight(
        server,
        new RingSource(
            RingSource.Type.External,
            List.of("swift-export"),
            RingSource.Encoding.Raw,
            RingSource.Builder.Absent),
        (ring, builder) ->
            Map.of(
                "swift-export",
                MapEntries.binary("object.ring.gz", ring)
                    .and(MapEntries.text("object.ring.gz.md5", Md5.hex(ring)))
                    .and(MapEntries.text("object.ring.gz.version", "" + builder.version()))));
  }

  /** What a site has in its ConfigMaps. */
  @FunctionalInterface
  private interface Site {
    Map<String, MapEntries> maps(byte[] ring, RingBuilder builder);
  }

  private static void assertThatTheWayBackIsRight(ApiServer server, RingSource source, Site site)
      throws Exception {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 1)) {
      RingBuilder builder = cluster.newBuilder(6);
      site.maps(builder.toRing(1).toBytes(), builder)
          .forEach((name, entries) -> create(cluster, name, entries));
      Map<String, MapEntries> before = content(cluster, source);
      PartitionPowerIncrease increase = cluster.apply("grow", 7, source);
      RingStore store = RingStores.of(cluster.client()).of(increase);
      StoredRing.Pair pair = (StoredRing.Pair) store.read();

      store.backUp(pair.revision(), RingStoreContract.BEFORE);
      RingBuilder stored = pair.builder();
      store.write(
          pair.revision(),
          pair.ring().after(Transition.PREPARE),
          stored == null ? null : stored.after(Transition.PREPARE, Instant.EPOCH));
      assertThat(content(cluster, source)).isNotEqualTo(before);
      for (ConfigMap backup : backups(cluster, increase)) {
        goBack(cluster, backup.getMetadata().getName());
      }

      assertThat(content(cluster, source)).isEqualTo(before);
    }
  }

  private static void create(SimulatedCluster cluster, String name, MapEntries entries) {
    ConfigMap map =
        entries
            .addTo(new ConfigMapBuilder())
            .withNewMetadata()
            .withNamespace(cluster.namespace())
            .withName(name)
            .endMetadata()
            .addToData("note", "kept")
            .build();
    cluster.client().resource(map).create();
  }

  private static Map<String, MapEntries> content(SimulatedCluster cluster, RingSource source) {
    Map<String, MapEntries> content = new LinkedHashMap<>();
    for (String name : source.configMaps()) {
      content.put(
          name,
          MapEntries.of(
              cluster
                  .client()
                  .configMaps()
                  .inNamespace(cluster.namespace())
                  .withName(name)
                  .require()));
    }
    return content;
  }

  private static List<ConfigMap> backups(
      SimulatedCluster cluster, PartitionPowerIncrease increase) {
    return cluster
        .client()
        .configMaps()
        .inNamespace(cluster.namespace())
        .withLabel(ApiConstants.LABEL_INCREASE_UID, increase.getMetadata().getUid())
        .list()
        .getItems();
  }

  /** Runs what the documentation says, in the cluster and the namespace of the test. */
  private static void goBack(SimulatedCluster cluster, String backup) throws IOException {
    String kubectl =
        String.join(" ", cluster.server().kubectlCommand("--namespace", cluster.namespace()));
    String script =
        "set -euo pipefail\nkubectl() { " + kubectl + " \"$@\"; }\n" + documented(backup);
    Command.of("bash", "-c", script).run().orThrow();
  }

  private static String documented(String backup) throws IOException {
    Matcher block =
        Pattern.compile("(?s)## The way back.*?```sh\n(.*?)```")
            .matcher(Files.readString(Path.of("../docs/rings.md")));
    assertThat(block.find()).as("the documented commands").isTrue();
    String commands = Objects.requireNonNull(block.group(1));
    assertThat(commands).contains("backup=BACKUP\n");
    return commands.replace("backup=BACKUP\n", "backup=" + backup + "\n");
  }
}
