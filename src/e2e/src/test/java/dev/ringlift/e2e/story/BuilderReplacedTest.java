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

/** Somebody puts the builder of a former day in the place of the one that wrote the ring. */
@Tag("e2e")
@Tag("full")
@ExtendWith(ApiServerExtension.class)
class BuilderReplacedTest {

  @Test
  void anIncreaseStopsUntilTheBuilderThatWroteTheRingIsBack(ApiServer server, @TempDir Path folder)
      throws IOException {
    try (Story story = new Story(server, folder, 6, 500)) {
      story.startAll();
      story.cluster().apply(Story.INCREASE, 7, "  relinker: {filesPerSecond: 40}\n");
      story.awaitMiddleOf(Step.Relink);
      byte[] ours = story.cluster().published("object.builder");

      byte[] former = Files.readAllBytes(story.usersBuilder());
      story.putIntoMap(Map.of("object.builder", former));

      story
          .eventually("it stops, and says what is wrong")
          .untilAsserted(
              () ->
                  assertThat(story.conditionMessage("Stalled", "True"))
                      .startsWith("Another hand changed the ring: the builder without the ring")
                      .endsWith("Put the builder there that wrote this ring."));
      story
          .eventually("every agent holds still")
          .until(() -> story.allNodes(Step.Relink, State.Paused));
      assertThat(story.cluster().published("object.builder"))
          .as("what another hand put there is left to it")
          .isEqualTo(former);

      story.putIntoMap(Map.of("object.builder", ours));
      story.limitRate(0);
      story.awaitComplete();

      assertThat(story.cluster().tasks())
          .as("what was done counts: the ring was the same all the time")
          .allSatisfy(task -> assertThat(task.getSpec().round()).isZero());
      story.assertAllAt(7);
    }
  }
}
