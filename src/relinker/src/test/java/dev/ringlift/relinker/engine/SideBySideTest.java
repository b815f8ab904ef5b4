package dev.ringlift.relinker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SideBySideTest {
  private static final SortedSet<String> THREE = new TreeSet<>(List.of("sda", "sdb", "sdc"));

  private final CountDownLatch mended = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void allAreAskedAtOnce() {
    CyclicBarrier together = new CyclicBarrier(3);
    SideBySide<String> looks = new SideBySide<>("look", Duration.ofMinutes(1));

    assertThat(
            looks.of(
                THREE,
                name -> {
                  pass(together);
                  return name + " " + Thread.currentThread().getName();
                },
                name -> "silent"))
        .containsExactly("sda look-sda", "sdb look-sdb", "sdc look-sdc");
  }

  @Test
  void oneThatHangsKeepsNobodyFromTheOthersAndIsAskedNothingElse() throws Exception {
    SideBySide<String> looks = new SideBySide<>("look", Duration.ofMillis(200));
    Function<String, String> ask =
        name -> {
          if (name.equals("sdb")) {
            asked.incrementAndGet();
            hang();
          }
          return name;
        };

    assertThat(looks.of(THREE, ask, name -> "no word of " + name))
        .containsExactly("sda", "no word of sdb", "sdc");
    assertThat(looks.of(THREE, ask, name -> "no word of " + name))
        .containsExactly("sda", "no word of sdb", "sdc");
    assertThat(asked).hasValue(1);

    mended.countDown();
    SideBySide<String> patient = new SideBySide<>("look", Duration.ofMinutes(1));
    assertThat(patient.of(THREE, ask, name -> "no word of " + name))
        .containsExactlyElementsOf(THREE);
  }

  @Test
  void aBugIsNoSilence() {
    SideBySide<String> looks = new SideBySide<>("look", Duration.ofMinutes(1));

    assertThatThrownBy(
            () ->
                looks.of(
                    THREE,
                    name -> {
                      throw new IllegalArgumentException("a bug");
                    },
                    name -> "silent"))
        .hasMessage("a bug in the look at sda")
        .hasRootCauseMessage("a bug");
  }

  private void hang() {
    try {
      mended.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pass(CyclicBarrier barrier) {
    try {
      barrier.await(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("the three were not asked at once", e);
    }
  }
}
