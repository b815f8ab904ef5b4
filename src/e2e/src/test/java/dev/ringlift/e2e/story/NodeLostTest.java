package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Excluded;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck.Result;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.api.v1alpha1.StorageNodeSpec.LeftOut;
import dev.ringlift.e2e.cluster.StorageHost;
import dev.ringlift.testkit.Folders;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.Condition;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node dies in the middle of relinking and does not come back: the increase waits for it until
 * its user gives it up. Should it come back after all, it is told from the others until it is
 * wiped.
 */
@Tag("e2e")
@ExtendWith(ApiServerExtension.class)
class NodeLostTest {

  @Test
  void onceItIsExcludedAllElseIsRaisedAndItMayNotReturnUnwiped(
      ApiServer server, @TempDir Path folder) throws IOException {
    try (Story story = new Story(server, folder, 6, 500)) {
      StorageHost lost = story.cluster().hosts().getLast();
      story.startAll();
      story.cluster().apply(Story.INCREASE, 7, "  relinker: {filesPerSecond: 20}\n");
      story.awaitMiddleOf(Step.Relink, lost.name());

      story.killAgent(lost.name());
      story.cluster().deleteNode(lost.name());
      story.limitRate(0);
      assertWaitsFor(story, lost.name());

      story.excludeAllOf(lost.name(), lost.devices());
      story.awaitComplete();
      List<StorageHost> others = story.cluster().hosts().subList(0, 2);
      story.assertAllAt(7, others);
      assertRemembered(story, lost);

      story.cluster().returnNode(lost.name());
      story.restartAgent(lost.name());
      awaitStale(story, lost, "True");
      assertThat(nextIncrease(story, Result.Failed))
          .contains(lost.name(), "Wipe it", "kubectl edit storagenode " + lost.name());

      for (String device : lost.devices()) {
        Folders.delete(lost.device(device).resolve("objects"));
      }
      story.fill(lost);
      awaitStale(story, lost, "False");
      story.kubectl(
          "patch",
          "storagenode",
          lost.name(),
          "--type=merge",
          "--patch={\"spec\": {\"excludedDevices\": []}}");
      nextIncrease(story, Result.Passed);
    }
  }

  private static void assertWaitsFor(Story story, String lost) {
    story
        .eventually("the other nodes are done")
        .until(() -> isDone(story, story.node(1)) && isDone(story, story.node(2)));
    story
        .eventually("a condition names the node")
        .until(() -> story.conditionMessage("Degraded", "True").contains(lost));
    await("nothing goes on without it")
        .during(Duration.ofSeconds(3))
        .atMost(Duration.ofSeconds(5))
        .until(() -> story.inPhase(Phase.Relinking));
    assertThat(story.publishedPowers()).containsExactly("6/null", "6/7");
  }

  private static boolean isDone(Story story, String node) {
    return story
        .taskStatus(node, Step.Relink)
        .filter(status -> status.state() == State.Succeeded)
        .isPresent();
  }

  /** In the increase, and where it outlives it. */
  private static void assertRemembered(Story story, StorageHost lost) {
    PartitionPowerIncreaseStatus status = story.status().orElseThrow();
    assertThat(Objects.requireNonNull(status.excluded()))
        .extracting(Excluded::node, Excluded::device, Excluded::address)
        .containsExactlyElementsOf(
            lost.devices().stream()
                .map(device -> tuple(lost.name(), device, lost.address()))
                .toList());
    assertThat(Objects.requireNonNull(story.storageNode(lost.name()).getSpec()).excludedDevices())
        .containsExactlyElementsOf(
            lost.devices().stream().map(device -> new LeftOut(device, 0, 6, "grow")).toList());
  }

  private static void awaitStale(Story story, StorageHost node, String wanted) {
    story
        .eventually("StaleDevice is " + wanted + " for " + node.name())
        .untilAsserted(
            () ->
                assertThat(
                        Objects.requireNonNull(story.storageNode(node.name()).getStatus())
                            .conditions())
                    .filteredOn(condition -> condition.getType().equals("StaleDevice"))
                    .extracting(Condition::getStatus)
                    .containsExactly(wanted));
  }

  /** What preflight of another increase says of stale devices. */
  private static String nextIncrease(Story story, Result wanted) {
    story.cluster().apply("next", 8, "  dryRun: true\n");
    AtomicReference<String> message = new AtomicReference<>("");
    story
        .eventually("of stale devices preflight says " + wanted)
        .untilAsserted(
            () ->
                assertThat(preflight(story, "next"))
                    .filteredOn(check -> check.check().equals("NoStaleDevices"))
                    .singleElement()
                    .satisfies(
                        check -> {
                          assertThat(check.result()).as(check.message()).isEqualTo(wanted);
                          message.set(check.message());
                        }));
    story.kubectl("delete", "ppi", "next", "--timeout=30s");
    return Objects.requireNonNull(message.get());
  }

  private static List<PreflightCheck> preflight(Story story, String name) {
    return story
        .cluster()
        .increase(name)
        .map(increase -> increase.getStatus())
        .map(PartitionPowerIncreaseStatus::preflight)
        .orElse(List.of());
  }
}
