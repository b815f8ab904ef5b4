package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Whenever the user takes an increase back, all is as it was, and it can be begun again. */
@Tag("e2e")
@Tag("full")
@ExtendWith(ApiServerExtension.class)
class CancelTest {
  private static final List<String> TAKEN_BACK = List.of("6/7", "6/6", "6/null");

  @Test
  void beforeTheRingIsIncreasedAnIncreaseEndsAtTheOldPowerInWhateverPhaseItIsCancelled(
      ApiServer server, @TempDir Path folder) {
    try (Story story = new Story(server, folder, 6, 500)) {
      List<String> expected = new ArrayList<>(List.of("6/null"));
      story.startAllAndAwaitNodes();

      // Preflight does not pass: a consumer that is not there.
      story
          .cluster()
          .apply(
              Story.INCREASE,
              7,
              "  consumers:\n  - {kind: Deployment, name: nobody, role: Proxy, proof: Recon, port: 8080}\n");
      story.eventually("it is looked at").until(() -> story.inPhase(Phase.Preflight));
      assertCancelledWhilePending(story);
      story.wish("cancel: true");
      story.eventually("it is Cancelled").until(() -> story.inPhase(Phase.Cancelled));
      assertThat(story.publishedPowers()).as("nothing was begun").isEqualTo(expected);
      assertThat(story.cluster().tasks()).isEmpty();

      delete(story);
      story.cluster().courier().cutOff(story.node(2));
      story.cluster().apply(Story.INCREASE, 7, "  verify: Full\n");
      story.eventually("a ring is published").until(() -> story.inPhase(Phase.Preparing));
      story.wish("cancel: true");
      story.eventually("it is being taken back").until(() -> story.inPhase(Phase.Cancelling));
      story.cluster().courier().reconnect(story.node(2));
      assertTakenBack(story, expected);

      beginAnew(story);
      story.awaitMiddleOf(Step.Relink);
      story.wish("cancel: true, relinker: {filesPerSecond: 0}");
      assertTakenBack(story, expected);

      beginAnew(story);
      story.awaitMiddleOf(Step.Verify);
      story.wish("cancel: true, relinker: {filesPerSecond: 0}");
      assertTakenBack(story, expected);

      delete(story);
      story.cluster().apply(Story.INCREASE, 7, "  gates: {increase: Manual}\n");
      story
          .eventually("it waits for an approval")
          .until(() -> story.inPhase(Phase.AwaitingApproval));
      story.wish("cancel: true");
      assertTakenBack(story, expected);

      story.assertAllAt(6);
    }
  }

  @Test
  void betweenTwoDoublingsItEndsAtThePowerThatItHasComeTo(ApiServer server, @TempDir Path folder) {
    try (Story story = new Story(server, folder, 6, 200)) {
      story.startAllAndAwaitNodes();
      story.cluster().apply(Story.INCREASE, 8, "  verify: None\n");
      story.awaitAsks("Prepare/2");

      story.wish("cancel: true");
      story.eventually("it is Cancelled").until(() -> story.inPhase(Phase.Cancelled));

      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7", "7/7", "7/null");
      assertThat(story.conditionMessage("Ready", "True"))
          .isEqualTo("Cancelled: the ring has partition power 7, and no next one, everywhere.");
      story.assertAllAt(7);
    }
  }

  /** Another increase of the same ring, which waits for the first, and is not missed by it. */
  private static void assertCancelledWhilePending(Story story) {
    String second = "second";
    story.cluster().apply(second, 7);
    story
        .eventually("the second waits, and says for whom")
        .until(
            () ->
                story
                    .cluster()
                    .increase(second)
                    .map(PartitionPowerIncrease::getStatus)
                    .filter(status -> status.phase() == Phase.Pending)
                    .map(status -> String.valueOf(status.message()))
                    .orElse("")
                    .contains(Story.INCREASE));
    story.kubectl("patch", "ppi", second, "--type=merge", "-p", "spec: {cancel: true}");
    story
        .eventually("the second is Cancelled")
        .until(
            () ->
                story.cluster().increase(second).orElseThrow().getStatus().phase()
                    == Phase.Cancelled);
    assertThat(story.inPhase(Phase.Preflight)).as("the first goes on").isTrue();
    story.kubectl("delete", "ppi", second, "--timeout=30s");
  }

  private static void beginAnew(Story story) {
    delete(story);
    story.cluster().apply(Story.INCREASE, 7, "  verify: Full\n  relinker: {filesPerSecond: 100}\n");
  }

  private static void delete(Story story) {
    story.kubectl("delete", "ppi", Story.INCREASE, "--timeout=30s");
    // As the garbage collector of a whole Kubernetes does.
    story.kubectl("delete", "relinktasks", "--all", "--timeout=30s");
  }

  /** What the user sees; and that no link of the next power is left. */
  private static void assertTakenBack(Story story, List<String> expected) {
    story.eventually("it is Cancelled").until(() -> story.inPhase(Phase.Cancelled));
    expected.addAll(TAKEN_BACK);
    assertThat(story.publishedPowers()).isEqualTo(expected);
    assertThat(story.conditionMessage("Ready", "True"))
        .isEqualTo("Cancelled: the ring has partition power 6, and no next one, everywhere.");
    assertThat(story.increase().getStatus().pastPointOfNoReturn()).isNotEqualTo(true);
    assertThat(ObjectTree.of(story.swift(), story.cluster().hosts(), 6).misplaced())
        .as("files at other places than before, or with further links")
        .isEmpty();
  }
}
