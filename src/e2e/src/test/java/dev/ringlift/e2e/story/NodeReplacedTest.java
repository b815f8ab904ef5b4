package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.e2e.cluster.StorageHost;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A machine dies in the middle of relinking, and its disks go on in another one. */
@Tag("e2e")
@Tag("full")
@ExtendWith(ApiServerExtension.class)
class NodeReplacedTest {

  @Test
  void withTheAddressOfTheFormerItsDisksGoOnWhereTheyWere(ApiServer server, @TempDir Path folder) {
    try (Story story = new Story(server, folder, 6, 500)) {
      StorageHost former = begin(story);

      String name = former.name() + "-new";
      story.cluster().replaceNode(former.name(), name, former.address());
      story.cluster().startAgent(name);
      story.limitRate(0);
      awaitDoneAndAsking(story, former);

      giveUp(story, former);
      story.awaitComplete();
      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7", "7/7", "7/null");
      story.assertAllAt(7);
    }
  }

  @Test
  void atAnotherAddressItsDisksGoOnOnceTheRingThatSaysSoIsAccepted(
      ApiServer server, @TempDir Path folder) {
    try (Story story = new Story(server, folder, 6, 500)) {
      StorageHost former = begin(story);

      String name = former.name() + "-new";
      String address = former.address().replaceFirst("[.][0-9]+$", ".4");
      story.cluster().replaceNode(former.name(), name, address);
      story.cluster().startAgent(name);
      String theirs =
          story.changeByAnotherHand(
              "set_info",
              "--ip",
              former.address(),
              "--change-ip",
              address,
              "--change-replication-ip",
              address,
              "--yes");
      story
          .eventually("it stops, and names what changed")
          .untilAsserted(
              () ->
                  assertThat(story.conditionMessage("Stalled", "True"))
                      .contains("Another hand changed the ring")
                      .contains("4 devices edited", former.address(), "now " + address + ":"));
      story.kubectl("annotate", "ppi", Story.INCREASE, "ringlift.dev/accept-ring=" + theirs);
      story.limitRate(0);
      // The former may still serve by the ring that it had: only the user knows that it does not.
      awaitFormerIsNamed(story, former);

      giveUp(story, former);
      story.awaitComplete();
      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7", "6/7", "7/7", "7/null");
      story.assertAllAt(7);
    }
  }

  /** Gives the node that is dead now. */
  private static StorageHost begin(Story story) {
    StorageHost former = story.cluster().hosts().getLast();
    story.startAll();
    story.cluster().apply(Story.INCREASE, 7, "  relinker: {filesPerSecond: 20}\n");
    story.awaitMiddleOf(Step.Relink, former.name());
    story.killAgent(former.name());
    return former;
  }

  /** Nobody but the user knows that what the former had to do is done now. */
  private static void awaitDoneAndAsking(Story story, StorageHost former) {
    story
        .eventually("all that are there are done")
        .until(() -> story.allNodes(Step.Relink, State.Succeeded));
    awaitFormerIsNamed(story, former);
    assertThat(story.publishedPowers().getLast()).isEqualTo("6/7");
  }

  private static void awaitFormerIsNamed(Story story, StorageHost former) {
    story
        .eventually("the former is named")
        .until(() -> story.conditionMessage("Degraded", "True").contains(former.name() + " "));
  }

  private static void giveUp(Story story, StorageHost former) {
    story.excludeAllOf(former.name(), former.devices());
  }
}
