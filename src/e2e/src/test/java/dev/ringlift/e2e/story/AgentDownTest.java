package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is not there is never taken as done. */
@Tag("e2e")
@ExtendWith(ApiServerExtension.class)
class AgentDownTest {

  @Test
  @Tag("full")
  void aNodeWithoutAgentHoldsTheIncreaseUntilItIsBack(ApiServer server, @TempDir Path folder) {
    try (Story story = new Story(server, folder, 6, 1_000)) {
      String absent = story.node(3);
      story.startAll();
      story.cluster().apply(Story.INCREASE, 7);
      story.limitRate(200);
      story.eventually("relinking begins").until(() -> story.inPhase(Phase.Relinking));

      story.killAgent(absent);
      story
          .eventually("the other nodes are done")
          .until(
              () ->
                  isDone(story, story.node(1), Step.Relink)
                      && isDone(story, story.node(2), Step.Relink));
      story
          .eventually("a condition names the node")
          .until(() -> story.conditionMessage("Degraded", "True").contains(absent));
      assertThat(story.conditionMessage("Ready", "False")).isNotEmpty();
      await("nothing goes on without it")
          .during(Duration.ofSeconds(5))
          .atMost(Duration.ofSeconds(7))
          .until(() -> story.inPhase(Phase.Relinking));
      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7");

      story.restartAgent(absent);
      story.awaitComplete();
      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7", "7/7", "7/null");
      story.assertAllAt(7);
    }
  }

  @Test
  void aNodeThatDoesNotGetTheRingHoldsTheIncreaseUntilItDoes(
      ApiServer server, @TempDir Path folder) {
    try (Story story = new Story(server, folder, 6, 100)) {
      String behind = story.node(2);
      story.startAllAndAwaitNodes();
      story.cluster().courier().cutOff(behind);
      story.cluster().apply(Story.INCREASE, 7);

      story
          .eventually("a condition names the node")
          .until(() -> story.conditionMessage("RingDistributed", "False").contains(behind));
      await("nothing is relinked before it has the ring")
          .during(Duration.ofSeconds(5))
          .atMost(Duration.ofSeconds(7))
          .until(() -> story.inPhase(Phase.Preparing) && story.cluster().tasks().isEmpty());

      story.cluster().courier().reconnect(behind);
      story.awaitComplete();
      story.assertAllAt(7);
    }
  }

  private static boolean isDone(Story story, String node, Step step) {
    return story
        .taskStatus(node, step)
        .filter(status -> status.state() == State.Succeeded)
        .isPresent();
  }
}
