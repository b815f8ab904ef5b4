package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is not said of a node before it has been looked for. */
class LiveReadsTest {
  private final ModelCluster cluster = new ModelCluster(6, 4, 5);

  @BeforeEach
  void theNextRingHasJustBeenPublished() {
    while (cluster.ring.partPower() < 5) {
      cluster.step();
      if (cluster.ring.partPower() < 5) {
        cluster.distribute();
        cluster.work(Set.of());
        cluster.pass(Duration.ofSeconds(5));
      }
    }
    cluster.step();
  }

  private boolean areNeeded() {
    return LiveReads.areNeeded(cluster.observe(), cluster.plan());
  }

  @Test
  void whileTheRingSpreadsCachesDo() {
    assertThat(areNeeded()).isFalse();
  }

  @Test
  void theFirstNodeThatIsLostIsLookedForAndNotAgain() {
    cluster.node("node-f").alive = false;
    cluster.pass(Duration.ofSeconds(60));
    assertThat(areNeeded()).isTrue();

    cluster.step();
    assertThat(areNeeded()).isFalse();
  }

  @Test
  void thatEverybodyHasTheRingIsLookedAt() {
    cluster.distribute();
    assertThat(areNeeded()).isTrue();

    cluster.step();
    assertThat(areNeeded()).isFalse();
  }
}
