package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.e2e.cluster.RingLayout;
import dev.ringlift.e2e.cluster.StorageHost;
import dev.ringlift.e2e.cluster.SwiftCluster;
import dev.ringlift.ring.PartIndex;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Rings too large for a ConfigMap, on nodes that mount none: in parts, installed by the agents. */
@Tag("e2e")
@ExtendWith(ApiServerExtension.class)
class HostPathTest {
  @Test
  void agentsInstallRingsThatAreInParts(ApiServer server, @TempDir Path folder) throws Exception {
    try (Story story = new Story(server, folder, 6, 1_000, RingLayout.HOST_PATH)) {
      story.startAll();
      story.cluster().apply(Story.INCREASE, 7);

      story.awaitComplete();

      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7", "7/7", "7/null");
      story.assertAllAt(7);
      for (StorageHost host : story.cluster().hosts()) {
        Path ring = host.ringDirectory().resolve("object.ring.gz");
        assertThat(Files.isRegularFile(ring, LinkOption.NOFOLLOW_LINKS)).isTrue();
        assertThat(ring).hasBinaryContent(story.cluster().published("object.ring.gz"));
      }
      assertInParts(story);
    }
  }

  /** Both files are, what counts is owned by nobody, and what does not goes with the increase. */
  private static void assertInParts(Story story) throws RingFormatException {
    SwiftCluster cluster = story.cluster();
    List<ConfigMap> maps =
        cluster.client().configMaps().inNamespace(cluster.namespace()).list().getItems();
    ConfigMap rings =
        maps.stream()
            .filter(map -> map.getMetadata().getName().equals(SwiftCluster.RINGS))
            .findFirst()
            .orElseThrow();
    List<String> current = new ArrayList<>();
    for (String file : List.of("object.ring.gz", "object.builder")) {
      String text = Objects.requireNonNull(rings.getData().get(PartIndex.nameFor(file)));
      PartIndex index = PartIndex.read(text.getBytes(StandardCharsets.US_ASCII), file);
      assertThat(index.parts()).as(file).hasSizeGreaterThanOrEqualTo(3);
      index.parts().forEach(part -> current.add(part.where()));
    }
    String increase = cluster.increase(Story.INCREASE).orElseThrow().getMetadata().getUid();
    assertThat(maps)
        .filteredOn(map -> Boolean.TRUE.equals(map.getImmutable()))
        .hasSizeGreaterThan(current.size())
        .allSatisfy(
            part ->
                assertThat(part.getMetadata().getOwnerReferences())
                    .as(part.getMetadata().getName())
                    .extracting(OwnerReference::getUid)
                    .isEqualTo(
                        current.contains(part.getMetadata().getName())
                            ? List.of()
                            : List.of(increase)));
  }
}
