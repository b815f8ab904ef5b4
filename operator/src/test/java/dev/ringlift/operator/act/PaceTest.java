package dev.ringlift.operator.act;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How writes are spread in time. */
class PaceTest {
  private long now = 5_000;
  private final Pace pace = new Pace(40, 20, () -> now, time -> now += time.toNanos());

  @Test
  void aFewPassAtOnceAndManyAtTheRate() {
    assertThat(timeOf(20)).isZero();
    assertThat(timeOf(40)).isEqualTo(Duration.ofSeconds(1));
    assertThat(timeOf(400)).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void restIsSavedUpToTheBurstAndNoFurther() {
    timeOf(100);
    now += Duration.ofMillis(250).toNanos();
    assertThat(timeOf(11)).isEqualTo(Duration.ofMillis(25));

    now += Duration.ofHours(1).toNanos();
    assertThat(timeOf(20)).isZero();
    assertThat(timeOf(1)).isEqualTo(Duration.ofMillis(25));
  }

  private Duration timeOf(int writes) {
    long start = now;
    for (int i = 0; i < writes; i++) {
      pace.await();
    }
    return Duration.ofNanos(now - start);
  }
}
