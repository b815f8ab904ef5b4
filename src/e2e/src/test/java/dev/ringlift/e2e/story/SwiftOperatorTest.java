package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.e2e.cluster.SwiftCluster;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The whole way in the ConfigMap that swift-operator keeps, before, beside and after its Job. */
@Tag("e2e")
@ExtendWith(ApiServerExtension.class)
class SwiftOperatorTest {

  @Test
  void theJobsRingsAreRaisedAndTheJobWorksOn(ApiServer server, @TempDir Path folder)
      throws IOException {
    try (Story story = new Story(server, folder, 6, 500)) {
      RebalanceJob job = new RebalanceJob(story, folder.resolve("job"));
      job.runFirst(folder.resolve("made").resolve("object.builder"));
      ConfigMap before = map(story);
      job.begin();
      story.startAll();
      apply(story);

      story
          .eventually("the Job holds it up")
          .until(() -> story.conditionMessage("Stalled", "True").contains("swift-ring-rebalance"));
      assertThat(map(story).getMetadata().getResourceVersion())
          .isEqualTo(before.getMetadata().getResourceVersion());
      job.end();
      story.awaitComplete();

      assertThat(new LinkedHashSet<>(story.publishedPowers()))
          .containsExactly("6/null", "6/7", "7/7", "7/null");
      story.assertAllAt(7);
      assertOnlyOursChanged(before, map(story));
      job.runForNewDevice("r1z1-127.0.0.9:6200/new");
      assertTheJobWentOn(story, folder.resolve("after"));
    }
  }

  private static void apply(Story story) {
    story
        .server()
        .apply(
            """
            apiVersion: ringlift.dev/v1alpha1
            kind: PartitionPowerIncrease
            metadata: {name: %s, namespace: %s}
            spec:
              targetPartPower: 7
              ring: {type: SwiftOperator, configMaps: [%s]}
              acknowledge: [NoProxyProof]
            """
                .formatted(Story.INCREASE, story.cluster().namespace(), SwiftCluster.RINGS))
        .orThrow();
  }

  private static ConfigMap map(Story story) {
    return story
        .cluster()
        .client()
        .configMaps()
        .inNamespace(story.cluster().namespace())
        .withName(SwiftCluster.RINGS)
        .require();
  }

  private static void assertOnlyOursChanged(ConfigMap before, ConfigMap after) {
    assertThat(after.getMetadata().getFinalizers())
        .isEqualTo(before.getMetadata().getFinalizers())
        .isNotEmpty();
    assertThat(after.getMetadata().getOwnerReferences())
        .isEqualTo(before.getMetadata().getOwnerReferences());
    assertThat(after.getBinaryData().keySet()).isEqualTo(before.getBinaryData().keySet());
    for (String other : new String[] {"account.ring.gz", "container.ring.gz"}) {
      assertThat(after.getBinaryData().get(other)).isEqualTo(before.getBinaryData().get(other));
    }
  }

  /** The ring that the Job made from our builder has the new power, and the new device in it. */
  private static void assertTheJobWentOn(Story story, Path folder) throws IOException {
    Path ring = Files.createDirectories(folder).resolve("object.ring.gz");
    Files.write(ring, story.cluster().published("object.ring.gz"));
    assertThat(story.swift().ring(ring).path("part_power").asInt()).isEqualTo(7);
    assertThat(story.swift().ring(ring).path("devs").toString()).contains("127.0.0.9");
  }
}
