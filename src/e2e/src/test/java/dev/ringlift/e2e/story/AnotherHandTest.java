package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Somebody changes the ring in the middle of an increase, with Swift's own tool. */
@Tag("e2e")
@ExtendWith(ApiServerExtension.class)
class AnotherHandTest {

  @Test
  void anIncreaseStopsAtAnotherHandsRingAndGoesOnFromItOnceItIsAccepted(
      ApiServer server, @TempDir Path folder) {
    try (Story story = new Story(server, folder, 6, 500)) {
      story.startAll();
      story.cluster().apply(Story.INCREASE, 7);
      story.limitRate(20);
      story
          .eventually("every node is in the middle of Relink")
          .until(
              () ->
                  story.cluster().hosts().stream()
                      .allMatch(host -> inState(story, host.name(), State.Running)));

      String theirs = story.changeByAnotherHand("set_weight", "d0", "50");

      story
          .eventually("it stops, and names what changed")
          .untilAsserted(
              () ->
                  assertThat(story.conditionMessage("Stalled", "True"))
                      .contains("Another hand changed the ring")
                      .contains("1 device of another weight (d0 ", "50.0, not 100.0")
                      .contains("kubectl annotate ppi grow ringlift.dev/accept-ring=" + theirs));
      story
          .eventually("all agents hold still")
          .until(
              () ->
                  story.cluster().hosts().stream()
                      .allMatch(host -> inState(story, host.name(), State.Paused)));

      story.limitRate(0);
      server
          .kubectl(
              "annotate",
              "ppi",
              Story.INCREASE,
              "-n",
              story.cluster().namespace(),
              "ringlift.dev/accept-ring=" + theirs)
          .orThrow();
      story.awaitComplete();

      assertThat(story.cluster().tasks())
          .filteredOn(task -> task.getSpec().step() == Step.Relink)
          .allSatisfy(
              task -> {
                assertThat(task.getSpec().ringMd5()).isEqualTo(theirs);
                assertThat(task.getSpec().round()).as("a new round").isPositive();
                RelinkTaskStatus status = task.getStatus();
                assertThat(status).isNotNull();
                assertThat(status.files()).as("all files again").isGreaterThan(300);
              });
      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7", "6/7", "7/7", "7/null");
      story.assertAllAt(7);
    }
  }

  private static boolean inState(Story story, String node, State state) {
    return story
        .taskStatus(node, Step.Relink)
        .filter(status -> status.state() == state)
        .isPresent();
  }
}
