package dev.ringlift.relinker.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * How long the work on a device will still take, from what its partitions weigh ({@link Weights})
 * and from how fast weight went by lately.
 *
 * <p>Lately is the last half of the working time, so that a load that others bring shows, and a few
 * odd partitions don't; and never longer than since the {@link Pace} was changed. Inside a
 * partition the hash dirs seen tell how much of its weight is done; without that the estimate would
 * stand still in a large one. Times are working time: what was spent paused is in none of them.
 *
 * <p>Not safe for use by several threads: {@link Meter} guards it.
 */
final class Estimate {
  /** Before this much time nothing is said. */
  private static final Duration LEAST = Duration.ofMillis(500);

  /** Nor before this much, and so many hash dirs, since the pace was changed, but ... */
  private static final Duration LEAST_AT_A_PACE = Duration.ofSeconds(3);

  private static final long LEAST_HASH_DIRS_AT_A_PACE = 20;

  /** ... after this much. */
  private static final Duration LONG_AT_A_PACE = Duration.ofMinutes(1);

  private static final int SAMPLES = 64;

  private double total;
  private double finished;

  /** Weight of the partitions under way, and how much of it is done by the hash dirs seen. */
  private double underWay;

  private double underWayDone;

  /** Hash dirs that are reckoned into one of the two above. */
  private long reckoned;

  private final Deque<Sample> samples = new ArrayDeque<>();
  private Sample atThisPace = new Sample(Duration.ZERO, 0, 0);
  private boolean paceChanged;

  /** Weight that was done, and hash dirs that were seen, after so much working time. */
  private record Sample(Duration time, double done, long hashDirs) {}

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
    reckon(hashDirs);
    underWay -= weight;
    finished += weight;
    // With several workers, the rest belongs to the partitions that are still under way.
    underWayDone = Math.clamp(underWayDone - weight, 0, Math.max(0, underWay));
  }

  /** From now on it may be faster, or slower: what was seen before counts no more. */
  void paceChanged(Duration time, long hashDirs) {
    reckon(hashDirs);
    samples.clear();
    atThisPace = new Sample(time, done(), hashDirs);
    samples.add(atThisPace);
    paceChanged = true;
  }

  /**
   * The working time that is left; empty while there is no ground for an estimate.
   *
   * @param time worked so far
   * @param hashDirs seen so far
   */
  Optional<Duration> left(Duration time, long hashDirs) {
    reckon(hashDirs);
    double done = done();
    while (samples.size() > 1 && second().time().multipliedBy(2).compareTo(time) < 0) {
      samples.removeFirst();
    }
    Sample from = samples.isEmpty() ? atThisPace : samples.getFirst();
    if (samples.isEmpty()
        || time.minus(samples.getLast().time()).compareTo(time.dividedBy(SAMPLES)) > 0) {
      samples.addLast(new Sample(time, done, hashDirs));
    }
    Duration lately = time.minus(from.time());
    double gone = done - from.done();
    if (gone <= 0 || !isLongEnough(time, hashDirs)) {
      return Optional.empty();
    }
    double seconds = lately.toNanos() / 1e9 * Math.max(0, total - done) / gone;
    return Optional.of(Duration.ofMillis(Math.round(seconds * 1000)));
  }

  private boolean isLongEnough(Duration time, long hashDirs) {
    if (!paceChanged) {
      return time.compareTo(LEAST) >= 0;
    }
    Duration atPace = time.minus(atThisPace.time());
    return atPace.compareTo(LONG_AT_A_PACE) >= 0
        || (atPace.compareTo(LEAST_AT_A_PACE) >= 0
            && hashDirs - atThisPace.hashDirs() >= LEAST_HASH_DIRS_AT_A_PACE);
  }

  private double done() {
    return finished + underWayDone;
  }

  private void reckon(long hashDirs) {
    long fresh = hashDirs - reckoned;
    double weight = finished == 0 || reckoned == 0 ? fresh : fresh * done() / reckoned;
    underWayDone = Math.min(underWayDone + weight, underWay);
    reckoned = hashDirs;
  }

  private Sample second() {
    return samples.stream().skip(1).findFirst().orElseThrow();
  }
}
