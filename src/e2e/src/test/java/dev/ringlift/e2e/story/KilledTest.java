package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Operator and agents are killed with SIGKILL wherever it may hurt, and started again. */
@Tag("e2e")
@ExtendWith(ApiServerExtension.class)
class KilledTest {

  @Test
  void anIncreaseSurvivesTheOperatorsDeathInEveryPhaseAndAnAgentsInEachStep(
      ApiServer server, @TempDir Path folder) {
    try (Story story = new Story(server, folder, 6, 2_000)) {
      // Without its third agent, the increase stays in Preflight until that is seen.
      story.cluster().startAgent(story.node(1));
      story.cluster().startAgent(story.node(2));
      story.cluster().startOperator();
      story.cluster().apply(Story.INCREASE, 7);
      story.limitRate(400);

      killOperatorIn(story, Phase.Preflight);
      story.cluster().startAgent(story.node(3));
      killOperatorIn(story, Phase.Preparing);
      killAgentIn(story, Step.Relink, story.node(1));
      killOperatorIn(story, Phase.Relinking);
      killOperatorIn(story, Phase.Increasing);
      killAgentIn(story, Step.Cleanup, story.node(2));
      killOperatorIn(story, Phase.CleaningUp);
      killOperatorIn(story, Phase.Finishing);
      story.awaitComplete();

      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7", "7/7", "7/null");
      story.assertAllAt(7);
    }
  }

  @Test
  void severalDoublingsFollowOneAnother(ApiServer server, @TempDir Path folder) {
    try (Story story = new Story(server, folder, 6, 500)) {
      story.startAll();
      story.cluster().apply(Story.INCREASE, 9);

      for (int cycle = 1; cycle <= 3; cycle++) {
        int number = cycle;
        if (cycle > 1) {
          // Nobody tells of replication here.
          story.awaitAsks("Prepare/" + cycle);
          story.approve("Prepare/" + cycle);
        }
        story
            .eventually("cycle " + cycle + " cleans up")
            .until(
                () ->
                    story.inPhase(Phase.CleaningUp)
                        && story
                                .status()
                                .map(status -> status.cycle())
                                .map(c -> c.number())
                                .orElse(0)
                            == number);
        story.killAndRestartOperator();
      }
      story.awaitComplete();

      assertThat(story.publishedPowers())
          .isEqualTo(
              List.of(
                  "6/null", "6/7", "7/7", "7/null", "7/8", "8/8", "8/null", "8/9", "9/9",
                  "9/null"));
      story.assertAllAt(9);
    }
  }

  private static void killOperatorIn(Story story, Phase phase) {
    story.eventually("the increase is in " + phase).until(() -> story.inPhase(phase));
    story.killAndRestartOperator();
  }

  /** In the middle of the step: some files are done, others are not. */
  private static void killAgentIn(Story story, Step step, String node) {
    story
        .eventually(node + " is in the middle of " + step)
        .until(
            () ->
                story
                    .taskStatus(node, step)
                    .filter(status -> status.state() == State.Running && status.files() > 0)
                    .isPresent());
    story.killAgent(node);
    story.restartAgent(node);
  }
}
