package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An approval that its user takes back before it was noted counts for nothing. */
@Tag("e2e")
@Tag("full")
@ExtendWith(ApiServerExtension.class)
class ApprovalWithdrawnTest {
  private static final String APPROVE = "ringlift.dev/approve";

  @Test
  void theRingIsNotIncreasedUntilItIsApprovedAgain(ApiServer server, @TempDir Path folder) {
    try (Story story = new Story(server, folder, 6, 200)) {
      story.startAll();
      story.cluster().apply(Story.INCREASE, 7, "  gates: {increase: Manual}\n");
      story.eventually("it asks").until(() -> story.inPhase(Phase.AwaitingApproval));
      assertThat(story.conditionMessage("AwaitingApproval", "True"))
          .contains(
              "Every device is relinked",
              "kubectl annotate ppi grow ringlift.dev/approve=Increase/1",
              "there is no way back");

      story.cluster().operator().freeze();
      annotate(story, APPROVE + "=Increase/1");
      annotate(story, APPROVE + "-");
      story.cluster().operator().thaw();

      await("it goes on asking")
          .during(Duration.ofSeconds(4))
          .atMost(Duration.ofSeconds(6))
          .until(() -> story.inPhase(Phase.AwaitingApproval));
      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7");
      assertThat(story.increase().getStatus().approved()).isNull();

      annotate(story, APPROVE + "=Increase/1");
      story.awaitComplete();
      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7", "7/7", "7/null");
      story.assertAllAt(7);
    }
  }

  private static void annotate(Story story, String annotation) {
    story.kubectl("annotate", "ppi", Story.INCREASE, annotation);
  }
}
