package dev.ringlift.relinker.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * How long the work on a device will still take, from what its partitions weigh ({@link Weights})
 * and from how fast weight went by lately.
 *
 * <p>Lately is the last half of the working time, so that a limit that was changed shows, and a few
 * odd partitions don't. Inside a partition the hash dirs seen tell how much of its weight is done;
 * without that the estimate would stand still in a large one. Times are working time: what was
 * spent paused is in none of them.
 *
 * <p>Not safe for use by several threads: {@link Meter} guards it.
 */
final class Estimate {
  /** Before this much time nothing is said. */
  private static final Duration LEAST = Duration.ofMillis(500);

  private static final int SAMPLES = 64;

  private double total;
  private double finished;
  private double underWay;
  private long hashDirsThen;
  private final Deque<Sample> samples = new ArrayDeque<>();

  /** Weight that was done after so much working time. */
  private record Sample(Duration time, double done) {}

  /** All that is to be done. */
  void plan(double weight) {
    total = weight;
  }

  /** A partition is begun. */
  void begin(double weight) {
    underWay += weight;
  }

  /** A partition has ended, done or not; so many hash dirs have been seen on the device by now. */
  void end(double weight, long hashDirs) {
    underWay -= weight;
    finished += weight;
    hashDirsThen = hashDirs;
  }

  /**
   * The working time that is left; empty while there is no ground for an estimate.
   *
   * @param time worked so far
   * @param hashDirs seen so far
   */
  Optional<Duration> left(Duration time, long hashDirs) {
    double done = finished + Math.min(underWay, weight(hashDirs - hashDirsThen));
    while (samples.size() > 1 && second().time().multipliedBy(2).compareTo(time) < 0) {
      samples.removeFirst();
    }
    Sample from = samples.isEmpty() ? new Sample(Duration.ZERO, 0) : samples.getFirst();
    if (samples.isEmpty()
        || time.minus(samples.getLast().time()).compareTo(time.dividedBy(SAMPLES)) > 0) {
      samples.addLast(new Sample(time, done));
    }
    Duration lately = time.minus(from.time());
    double gone = done - from.done();
    if (time.compareTo(LEAST) < 0 || gone <= 0) {
      return Optional.empty();
    }
    double seconds = lately.toNanos() / 1e9 * Math.max(0, total - done) / gone;
    return Optional.of(Duration.ofMillis(Math.round(seconds * 1000)));
  }

  private Sample second() {
    return samples.stream().skip(1).findFirst().orElseThrow();
  }

  private double weight(long hashDirs) {
    return hashDirsThen == 0 ? hashDirs : hashDirs * finished / hashDirsThen;
  }
}
