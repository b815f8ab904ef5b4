package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.Counters;
import dev.ringlift.relinker.DeviceProgress;
import dev.ringlift.relinker.DeviceProgress.State;
import dev.ringlift.relinker.DeviceResult;
import dev.ringlift.relinker.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Counts what happens on one device, for workers to write and anybody to read at any time. */
final class Meter {
  private static final long RATE_WINDOW = Duration.ofSeconds(10).toNanos();

  private final String device;
  private final Clock clock;
  private final AtomicLong hashDirs = new AtomicLong();
  private final AtomicLong files = new AtomicLong();
  private final AtomicLong linked = new AtomicLong();
  private final AtomicLong removed = new AtomicLong();
  private final AtomicLong errors = new AtomicLong();
  private final List<Problem> problems = new ArrayList<>();
  private final Deque<Sample> samples = new ArrayDeque<>();

  private State state = State.PENDING;
  private long partitionsDoneBefore;
  private long partitionsDone;
  private long partitionsTotal;
  private long workDone;
  private long workTotal;
  private @Nullable Instant started;
  private @Nullable Instant ended;
  private @Nullable DeviceResult result;

  private record Sample(Instant time, long hashDirs) {}

  Meter(String device, Clock clock) {
    this.device = device;
    this.clock = clock;
  }

  String device() {
    return device;
  }

  void countHashDir() {
    hashDirs.getAndIncrement();
  }

  void countFiles(int count) {
    files.getAndAdd(count);
  }

  void countLinked() {
    linked.getAndIncrement();
  }

  void countRemoved() {
    removed.getAndIncrement();
  }

  long errors() {
    return errors.get();
  }

  /** An error that keeps its partition from being done; {@code path} is relative to the device. */
  void error(String path, int errno, String message) {
    errors.getAndIncrement();
    note(path, errno, message);
  }

  /** Something that a person should see, without being an error. */
  synchronized void note(String path, int errno, String message) {
    if (problems.size() < DeviceProgress.MAX_PROBLEMS) {
      problems.add(Problem.of(path.isEmpty() ? device : device + "/" + path, errno, message));
    }
  }

  synchronized Optional<Problem> firstProblem() {
    return problems.isEmpty() ? Optional.empty() : Optional.of(problems.getFirst());
  }

  synchronized void begin() {
    started = clock.instant();
    samples.add(new Sample(started, 0));
  }

  synchronized void state(State now) {
    state = now;
  }

  /**
   * The partitions are known: all of the step, those done by earlier runs, and those that this run
   * will try.
   */
  synchronized void partitions(long total, long doneBefore, long toTry) {
    partitionsTotal = total;
    partitionsDoneBefore = doneBefore;
    partitionsDone = 0;
    workTotal = toTry;
  }

  synchronized void partitionDone() {
    partitionsDone++;
  }

  synchronized void partitionTried() {
    workDone++;
  }

  synchronized void end(DeviceResult how) {
    result = how;
    ended = clock.instant();
    state = State.ENDED;
  }

  synchronized DeviceProgress snapshot() {
    Instant now = ended != null ? ended : clock.instant();
    Counters counters =
        new Counters(hashDirs.get(), files.get(), linked.get(), removed.get(), errors.get());
    Duration elapsed = started == null ? Duration.ZERO : Duration.between(started, now);
    return new DeviceProgress(
        device,
        state,
        partitionsDoneBefore + partitionsDone,
        partitionsTotal,
        counters,
        problems,
        started == null ? 0 : rate(now, counters.hashDirs()),
        Optional.ofNullable(started),
        elapsed,
        remaining(elapsed),
        Optional.ofNullable(result));
  }

  private double rate(Instant now, long count) {
    while (samples.size() > 1
        && Duration.between(samples.getFirst().time(), now).toNanos() > RATE_WINDOW) {
      samples.removeFirst();
    }
    Sample first = samples.getFirst();
    double seconds = Duration.between(first.time(), now).toNanos() / 1e9;
    if (ended == null
        && (samples.size() == 1
            || Duration.between(samples.getLast().time(), now).toMillis() >= 500)) {
      samples.addLast(new Sample(now, count));
    }
    return seconds <= 0 ? 0 : (count - first.hashDirs()) / seconds;
  }

  private Optional<Duration> remaining(Duration elapsed) {
    if (result != null || workDone == 0) {
      return Optional.empty();
    }
    double share = (double) (workTotal - workDone) / workDone;
    return Optional.of(Duration.ofMillis(Math.round(elapsed.toMillis() * share)));
  }
}
