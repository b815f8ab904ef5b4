package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Paused, nothing moves, in whatever phase; and nothing that was done is done again. */
@Tag("e2e")
@Tag("full")
@ExtendWith(ApiServerExtension.class)
class PauseTest {
  private static final Duration STILL = Duration.ofSeconds(3);

  @Test
  void anIncreaseHoldsStillInEveryPhaseAndGoesOnWhereItWas(ApiServer server, @TempDir Path folder) {
    try (Story story = new Story(server, folder, 6, 500)) {
      story.startAllAndAwaitNodes();
      story
          .cluster()
          .apply(
              Story.INCREASE,
              7,
              "  paused: true\n  verify: Full\n  gates: {increase: Manual}\n  relinker: {filesPerSecond: 100}\n");

      story
          .eventually("all is checked")
          .until(() -> story.conditionMessage("Paused", "True").startsWith("Paused: "));
      assertThat(story.inPhase(Phase.Preflight)).isTrue();
      assertHoldsStill(story, 1);

      story.wish("paused: false");
      story.eventually("a ring is published").until(() -> story.inPhase(Phase.Preparing));
      pause(story);
      assertThat(story.cluster().tasks()).isEmpty();
      assertHoldsStill(story, 2);

      story.wish("paused: false");
      pauseInTheMiddleOf(story, Step.Relink, 2);
      pauseInTheMiddleOf(story, Step.Verify, 2);
      story
          .eventually("it waits for an approval")
          .until(() -> story.inPhase(Phase.AwaitingApproval));
      pause(story);
      story.kubectl("annotate", "ppi", Story.INCREASE, "ringlift.dev/approve=Increase/1");
      assertHoldsStill(story, 2);

      pauseWhileARingSpreads(story, Phase.Increasing, 3);
      assertThat(story.cluster().tasks())
          .as("cleanup is not begun")
          .noneMatch(task -> task.getSpec().step() == Step.Cleanup);
      story.wish("paused: false");
      pauseInTheMiddleOf(story, Step.Cleanup, 3);
      pauseWhileARingSpreads(story, Phase.Finishing, 4);
      // All is done by then: it may say so although it is paused.
      story.wish("paused: false");
      story.awaitComplete();

      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7", "7/7", "7/null");
      assertThat(story.cluster().tasks())
          .allSatisfy(task -> assertThat(task.getSpec().attempt()).isEqualTo(1));
      story.assertAllAt(7);
    }
  }

  @Test
  void betweenTwoDoublingsAndOnTheWayBackItHoldsStillToo(ApiServer server, @TempDir Path folder) {
    try (Story story = new Story(server, folder, 6, 500)) {
      story.startAllAndAwaitNodes();
      story.cluster().apply(Story.INCREASE, 8, "  verify: None\n");
      story.awaitAsks("Prepare/2");
      pause(story);
      story.approve("Prepare/2");
      assertHoldsStill(story, 4);

      story.wish("paused: false, relinker: {filesPerSecond: 100}");
      story.eventually("the next begins").until(() -> story.publishedPowers().size() == 5);
      story.awaitMiddleOf(Step.Relink);
      story.wish("cancel: true");
      pauseInTheMiddleOf(story, Step.Cleanup, 6);
      story.eventually("it is Cancelled").until(() -> story.inPhase(Phase.Cancelled));

      assertThat(story.publishedPowers())
          .containsExactly("6/null", "6/7", "7/7", "7/null", "7/8", "7/7", "7/null");
      assertThat(story.conditionMessage("Ready", "True"))
          .isEqualTo("Cancelled: the ring has partition power 7, and no next one, everywhere.");
      story.assertAllAt(7);
    }
  }

  private static void pause(Story story) {
    story.wish("paused: true");
    story
        .eventually("it says so")
        .until(
            () ->
                story
                    .conditionMessage("Paused", "True")
                    .equals("Paused: all holds still until spec.paused is false again."));
  }

  private static void pauseInTheMiddleOf(Story story, Step step, int rings) {
    story.awaitMiddleOf(step);
    pause(story);
    story.eventually("every agent holds still").until(() -> story.allNodes(step, State.Paused));
    assertHoldsStill(story, rings);
    story.wish("paused: false");
  }

  /** Lets it go on to the next ring, which one node is slow to get. */
  private static void pauseWhileARingSpreads(Story story, Phase phase, int rings) {
    story.cluster().courier().cutOff(story.node(2));
    story.wish("paused: false");
    story.eventually("a node lacks the ring").until(() -> story.inPhase(phase));
    story.eventually("the ring is published").until(() -> story.publishedPowers().size() == rings);
    pause(story);
    story.cluster().courier().reconnect(story.node(2));
    assertHoldsStill(story, rings);
  }

  /** Neither is a ring published, nor does any agent look at a file. */
  private static void assertHoldsStill(Story story, int rings) {
    // What agents had done before they stopped may be told after they have said that they did.
    AtomicReference<Map<String, Long>> before = new AtomicReference<>(Map.of());
    await("nothing moves")
        .during(STILL)
        .atMost(STILL.multipliedBy(5))
        .until(
            () -> {
              Map<String, Long> now = filesLookedAt(story);
              return now.equals(before.getAndSet(now));
            });
    assertThat(story.publishedPowers()).hasSize(rings);
  }

  private static Map<String, Long> filesLookedAt(Story story) {
    List<RelinkTask> tasks = story.cluster().tasks();
    return tasks.stream()
        .collect(
            Collectors.toMap(
                task -> task.getMetadata().getName(), task -> files(task.getStatus())));
  }

  private static long files(RelinkTaskStatus status) {
    return Objects.requireNonNull(status, "an agent has seen it").files();
  }
}
