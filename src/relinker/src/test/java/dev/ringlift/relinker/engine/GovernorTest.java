package dev.ringlift.relinker.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.relinker.DeviceProgress.State;
import dev.ringlift.relinker.Guard;
import dev.ringlift.relinker.LiveSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All in a time of its own, which passes while a worker waits, and not else. */
class GovernorTest {
  private final Path file;
  private final SteppedTime time = new SteppedTime();
  private final LiveSettings settings = new LiveSettings();
  private final Governor governor;
  private final Meter first = new Meter("d1", Clock.systemUTC());
  private final Meter second = new Meter("d2", Clock.systemUTC());

  GovernorTest(@TempDir Path directory) {
    file = directory.resolve("io");
    governor = new Governor(settings, Guard.NONE, new IoPressure(file, time), time);
  }

  @Test
  void nothingIsHeldBackWithoutALimit() {
    assertThat(turns(1000)).isZero();
  }

  @Test
  void theRateIsSharedByTheDevices() {
    settings.filesPerSecond(10);

    for (int i = 0; i < 50; i++) {
      assertThat(governor.next(first)).isTrue();
      assertThat(governor.next(second)).isTrue();
    }

    assertThat(time.seconds()).isBetween(9.8, 10.1);
  }

  @Test
  void theRateIsSharedByTheWorkers() throws InterruptedException {
    settings.filesPerSecond(10);
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      workers.add(Thread.ofPlatform().start(() -> turns(25)));
    }
    for (Thread worker : workers) {
      worker.join();
    }

    assertThat(time.seconds()).isBetween(9.8, 10.1);
  }

  /** Devices that were slow for a while must not make up for it in a rush. */
  @Test
  void whatWasNotUsedIsSavedUpForASecondAtMost() {
    settings.filesPerSecond(10);
    turns(10);
    time.pass(Duration.ofMinutes(1));

    assertThat(turns(11)).isZero();
    assertThat(turns(10)).isBetween(0.9, 1.1);
  }

  @Test
  void aNewRateIsObeyedAtOnceByThoseWhoWaitToo() {
    settings.filesPerSecond(0.001);
    turns(1);
    time.at(5, () -> settings.filesPerSecond(100));

    assertThat(turns(1)).isBetween(4.9, 5.3);
    assertThat(turns(100)).isBetween(0.9, 1.1);
    time.at(time.seconds() + 1, () -> settings.filesPerSecond(0));
    settings.filesPerSecond(0.001);
    turns(1);
    assertThat(turns(1000)).isLessThan(1.3);
  }

  @Test
  void aPauseHoldsAllUntilItEnds() {
    settings.paused(true);
    time.at(
        100, () -> assertThat(first.snapshot(Pace.of(settings)).state()).isEqualTo(State.PAUSED));
    time.at(3600, () -> settings.paused(false));

    assertThat(governor.next(first)).isTrue();

    assertThat(time.seconds()).isBetween(3600.0, 3600.3);
    assertThat(first.snapshot(Pace.of(settings)).state()).isEqualTo(State.RUNNING);
    assertThat(turns(10)).isZero();
  }

  @Test
  void nothingIsMadeUpForAfterAPause() {
    settings.filesPerSecond(10);
    turns(1);
    settings.paused(true);
    time.at(60, () -> settings.paused(false));
    turns(1);

    assertThat(turns(20)).isBetween(1.9, 2.1);
  }

  @Test
  void pressureAboveTheLimitHoldsWorkBackUntilItFalls() {
    pressure(40.01);
    settings.ioPressureLimit(40);
    time.at(30, () -> pressure(40));

    assertThat(turns(1)).isBetween(30.0, 31.3);
    assertThat(turns(10)).isZero();

    pressure(99);
    time.pass(Duration.ofSeconds(1));
    time.at(time.seconds() + 10, () -> settings.ioPressureLimit(0));
    assertThat(turns(1)).isBetween(9.9, 10.3);
  }

  @Test
  void whereTheKernelTellsOfNoPressureItHoldsNobodyBack() {
    settings.ioPressureLimit(1);

    assertThat(turns(10)).isZero();
  }

  @Test
  void everyWaitEndsWhenTheRunIsStopped() {
    settings.paused(true);
    time.at(2, () -> governor.stop("enough"));
    assertThat(governor.next(first)).isFalse();
    assertThat(time.seconds()).isBetween(2.0, 2.3);
    assertThat(governor.sleep(1_000_000_000)).isFalse();
    assertThat(governor.mayBegin("d1", 1)).isFalse();
    assertThat(governor.stopReason()).isEqualTo("enough");
    assertThat(time.seconds()).isBetween(2.0, 2.3);
  }

  /** Takes so many turns, and returns how many seconds that took. */
  private double turns(int count) {
    double before = time.seconds();
    for (int i = 0; i < count; i++) {
      assertThat(governor.next(first)).isTrue();
    }
    return time.seconds() - before;
  }

  private void pressure(double percent) {
    try {
      Files.writeString(
          file,
          "some avg10=%s avg60=0.00 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=1\n"
              .formatted(percent),
          US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Time that passes by waiting, and in which things happen. */
  private static final class SteppedTime implements Ticker {
    private final TreeMap<Long, Runnable> events = new TreeMap<>();
    private long now;

    @Override
    public synchronized long nanos() {
      return now;
    }

    @Override
    public long await(Condition condition, long nanos) {
      pass(Duration.ofNanos(nanos));
      return 0;
    }

    void pass(Duration duration) {
      List<Runnable> due;
      synchronized (this) {
        now += duration.toNanos();
        var until = events.headMap(now, true);
        due = List.copyOf(until.values());
        until.clear();
      }
      due.forEach(Runnable::run);
    }

    synchronized void at(double seconds, Runnable event) {
      events.put((long) (seconds * 1e9), event);
    }

    double seconds() {
      return nanos() / 1e9;
    }
  }
}
