package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.e2e.cluster.ProcessSettings;
import dev.ringlift.e2e.cluster.RingLayout;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import dev.ringlift.testkit.process.ManagedProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Of two operators one works, and the other takes over when that one can't. */
@Tag("e2e")
@ExtendWith(ApiServerExtension.class)
class TwoOperatorsTest {
  /**
   * 20 s are promised: a Lease that holds for 12 s, a look of the other at most 4.4 s after that,
   * and its writes. Five more, for this is not the time between two entries in the Lease: it lasts
   * until a line of a process's log is seen here, on two cores that run a whole cluster besides.
   */
  private static final Duration TAKE_OVER = Duration.ofSeconds(20 + 5);

  private static final String LEADS = " leads\\.";

  @Test
  void theOtherTakesOverWhenTheLeaderIsKilledInTheMiddleOfAStep(
      ApiServer server, @TempDir Path folder) {
    try (Story story = story(server, folder, "12s")) {
      ManagedProcess leader = start(story, "operator-one");
      ManagedProcess follower = follow(story, "operator-two");
      relink(story);

      story.mayEnd(leader);
      leader.kill();
      follower.awaitOutput(LEADS, TAKE_OVER);
      story.awaitComplete();

      assertNothingTwice(story);
    }
  }

  @Tag("full")
  @Test
  void aLeaderThatComesBackFromAPauseFindsItselfDeposedAndEnds(
      ApiServer server, @TempDir Path folder) {
    try (Story story = story(server, folder, "12s")) {
      ManagedProcess leader = start(story, "operator-one");
      ManagedProcess follower = follow(story, "operator-two");
      relink(story);

      story.mayEnd(leader);
      leader.freeze();
      follower.awaitOutput(LEADS, TAKE_OVER);
      leader.thaw();
      assertThat(leader.await(Duration.ofSeconds(20))).isEqualTo(1);
      assertThat(leader.output()).contains("no longer leads");
      story.awaitComplete();

      assertNothingTwice(story);
    }
  }

  @Test
  void aLeaderThatIsAskedToEndIsFollowedAtOnce(ApiServer server, @TempDir Path folder)
      throws IOException, InterruptedException {
    // That it has run out can't be the reason.
    try (Story story = story(server, folder, "10m")) {
      ManagedProcess leader = start(story, "operator-one");
      ManagedProcess follower = follow(story, "operator-two");
      assertThat(readiness(leader)).isEqualTo(200);
      assertThat(readiness(follower)).as("its caches are warm").isEqualTo(200);

      story.mayEnd(leader);
      leader.terminate(Duration.ofSeconds(15));

      follower.awaitOutput(LEADS, Duration.ofSeconds(20));
    }
  }

  private static Story story(ApiServer server, Path folder, String leaseDuration) {
    ProcessSettings settings =
        ProcessSettings.quick()
            .withOperator("RINGLIFT_LEADER_ELECTION_ENABLED", "true")
            .withOperator("RINGLIFT_LEADER_ELECTION_LEASE_DURATION", leaseDuration);
    return new Story(server, folder, 6, 1_000, RingLayout.ONE_MAP, settings);
  }

  private static ManagedProcess start(Story story, String name) {
    ManagedProcess operator = story.cluster().startOperator(name);
    operator.awaitOutput(LEADS, Duration.ofSeconds(60));
    return operator;
  }

  private static ManagedProcess follow(Story story, String name) {
    ManagedProcess operator = story.cluster().startOperator(name);
    operator.awaitOutput("The leader is ", Duration.ofSeconds(60));
    await(name + " is up").until(() -> operator.output().contains("Listening on: "));
    return operator;
  }

  private static void relink(Story story) {
    story.cluster().startAgents();
    story.cluster().apply(Story.INCREASE, 7, "  relinker: {filesPerSecond: 100}\n");
    story
        .eventually("objects are being linked")
        .until(
            () ->
                story
                    .taskStatus(story.node(1), Step.Relink)
                    .filter(status -> status.state() == State.Running && status.files() > 0)
                    .isPresent());
  }

  private static int readiness(ManagedProcess operator) throws IOException, InterruptedException {
    String port = operator.output().replaceAll("(?s).*Listening on: http://[^:]*:(\\d+).*", "$1");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/health/ready"))
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }

  private static void assertNothingTwice(Story story) {
    assertThat(story.publishedPowers()).containsExactly("6/null", "6/7", "7/7", "7/null");
    assertThat(story.events("RingPublished")).hasSize(3).doesNotHaveDuplicates();
    Set<String> tasks = new HashSet<>();
    story
        .cluster()
        .tasks()
        .forEach(
            task -> {
              assertThat(task.getMetadata().getGeneration())
                  .as("writes of the spec of %s", task.getMetadata().getName())
                  .isEqualTo(1);
              tasks.add(task.getSpec().nodeName() + " " + task.getSpec().step());
            });
    assertThat(tasks).hasSize(9).hasSameSizeAs(story.cluster().tasks());
    story.assertAllAt(7);
  }
}
