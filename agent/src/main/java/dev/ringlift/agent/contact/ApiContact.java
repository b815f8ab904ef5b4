package dev.ringlift.agent.contact;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * When this node last proved to the API server that it is there. An agent that could not do so for
 * longer than its lease lasts must take itself for cut off: the others do, too. Safe for use by any
 * thread.
 */
public final class ApiContact {
  private static final long NEVER = Long.MIN_VALUE;

  private final Duration limit;
  private final LongSupplier nanoTime;
  private final AtomicLong last = new AtomicLong(NEVER);

  /**
   * @param limit for how long the last contact counts: the duration of the lease
   * @param nanoTime a clock that never jumps, as {@link System#nanoTime()}
   */
  public ApiContact(Duration limit, LongSupplier nanoTime) {
    this.limit = limit;
    this.nanoTime = nanoTime;
  }

  /** The time now, to be given to {@link #reached} once the request has been answered. */
  public long begin() {
    return nanoTime.getAsLong();
  }

  /**
   * A renewal that was begun then has succeeded. It counts from its beginning, because the lease
   * carries that time.
   */
  public void reached(long begun) {
    last.set(begun);
  }

  /** Whether the API server has been reached at all. */
  public boolean ever() {
    return last.get() != NEVER;
  }

  /** Whether the lease still holds. */
  public boolean fresh() {
    return ever() && age().compareTo(limit) <= 0;
  }

  /** How long ago the last contact was; the limit and a second more if there was none. */
  public Duration age() {
    long then = last.get();
    return then == NEVER
        ? limit.plusSeconds(1)
        : Duration.ofNanos(Math.max(0, nanoTime.getAsLong() - then));
  }

  /** For how long a contact counts. */
  public Duration limit() {
    return limit;
  }
}
