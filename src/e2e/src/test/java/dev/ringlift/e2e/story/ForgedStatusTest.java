package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import dev.ringlift.testkit.process.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Somebody with the account of one node's agent would have it that another's work is done. */
@Tag("e2e")
@Tag("full")
@ExtendWith(ApiServerExtension.class)
class ForgedStatusTest {

  @Test
  void whatIsSaidOfANodeByAnotherMovesNothing(ApiServer server, @TempDir Path folder) {
    try (Story story = new Story(server, folder, 6, 500)) {
      String victim = story.node(2);
      story.startAll();
      story.cluster().apply(Story.INCREASE, 7, "  relinker: {filesPerSecond: 40}\n");
      story.awaitMiddleOf(Step.Relink);
      story.cluster().agent(victim).freeze();
      story.limitRate(0);
      story
          .eventually("the others are done")
          .until(() -> isDone(story, story.node(1)) && isDone(story, story.node(3)));

      String task = "relinktask/grow-c1-relink-" + victim;
      String thief = story.agentKubeconfig(story.node(1)).toAbsolutePath().toString();
      assertThat(patchStatus(story, thief, task, "state: Succeeded")).contains("forbidden");
      assertThat(patchStatus(story, thief, "ppi/grow", "phase: Complete")).contains("forbidden");

      // Whoever may write it: a word without results is worth nothing.
      String admin = server.kubeconfig().toString();
      String forged = "state: Succeeded, observedGeneration: 9, devices: []";
      assertThat(patchStatus(story, admin, task, forged)).isEmpty();
      story
          .eventually("the operator says that the node is the matter")
          .untilAsserted(
              () ->
                  assertThat(problems(story))
                      .anyMatch(message -> message.startsWith("Node " + victim + " ")));
      await("nothing goes on")
          .during(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(5))
          .until(() -> story.inPhase(Phase.Relinking));
      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7");

      story.cluster().agent(victim).thaw();
      story.awaitComplete();
      story.assertAllAt(7);
    }
  }

  private static boolean isDone(Story story, String node) {
    return story
        .taskStatus(node, Step.Relink)
        .filter(status -> status.state() == State.Succeeded)
        .isPresent();
  }

  private static List<String> problems(Story story) {
    return story.status().map(status -> status.problems()).orElse(List.of()).stream()
        .map(Problem::message)
        .toList();
  }

  /** Gives what the API server has against it, or nothing. */
  private static String patchStatus(Story story, String kubeconfig, String what, String status) {
    List<String> command =
        new ArrayList<>(
            story
                .server()
                .kubectlCommand(
                    "patch",
                    what,
                    "-n",
                    story.cluster().namespace(),
                    "--subresource=status",
                    "--type=merge",
                    "-p",
                    "status: {%s}".formatted(status)));
    command.set(command.indexOf(story.server().kubeconfig().toString()), kubeconfig);
    return Command.of(command).run().err();
  }
}
