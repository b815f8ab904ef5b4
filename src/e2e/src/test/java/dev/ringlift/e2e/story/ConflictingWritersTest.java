package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody else writes, again and again, into every object that operator and agents write: what
 * either has read is never what is there when it writes.
 */
@Tag("e2e")
@Tag("full")
@ExtendWith(ApiServerExtension.class)
class ConflictingWritersTest {
  private static final int PAUSE_MILLIS = 200;

  @Test
  void whatTheyWriteIsLookedAtAnewAndEachRingIsPublishedOnce(
      ApiServer server, @TempDir Path folder) {
    AtomicInteger writes = new AtomicInteger();
    try (ScheduledExecutorService others = Executors.newSingleThreadScheduledExecutor();
        Story story = new Story(server, folder, 6, 500)) {
      story.startAll();
      story.cluster().apply(Story.INCREASE, 7, "  relinker: {filesPerSecond: 100}\n");
      Future<?> interfering =
          others.scheduleWithFixedDelay(
              () -> interfere(story, writes.incrementAndGet()),
              0,
              PAUSE_MILLIS,
              TimeUnit.MILLISECONDS);

      story.awaitComplete();
      assertThat(interfering.isDone()).as("no write of theirs failed").isFalse();
      interfering.cancel(false);

      assertThat(writes).hasValueGreaterThan(10);
      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7", "7/7", "7/null");
      assertThat(story.cluster().tasks())
          .allSatisfy(task -> assertThat(task.getSpec().attempt()).isEqualTo(1));
      story.assertAllAt(7);
    }
  }

  /** None of it is a wish: labels of somebody's, and a status that is not true. */
  private static void interfere(Story story, int number) {
    story.kubectl(
        "label",
        "--overwrite",
        "ppi,relinktasks,storagenodes,configmaps,leases",
        "--all",
        "somebodys=n" + number);
    story.kubectl(
        "patch",
        "ppi",
        Story.INCREASE,
        "--subresource=status",
        "--type=merge",
        "-p",
        "{\"status\":{\"message\":\"forged %d\",\"startTime\":\"2020-01-01T00:00:00Z\",\"nodes\":null,\"progress\":null}}"
            .formatted(number));
  }
}
