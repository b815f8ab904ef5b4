package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.Counters;
import dev.ringlift.relinker.DeviceProgress;
import dev.ringlift.relinker.DeviceProgress.State;
import dev.ringlift.relinker.DeviceResult;
import dev.ringlift.relinker.ErrorKind;
import dev.ringlift.relinker.Needs;
import dev.ringlift.relinker.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Counts what happens on one device, for workers to write and anybody to read at any time. */
final class Meter {
  private static final long RATE_WINDOW = Duration.ofSeconds(10).toNanos();

  /** {@code hashes.pkl}, {@code hashes.invalid} and {@code .lock}. */
  private static final long FILES_OF_A_PARTITION = 3;

  /** The state, its temporary file, and the lock. */
  private static final long FILES_OF_A_DEVICE = 3;

  private final String device;
  private final Clock clock;
  private final AtomicLong hashDirs = new AtomicLong();
  private final AtomicLong files = new AtomicLong();
  private final AtomicLong linked = new AtomicLong();
  private final AtomicLong removed = new AtomicLong();
  private final AtomicLong errors = new AtomicLong();
  private final ConcurrentMap<ErrorKind, Long> errorsByKind = new ConcurrentHashMap<>();
  private final AtomicLong directories = new AtomicLong();
  private final AtomicLong linkedInto = new AtomicLong();
  private final Estimate estimate = new Estimate();
  private final List<Problem> problems = new ArrayList<>();
  private final Deque<Sample> samples = new ArrayDeque<>();

  private State state = State.PENDING;
  private long partitionsDoneBefore;
  private long partitionsDone;
  private long partitionsTotal;
  private Duration worked = Duration.ZERO;
  private @Nullable Instant workingSince;
  private @Nullable Pace pace;
  private @Nullable Long inodesFree;
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
    count(ErrorKind.of(errno));
    note(path, errno, message);
  }

  /** The same, of what is no error of a system call. */
  void error(String path, ErrorKind kind, String message) {
    count(kind);
    note(path, 0, message);
  }

  private void count(ErrorKind kind) {
    errorsByKind.merge(kind, 1L, Long::sum);
    errors.getAndIncrement();
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
    if (now != State.PAUSED) {
      clock(now == State.RUNNING && partitionsTotal > 0);
    }
  }

  /**
   * Workers wait: because somebody has paused the run, which may be for any time and counts as
   * none, or because disks are busy, which will be so again, and so belongs to the time that the
   * work takes.
   */
  synchronized void held(boolean byPause) {
    state = State.PAUSED;
    clock(!byPause && partitionsTotal > 0);
  }

  private void clock(boolean runs) {
    Instant now = clock.instant();
    if (workingSince != null && !runs) {
      worked = worked(now);
      workingSince = null;
    } else if (workingSince == null && runs) {
      workingSince = now;
    }
  }

  /** Time with work on partitions, up to this moment. */
  private Duration worked(Instant now) {
    return workingSince == null ? worked : worked.plus(Duration.between(workingSince, now));
  }

  /** A directory that a dry run would make. */
  void countDirectory() {
    directories.getAndIncrement();
  }

  /** A partition that a dry run would link into. */
  void countLinkedInto() {
    linkedInto.getAndIncrement();
  }

  /** This is a dry run, on a file system with so many inodes free. */
  synchronized void dryRun(long free) {
    inodesFree = free;
  }

  /** What a dry run found so far; empty for others. */
  synchronized Optional<Needs> needs() {
    return inodesFree == null
        ? Optional.empty()
        : Optional.of(
            new Needs(
                directories.get(),
                directories.get() + FILES_OF_A_PARTITION * linkedInto.get() + FILES_OF_A_DEVICE,
                inodesFree));
  }

  /**
   * The partitions are known: all of the step, those done by earlier runs, and the weight of those
   * that this run will try.
   */
  synchronized void partitions(long total, long doneBefore, double weight) {
    partitionsTotal = total;
    partitionsDoneBefore = doneBefore;
    partitionsDone = 0;
    estimate.plan(weight);
    worked = Duration.ZERO;
    workingSince = clock.instant();
  }

  synchronized void partitionBegun(double weight) {
    estimate.begin(weight);
  }

  synchronized void partitionDone() {
    partitionsDone++;
  }

  synchronized void partitionTried(double weight) {
    estimate.end(weight, hashDirs.get());
  }

  synchronized void end(DeviceResult how) {
    result = how;
    ended = clock.instant();
    state = State.ENDED;
  }

  synchronized DeviceProgress snapshot(Pace paceNow) {
    Instant now = ended != null ? ended : clock.instant();
    if (!paceNow.equals(pace)) {
      if (pace != null) {
        estimate.paceChanged(worked(now), hashDirs.get());
      }
      pace = paceNow;
    }
    Counters counters =
        new Counters(hashDirs.get(), files.get(), linked.get(), removed.get(), errors.get());
    Duration elapsed = started == null ? Duration.ZERO : Duration.between(started, now);
    return new DeviceProgress(
        device,
        state,
        partitionsDoneBefore + partitionsDone,
        partitionsTotal,
        counters,
        errorsByKind,
        problems,
        started == null ? 0 : rate(now, counters.hashDirs()),
        Optional.ofNullable(started),
        elapsed,
        worked(now),
        result != null ? Optional.empty() : estimate.left(worked(now), counters.hashDirs()),
        needs(),
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
}
