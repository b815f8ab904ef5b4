package dev.ringlift.relinker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Whether the time that is said to be left is the time that it takes, on a simulated device. */
class EstimateTest {
  private static final double MILLIS_OF_A_HASH_DIR = 1;
  private static final double MILLIS_OF_A_PARTITION = 3;
  private static final double TOLERANCE = 20;

  private final Random random = new Random(1);
  private final List<Said> said = new ArrayList<>();
  private double millis;

  @Test
  void holdsWhereAllPartitionsAreAlike() {
    simulate(1024, index -> 200);

    assertHolds(0.1, 0.25, 0.5, 0.75, 0.9);
  }

  @Test
  void holdsWhereTheFullPartitionsComeLast() {
    simulate(512, index -> index < 128 ? 3000 : 20);

    assertHolds(0.25, 0.5, 0.75, 0.9);
  }

  @Test
  void holdsWhereTheFullPartitionsComeFirst() {
    simulate(512, index -> index > 384 ? 3000 : 20);

    assertHolds(0.1, 0.25, 0.5, 0.75);
  }

  @Test
  void holdsAmongHandoffsOnADeviceWhoseEveryPartitionCannotBeWeighed() {
    simulate(20_000, index -> random.nextInt(3) == 0 ? 3 : 150 + random.nextInt(100));

    assertHolds(0.1, 0.25, 0.5, 0.75);
  }

  @Test
  void holdsInsideAPartitionThatIsHalfOfAll() {
    simulate(64, index -> index == 40 ? 6300 : 100);

    assertHolds(0.25, 0.5, 0.75);
  }

  @Test
  void followsALimitThatIsSetOnTheWay() {
    Estimate estimate = new Estimate();
    estimate.plan(1000);
    Optional<Duration> left = Optional.empty();
    for (int i = 0; i < 750; i++) {
      millis += i < 500 ? 10 : 20;
      estimate.begin(1);
      estimate.end(1, i + 1);
      left = estimate.left(time(), i + 1);
    }

    assertThat(left.orElseThrow().toMillis()).isCloseTo(250 * 20, withPercentage(5));
  }

  @Test
  void saysNothingWithoutGround() {
    Estimate estimate = new Estimate();
    estimate.plan(1000);

    assertThat(estimate.left(Duration.ofSeconds(5), 0)).isEmpty();
  }

  /** Walks partitions from the last to the first, and notes what is said on the way. */
  private void simulate(int partitions, IntUnaryOperator size) {
    int[] hashDirs = new int[partitions];
    Arrays.setAll(hashDirs, size);
    Weights weights =
        Weights.of(
            true,
            LongStream.range(0, partitions).toArray(),
            number -> suffixDirs(hashDirs[(int) number]));
    double weight = 0;
    for (int i = 0; i < partitions; i++) {
      weight += weights.of(i);
    }
    double all =
        Arrays.stream(hashDirs).sum() * MILLIS_OF_A_HASH_DIR + partitions * MILLIS_OF_A_PARTITION;
    Estimate estimate = new Estimate();
    estimate.plan(weight);
    long seen = 0;
    for (int i = partitions - 1; i >= 0; i--) {
      estimate.begin(weights.of(i));
      millis += MILLIS_OF_A_PARTITION;
      for (int hash = 0; hash < hashDirs[i]; hash++) {
        millis += MILLIS_OF_A_HASH_DIR;
        seen++;
        if (hash % 100 == 0) {
          say(estimate.left(time(), seen), all);
        }
      }
      estimate.end(weights.of(i), seen);
      say(estimate.left(time(), seen), all);
    }
  }

  /** What was said to be left, in milliseconds, and what was. */
  private record Said(double share, long left, double really) {}

  private void say(Optional<Duration> left, double all) {
    left.ifPresent(duration -> said.add(new Said(millis / all, duration.toMillis(), all - millis)));
  }

  private void assertHolds(double... shares) {
    for (double share : shares) {
      Said then = said.stream().filter(each -> each.share() >= share).findFirst().orElseThrow();
      assertThat((double) then.left())
          .as("%s", then)
          .isCloseTo(then.really(), withPercentage(TOLERANCE));
    }
  }

  private Duration time() {
    return Duration.ofNanos(Math.round(millis * 1e6));
  }

  /** How many of the 4096 suffixes so many hashes fall into. */
  private int suffixDirs(int hashDirs) {
    BitSet suffixes = new BitSet();
    for (int i = 0; i < hashDirs; i++) {
      suffixes.set(random.nextInt(4096));
    }
    return suffixes.cardinality();
  }
}
