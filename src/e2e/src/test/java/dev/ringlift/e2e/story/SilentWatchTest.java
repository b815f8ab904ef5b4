package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.e2e.chart.ChartAccounts;
import dev.ringlift.e2e.chart.RingliftChart;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import dev.ringlift.testkit.process.Relay;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The connections of the operator's watches are forgotten by something between it and the API
 * server, and neither of the two is told. What the operator has in its caches stays as it was; what
 * it asks for anew is answered.
 */
@Tag("e2e")
@Tag("full")
@ExtendWith(ApiServerExtension.class)
class SilentWatchTest {
  /** Watches say nothing after they were begun; all else that goes on does so more often. */
  private static final Duration IDLE = Duration.ofSeconds(4);

  @Test
  void anOperatorThatHearsNothingAnyMoreGoesOnWithinAMinute(ApiServer server, @TempDir Path folder)
      throws IOException {
    URI url = URI.create(server.url());
    try (Relay relay = new Relay(new InetSocketAddress(url.getHost(), url.getPort()));
        Story story = new Story(server, folder, 6, 200)) {
      story
          .cluster()
          .runAs(through(relay, url, operatorsKubeconfig(story, folder)), story::agentKubeconfig);
      story.startAll();
      story.cluster().apply(Story.INCREASE, 7, "  relinker: {filesPerSecond: 20}\n");
      story.awaitMiddleOf(Step.Relink);
      assertThat(relay.silenceIdle(IDLE)).as("connections of watches").isGreaterThanOrEqualTo(5);

      story.limitRate(0);
      story
          .eventually("every node has relinked")
          .until(() -> story.allNodes(Step.Relink, State.Succeeded));
      story
          .eventually("the operator has looked by itself")
          .atMost(Duration.ofSeconds(100))
          .until(() -> story.publishedPowers().contains("7/7"));

      // Nothing tells it of the results of cleanup either; but it knows that by now.
      story.eventually("all is done").atMost(Duration.ofSeconds(100)).until(() -> isAt(story, 7));
      story.awaitComplete();
      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7", "7/7", "7/null");
      assertThat(story.events("NodeLost")).as("though no renewal was heard of").isEmpty();
      story.assertAllAt(7);
    }
  }

  private static boolean isAt(Story story, int partPower) {
    return story.publishedPowers().contains(partPower + "/null");
  }

  private static Path operatorsKubeconfig(Story story, Path folder) {
    return ChartAccounts.kubeconfig(
        story.server(), story.cluster(), folder, RingliftChart.OPERATOR, story.node(1));
  }

  private static Path through(Relay relay, URI url, Path kubeconfig) throws IOException {
    String text = Files.readString(kubeconfig);
    String other = text.replace(":" + url.getPort(), ":" + relay.port());
    assertThat(other).isNotEqualTo(text);
    return Files.writeString(kubeconfig, other);
  }
}
