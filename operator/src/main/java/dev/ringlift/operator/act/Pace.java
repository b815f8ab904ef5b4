package dev.ringlift.operator.act;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Spreads writes in time, so that a step that begins on thousands of nodes is no flood for the API
 * server: so many at once, then so many a second.
 */
final class Pace {
  /** Waits. */
  @FunctionalInterface
  interface Sleeper {
    void sleep(Duration time) throws InterruptedException;
  }

  private final long interval;
  private final long credit;
  private final LongSupplier nanoTime;
  private final Sleeper sleeper;
  private long next;

  /**
   * @param perSecond how many writes a second in the long run
   * @param burst how many at once after a time without any
   * @param nanoTime a clock that never jumps
   */
  Pace(int perSecond, int burst, LongSupplier nanoTime, Sleeper sleeper) {
    this.interval = Duration.ofSeconds(1).toNanos() / perSecond;
    this.credit = interval * (burst - 1L);
    this.nanoTime = nanoTime;
    this.sleeper = sleeper;
    this.next = nanoTime.getAsLong() - credit;
  }

  /** Comes back when the next write may be made. */
  synchronized void await() {
    long now = nanoTime.getAsLong();
    next = Math.max(next, now - credit) + interval;
    long wait = next - interval - now;
    if (wait > 0) {
      try {
        sleeper.sleep(Duration.ofNanos(wait));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while writes were being spread", e);
      }
    }
  }
}
