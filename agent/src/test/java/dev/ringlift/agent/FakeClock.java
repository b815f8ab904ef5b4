package dev.ringlift.agent;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands until it is moved. */
public final class FakeClock implements InstantSource {
  private Instant now = Instant.parse("2026-03-01T12:00:00Z");

  @Override
  public Instant instant() {
    return now;
  }

  /** The same time, as {@link System#nanoTime()} would count it. */
  public long nanoTime() {
    return Duration.between(Instant.EPOCH, now).toNanos();
  }

  public void advance(Duration time) {
    now = now.plus(time);
  }
}
