package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * An operator that was asleep for a while decides on what is there now. Here time alone would show
 * it that a node has died, and its watches tell it the rest within moments: that it also asks the
 * API server, before a ring or a task, is what the mutants of the planner's tests show, which are
 * caught when they believe their caches.
 */
@Tag("e2e")
@Tag("full")
@ExtendWith(ApiServerExtension.class)
class OldKnowledgeTest {

  @Test
  void anOperatorThatWasAsleepDoesNotFinishWithoutANodeThatDiedMeanwhile(
      ApiServer server, @TempDir Path folder) {
    try (Story story = new Story(server, folder, 6, 200)) {
      String dead = story.node(3);
      story.startAll();
      story.cluster().apply(Story.INCREASE, 7, "  relinker: {filesPerSecond: 100}\n");
      story.awaitMiddleOf(Step.Cleanup);

      story.cluster().operator().freeze();
      story.limitRate(0);
      story
          .eventually("every node has cleaned up")
          .until(() -> story.allNodes(Step.Cleanup, State.Succeeded));
      story.killAgent(dead);
      story.eventually("its Lease has run out").until(() -> isOver(story, dead));
      story.cluster().operator().thaw();

      story
          .eventually("the operator has seen it")
          .until(() -> story.conditionMessage("Degraded", "True").contains(dead));
      await("nothing goes on")
          .during(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(5))
          .until(() -> story.inPhase(Phase.CleaningUp));
      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7", "7/7");

      story.restartAgent(dead);
      story.awaitComplete();
      story.assertAllAt(7);
    }
  }

  /** And the operator's grace with it. */
  private static boolean isOver(Story story, String node) {
    Lease lease =
        story
            .cluster()
            .client()
            .leases()
            .inNamespace(story.cluster().namespace())
            .withName("ringlift-agent-" + node)
            .require();
    return lease
        .getSpec()
        .getRenewTime()
        .plusSeconds(lease.getSpec().getLeaseDurationSeconds() + 3)
        .isBefore(ZonedDateTime.now(lease.getSpec().getRenewTime().getZone()));
  }
}
