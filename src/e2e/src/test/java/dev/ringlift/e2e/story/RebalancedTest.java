package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody rebalances a copy of the builder from before the increase (swift-ring-builder refuses to
 * rebalance the present one), and deploys the outcome: the old power is back, and partitions are on
 * other devices.
 */
@Tag("e2e")
@Tag("full")
@ExtendWith(ApiServerExtension.class)
class RebalancedTest {

  @Test
  void anIncreaseStopsUntilItsRingIsBackAndThenRelinksAllAnew(
      ApiServer server, @TempDir Path folder) throws IOException {
    try (Story story = new Story(server, folder, 6, 500)) {
      story.startAll();
      story.cluster().apply(Story.INCREASE, 7, "  relinker: {filesPerSecond: 20}\n");
      story.awaitMiddleOf(Step.Relink);
      Map<String, byte[]> ours = pair(story);

      story.putIntoMap(rebalanced(story, folder.resolve("rebalanced-by-hand")));
      story
          .eventually("it stops, and says what changed and what to do")
          .untilAsserted(
              () ->
                  assertThat(story.conditionMessage("Stalled", "True"))
                      .contains("Another hand changed the ring", "1 device of another weight")
                      .contains("grow-backup-"));
      story
          .eventually("every agent holds still")
          .until(() -> story.allNodes(Step.Relink, State.Paused));
      assertThat(story.publishedPowers())
          .as("what another hand put there is left to it")
          .containsExactly("6/null", "6/7", "6/null");

      story.putIntoMap(ours);
      story.limitRate(0);
      story.awaitComplete();

      assertThat(story.kubectl("get", "events")).contains("RingRestored");
      assertThat(story.cluster().tasks())
          .filteredOn(task -> task.getSpec().step() == Step.Relink)
          .as("who had the other ring may have written where no link was made")
          .allSatisfy(task -> assertThat(task.getSpec().round()).isPositive());
      assertThat(story.publishedPowers())
          .containsExactly("6/null", "6/7", "6/null", "6/7", "7/7", "7/null");
      story.assertAllAt(7);
    }
  }

  private static Map<String, byte[]> pair(Story story) {
    return Map.of(
        "object.ring.gz", story.cluster().published("object.ring.gz"),
        "object.builder", story.cluster().published("object.builder"));
  }

  private static Map<String, byte[]> rebalanced(Story story, Path folder) throws IOException {
    Files.createDirectories(folder);
    Path builder = Files.copy(story.usersBuilder(), folder.resolve("object.builder"));
    story.ringBuilder(builder, "pretend_min_part_hours_passed");
    story.ringBuilder(builder, "set_weight", "d0", "50");
    // 1 is a warning: that partitions are not dispersed as they should be.
    assertThat(story.swift().ringBuilder(builder.toString(), "rebalance").exitCode()).isLessThan(2);
    return Map.of(
        "object.ring.gz", Files.readAllBytes(folder.resolve("object.ring.gz")),
        "object.builder", Files.readAllBytes(builder));
  }
}
