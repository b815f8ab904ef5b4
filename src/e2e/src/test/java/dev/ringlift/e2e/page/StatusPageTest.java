package dev.ringlift.e2e.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.e2e.cluster.ClusterLayout;
import dev.ringlift.e2e.cluster.ProcessSettings;
import dev.ringlift.e2e.cluster.Programs;
import dev.ringlift.e2e.cluster.RingPlacement;
import dev.ringlift.e2e.cluster.SwiftCluster;
import dev.ringlift.ring.Ring;
import dev.ringlift.testkit.browser.Chromium;
import dev.ringlift.testkit.browser.Tab;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import dev.ringlift.testkit.process.ManagedProcess;
import dev.ringlift.testkit.tree.SyntheticTree;
import dev.ringlift.testkit.tree.TreeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two operators show a whole increase, the one that works and the one that waits. */
@Tag("e2e")
@ExtendWith(ApiServerExtension.class)
class StatusPageTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int POWER = 5;

  @Test
  void leaderAndFollowerShowTheWholeWay(ApiServer server, @TempDir Path folder) throws IOException {
    ProcessSettings settings =
        ProcessSettings.quick()
            .withStatusPage()
            .withOperator("RINGLIFT_LEADER_ELECTION_ENABLED", "true")
            .withAgent("RINGLIFT_AGENT_STATUS_INTERVAL", "500ms");
    try (SwiftCluster cluster =
            new SwiftCluster(
                server,
                server.newNamespace("page"),
                folder.resolve("nodes"),
                new ClusterLayout(2, 3, "page-node", "127.0.90"),
                settings,
                Programs.ofThisCheckout());
        Chromium chromium = Chromium.start(Files.createDirectory(folder.resolve("browser")))) {
      Ring ring = cluster.publishNewRing(POWER, 2);
      SyntheticTree.create(
          TreeSettings.of(500, POWER, Instant.now().minusSeconds(3600)),
          new RingPlacement(ring, cluster.hosts()));
      ManagedProcess leader = cluster.startOperator("operator-one");
      leader.awaitOutput(" leads\\.", PATIENCE);
      ManagedProcess follower = cluster.startOperator("operator-two");
      Tab first = chromium.open(cluster.statusPage(leader));
      Tab second = chromium.open(cluster.statusPage(follower));
      await("both say that there is none")
          .atMost(PATIENCE)
          .until(() -> saysNothing(first) && saysNothing(second));

      cluster.startAgents();
      cluster.apply("grow", POWER + 1);

      await("both show its end")
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertComplete(first);
                assertComplete(second);
              });
      assertThat(follower.output()).doesNotContain(" leads.");
    }
  }

  private static boolean saysNothing(Tab tab) {
    return tab.text("#empty").contains("No increase yet");
  }

  private static void assertComplete(Tab tab) {
    assertThat(tab.text("#title")).contains("grow").contains("Complete");
    assertThat(tab.text("#dial")).contains("100%").contains("took ");
    assertThat(tab.count("#timeline [data-state=Done]")).isEqualTo(7);
    assertThat(tab.count("#cards .node")).isEqualTo(2);
    assertThat(tab.count("#cards .node[data-state=Done]")).isEqualTo(2);
    assertThat(tab.count(".devices li[data-state=Done]")).isEqualTo(6);
    assertThat(tab.complaints()).isEmpty();
  }
}
