package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.e2e.cluster.SwiftCluster;
import dev.ringlift.ring.Md5;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Somebody deletes the ConfigMap with ring and builder, after the point of no return. */
@Tag("e2e")
@Tag("full")
@ExtendWith(ApiServerExtension.class)
class RingMapDeletedTest {

  @Test
  void anIncreaseStopsUntilRingAndBuilderAreBackFromItsOwnBackup(
      ApiServer server, @TempDir Path folder) {
    try (Story story = new Story(server, folder, 6, 500)) {
      story.startAll();
      story.cluster().apply(Story.INCREASE, 7, "  gates: {cleanup: Manual}\n");
      story.eventually("it asks").until(() -> story.inPhase(Phase.AwaitingApproval));
      story.wish("gates: {cleanup: Automatic}, relinker: {filesPerSecond: 20}");
      story.awaitMiddleOf(Step.Cleanup);
      String backup =
          "grow-backup-%s-%s"
              .formatted(Md5.hex(story.cluster().published("object.ring.gz")), SwiftCluster.RINGS);

      story.kubectl("delete", "configmap", SwiftCluster.RINGS);
      story
          .eventually("it stops, and says what is missing and where there is another")
          .untilAsserted(
              () ->
                  assertThat(story.conditionMessage("Stalled", "True"))
                      .contains(SwiftCluster.RINGS, "backup"));
      story
          .eventually("every agent holds still")
          .until(() -> story.allNodes(Step.Cleanup, State.Paused));

      // as docs/rings.md has it
      String content = story.kubectl("get", "configmap", backup, "-o", "jsonpath={.binaryData}");
      story.kubectl("create", "configmap", SwiftCluster.RINGS);
      story.kubectl(
          "patch",
          "configmap",
          SwiftCluster.RINGS,
          "--type=merge",
          "-p",
          "{\"binaryData\":%s}".formatted(content));
      story.limitRate(0);
      story.awaitComplete();

      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7", "7/7", "7/null");
      assertThat(story.cluster().tasks())
          .as("what was done counts: the ring is the same")
          .allSatisfy(task -> assertThat(task.getSpec().round()).isZero());
      story.assertAllAt(7);
    }
  }
}
