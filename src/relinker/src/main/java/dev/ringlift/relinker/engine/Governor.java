package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.DeviceProgress.State;
import dev.ringlift.relinker.Guard;
import dev.ringlift.relinker.LiveSettings;
import dev.ringlift.relinker.Scheduling;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Holds the workers of a run back, or lets them go on: the request to stop, pause, and the rate
 * that all of them share. Every wait ends at once when the run is stopped, and looks at the live
 * settings again at least four times a second.
 */
final class Governor {
  private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(250);

  /** Of the slowest rate that is kept; with a longer one, the sum of turns could overflow. */
  private static final double LONGEST_INTERVAL = TimeUnit.DAYS.toNanos(1);

  private final LiveSettings settings;
  private final Guard guard;
  private final IoPressure pressure;
  private final Ticker ticker;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile @Nullable String stopReason;
  private long nextTurn;

  Governor(LiveSettings settings, Guard guard, IoPressure pressure) {
    this(settings, guard, pressure, Ticker.SYSTEM);
  }

  Governor(LiveSettings settings, Guard guard, IoPressure pressure, Ticker ticker) {
    this.settings = settings;
    this.guard = guard;
    this.pressure = pressure;
    this.ticker = ticker;
    this.nextTurn = ticker.nanos();
  }

  /** Asks all workers to stop; the first reason stays. */
  void stop(String reason) {
    lock.lock();
    try {
      if (stopReason == null) {
        stopReason = reason;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean stopped() {
    return stopReason != null;
  }

  String stopReason() {
    String reason = stopReason;
    return reason == null ? "" : reason;
  }

  /**
   * Whether the partition may be begun. Asks the guard, and stops the whole run when that objects.
   */
  boolean mayBegin(String device, long partition) {
    if (stopped()) {
      return false;
    }
    Optional<String> objection = guard.reasonToStop(device, partition);
    objection.ifPresent(this::stop);
    return objection.isEmpty();
  }

  /** Waits for this hash dir's turn; false when the run has been stopped. */
  boolean next(Meter meter) {
    if (stopReason != null) {
      return false;
    }
    if (!settings.paused() && settings.filesPerSecond() == 0 && settings.ioPressureLimit() == 0) {
      return true;
    }
    lock.lock();
    try {
      return waitWhileHeld(meter) && waitForTurn();
    } finally {
      lock.unlock();
    }
  }

  /** How the workers' threads are to be ranked at this moment. */
  Scheduling scheduling() {
    return settings.scheduling();
  }

  /** Whether hard-link collisions are settled from now on, though the request does not say so. */
  boolean clobbers() {
    return settings.clobberHardlinkCollisions();
  }

  /** Sleeps so long, or until the run is stopped; false when it is. */
  boolean sleep(long nanos) {
    lock.lock();
    try {
      long left = nanos;
      while (left > 0 && stopReason == null) {
        left = await(left);
      }
      return stopReason == null;
    } finally {
      lock.unlock();
    }
  }

  private boolean waitWhileHeld(Meter meter) {
    boolean held = false;
    while (stopReason == null
        && (settings.paused() || pressure.above(settings.ioPressureLimit()))) {
      meter.held(settings.paused());
      held = true;
      await(LOOK_AGAIN);
    }
    if (held) {
      meter.state(State.RUNNING);
      nextTurn = ticker.nanos();
    }
    return stopReason == null;
  }

  /** Turns are handed out evenly; what was not used is not saved up beyond one second. */
  private boolean waitForTurn() {
    double rate = settings.filesPerSecond();
    if (rate == 0) {
      return stopReason == null;
    }
    long interval = (long) Math.min(TimeUnit.SECONDS.toNanos(1) / rate, LONGEST_INTERVAL);
    long now = ticker.nanos();
    long turn = Math.max(nextTurn, now - TimeUnit.SECONDS.toNanos(1));
    nextTurn = turn + interval;
    while (stopReason == null && turn - ticker.nanos() > 0) {
      if (settings.filesPerSecond() != rate) {
        // The rate was changed under us: what was laid out for the old one counts no longer.
        nextTurn = ticker.nanos();
        return true;
      }
      await(Math.min(LOOK_AGAIN, turn - ticker.nanos()));
    }
    return stopReason == null;
  }

  /** One wait of the loops above, which look at what they wait for again. */
  private long await(long nanos) {
    try {
      return ticker.await(changed, nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stopReason = stopReason == null ? "the run was interrupted" : stopReason;
      return 0;
    }
  }
}
