package dev.ringlift.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoopTest {
  private final AtomicInteger turns = new AtomicInteger();

  @Test
  void turnsAtOnceWhenItIsPokedAndSurvivesWhatGoesWrong() {
    try (Loop loop =
        new Loop(
            "test",
            () -> Duration.ofHours(1),
            () -> {
              turns.incrementAndGet();
              throw new IllegalStateException("goes wrong");
            })) {
      loop.start();
      await("the first turn comes at once").until(() -> turns.get() == 1);
      loop.poke();
      await("the second when it is poked").until(() -> turns.get() == 2);
    }
  }

  @Test
  void survivesAnErrorToo() {
    try (Loop loop =
        new Loop(
            "test",
            () -> Duration.ofMillis(1),
            () -> {
              turns.incrementAndGet();
              throw new LinkageError("goes wrong badly");
            })) {
      loop.start();
      await("it goes round").until(() -> turns.get() > 3);
    }
  }

  @Test
  void turnsAgainAfterAPause() {
    try (Loop loop = new Loop("test", () -> Duration.ofMillis(1), turns::incrementAndGet)) {
      loop.start();
      await("it goes round").until(() -> turns.get() > 3);
    }
  }

  @Test
  void closingInterruptsATurnThatHangs() throws InterruptedException {
    CountDownLatch hanging = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    Loop loop =
        new Loop(
            "test",
            () -> Duration.ofHours(1),
            () -> {
              hanging.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
            });
    loop.start();
    hanging.await();

    loop.close();

    assertThat(interrupted.getCount()).isZero();
  }

  @Test
  void closingALoopThatWasNeverStartedIsFine() {
    new Loop("test", () -> Duration.ZERO, turns::incrementAndGet).close();

    assertThat(turns).hasValue(0);
  }
}
