package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.e2e.cluster.StorageHost;
import dev.ringlift.testkit.kube.ApiServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The API server is killed in the middle of a step, and comes back with its data: an agent that is
 * cut off for longer than its Lease does nothing behind the operator's back.
 */
@Tag("e2e")
@Tag("full")
class ApiServerAwayTest {
  /** The agents' Leases are for 8 s. */
  private static final Duration OVER_THE_LEASE = Duration.ofSeconds(12);

  @Test
  void agentsStopAndGoOnWhenItIsBack(@TempDir Path folder) {
    survives(folder, Duration.ofSeconds(16));
  }

  @Test
  void agentsStopAndGoOnWhenItIsBackAfterAMinute(@TempDir Path folder) {
    survives(folder, Duration.ofSeconds(60));
  }

  private static void survives(Path folder, Duration outage) {
    try (ApiServer server = ApiServer.start();
        Story story = new Story(server, folder, 6, 1_500)) {
      story.startAll();
      story.cluster().apply(Story.INCREASE, 7, "  relinker: {filesPerSecond: 40}\n");
      story.awaitMiddleOf(Step.Relink);

      server.kill();
      Instant killed = Instant.now();
      await("the Leases run out")
          .atMost(OVER_THE_LEASE.plusSeconds(5))
          .until(() -> Instant.now().isAfter(killed.plus(OVER_THE_LEASE)));
      long links = entries(story);
      await("the outage lasts")
          .atMost(outage.plusSeconds(10))
          .until(() -> Instant.now().isAfter(killed.plus(outage)));
      assertThat(entries(story)).as("nothing was linked behind anybody's back").isEqualTo(links);
      assertThat(story.cluster().dead()).isEmpty();
      server.restart();

      story.limitRate(0);
      story.awaitComplete();
      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7", "7/7", "7/null");
      story.assertAllAt(7);
    }
  }

  /** Files and directories of all object trees. */
  private static long entries(Story story) {
    return story.cluster().hosts().stream()
        .map(StorageHost::devicesRoot)
        .mapToLong(ApiServerAwayTest::count)
        .sum();
  }

  private static long count(Path root) {
    try (Stream<Path> all = Files.walk(root)) {
      return all.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
