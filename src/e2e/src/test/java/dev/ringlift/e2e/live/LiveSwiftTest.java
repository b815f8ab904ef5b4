package dev.ringlift.e2e.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Increases under clients that never stop. */
@Tag("e2e")
@ExtendWith(ApiServerExtension.class)
class LiveSwiftTest {

  /** One proxy is out of reach at first: nothing may be done without it. */
  @Test
  void clientsSeeNothingOfADoubling(ApiServer server, @TempDir Path folder) {
    try (LiveCluster live = new LiveCluster(server, folder, LiveSettings.quick())) {
      LiveJudge judge = new LiveJudge(live);
      live.start();
      live.startLoad();

      Proxy late = live.proxies().getLast();
      live.cluster().courier().cutOff(late.name());
      live.apply(server, 0, 7, live.proxies(), "");
      assertWaitsFor(live, late);
      live.cluster().courier().reconnect(late.name());
      live.awaitPhase(0, Phase.Complete);
      live.stopLoad();

      List<Spread.Window> windows =
          judge.assertBarrierHeld(0, List.of("6/null", "6/7", "7/7", "7/null"));
      judge.assertPromisesKept(windows);
      judge.assertAllAt(0, 7);
    }
  }

  private static void assertWaitsFor(LiveCluster live, Proxy late) {
    live.eventually("only the proxy is missing")
        .until(() -> message(live).contains(late.place()) && message(live).contains("7 of "));
    await("all others have it, and the settle time is over")
        .during(live.settings().settle().plusSeconds(1))
        .atMost(Duration.ofMinutes(1))
        .until(() -> live.cluster().tasks().isEmpty());
    assertThat(live.status(0).map(PartitionPowerIncreaseStatus::phase)).contains(Phase.Preparing);
  }

  private static String message(LiveCluster live) {
    return live.status(0).map(PartitionPowerIncreaseStatus::message).orElse("");
  }

  @Test
  @Tag("full")
  void clientsSeeNothingOfACancel(ApiServer server, @TempDir Path folder) {
    try (LiveCluster live = new LiveCluster(server, folder, LiveSettings.quick())) {
      LiveJudge judge = new LiveJudge(live);
      live.start();
      live.startLoad();

      live.apply(server, 0, 7, live.proxies(), "  gates: {increase: Manual}\n");
      live.awaitPhase(0, Phase.AwaitingApproval);
      live.patch(server, 0, "{\"spec\":{\"cancel\":true}}");
      live.awaitPhase(0, Phase.Cancelled);
      live.stopLoad();

      assertThat(judge.assertBarrierHeld(0, List.of("6/null", "6/7", "6/6", "6/null"))).isEmpty();
      judge.assertPromisesKept(List.of());
      judge.assertAllAt(0, 6);
    }
  }

  /** With replicators and reconstructors at work, which have their turn between the doublings. */
  @Test
  @Tag("full")
  void clientsSeeNothingOfTwoDoublingsOfTwoPolicies(ApiServer server, @TempDir Path folder) {
    assertClientsSeeNothing(
        server,
        folder,
        LiveSettings.thorough(),
        8,
        List.of("6/null", "6/7", "7/7", "7/null", "7/8", "8/8", "8/null"));
  }

  /** No time is shortened that servers or operator have by default. */
  @Test
  @Tag("full")
  void clientsSeeNothingWithTheIntervalsThatSwiftHasItself(ApiServer server, @TempDir Path folder) {
    assertClientsSeeNothing(
        server, folder, LiveSettings.asShipped(), 7, List.of("6/null", "6/7", "7/7", "7/null"));
  }

  /** Of the increases of both policies to this power. */
  private static void assertClientsSeeNothing(
      ApiServer server, Path folder, LiveSettings settings, int target, List<String> powers) {
    try (LiveCluster live = new LiveCluster(server, folder, settings)) {
      LiveJudge judge = new LiveJudge(live);
      live.start();
      live.startLoad();

      live.apply(server, 0, target, live.proxies(), "");
      live.apply(server, 1, target, live.proxies(), "");
      live.awaitPhase(0, Phase.Complete);
      live.awaitPhase(1, Phase.Complete);
      live.stopLoad();

      List<Spread.Window> windows =
          List.of(judge.assertBarrierHeld(0, powers), judge.assertBarrierHeld(1, powers)).stream()
              .flatMap(List::stream)
              .toList();
      judge.assertPromisesKept(windows);
      judge.assertAllAt(0, target);
      judge.assertAllAt(1, target);
    }
  }
}
