package dev.ringlift.relinker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.relinker.DeviceProgress;
import dev.ringlift.relinker.DeviceProgress.State;
import dev.ringlift.relinker.Scheduling;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whether the time that is said to be left is, within a fifth, the working time that it takes, from
 * a quarter of the way on: of whole devices that are worked on by a clock of their own, with
 * partitions of all sizes, by several workers, on disks that are busy, with limits that are
 * changed, and pauses. After a limit is changed, from ten seconds later on.
 */
class TimeLeftTest {
  private static final double TOLERANCE = 0.2;

  /** Of the whole time: what the last partition of the last worker may bring at the very end. */
  private static final double SLACK = 0.03;

  /** Hash dirs a second of one worker. */
  private static final double SPEED = 50;

  /** What a partition costs beside them, in hash dirs. */
  private static final double PARTITION = 3;

  /** The hashing of suffixes at its end, in hash dirs for each hash dir. */
  private static final double HASHING = 0.05;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void holdsWithPartitionsOfAllSizes(long seed) {
    Simulation device = new Simulation(seed, 1, ofAllSizes(seed));

    device.assertHolds();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void holdsWithSeveralWorkers(long seed) {
    Simulation device = new Simulation(seed, 4, ofAllSizes(seed));

    device.assertHolds();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void holdsWithSeveralWorkersInPartitionsThatAreFew(long seed) {
    Random random = new Random(seed);
    Simulation device = new Simulation(seed, 4, new int[100], index -> 100 + random.nextInt(900));

    device.assertHolds();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void holdsAfterASlowStart(long seed) {
    Simulation device = new Simulation(seed, 2, ofAllSizes(seed));
    device.load = time -> time < 60 ? 0.2 : 1;

    device.assertHolds();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void holdsOnABusyDisk(long seed) {
    Simulation device = new Simulation(seed, 2, ofAllSizes(seed));
    BitSet bursts = new BitSet();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      bursts.set(i, random.nextInt(5) == 0);
    }
    device.load = time -> bursts.get((int) (time / 3)) ? 0.3 : 0.8 + 0.2 * Math.sin(time / 10);

    device.assertHolds();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void holdsUnderALimitThatIsSetAndRaised(long seed) {
    Simulation device = new Simulation(seed, 2, ofAllSizes(seed));
    device.at(120, () -> device.pace = pace(10, 2));
    device.at(500, () -> device.pace = pace(40, 2));

    device.assertHolds();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void holdsWhenALimitIsLifted(long seed) {
    Simulation device = new Simulation(seed, 2, ofAllSizes(seed));
    device.pace = pace(15, 2);
    device.at(900, () -> device.pace = pace(0, 2));

    device.assertHolds();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void holdsWhereWorkersAreAdded(long seed) {
    Simulation device = new Simulation(seed, 1, ofAllSizes(seed));
    device.at(
        300,
        () -> {
          device.pace = pace(0, 4);
          device.hire(3);
        });

    device.assertHolds();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void holdsWithPausesThatCountAsNoTime(long seed) {
    Simulation device = new Simulation(seed, 2, ofAllSizes(seed));
    device.at(100, () -> device.hold(5000, true));
    device.at(300, () -> device.hold(20_000, true));

    device.assertHolds();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void holdsWhereWorkIsHeldBackByThePressureOnDisks(long seed) {
    Simulation device = new Simulation(seed, 2, ofAllSizes(seed));
    Random random = new Random(seed);
    device.holdAgainAndAgain(random);

    device.assertHolds();
  }

  private static Pace pace(double filesPerSecond, int workers) {
    return new Pace(filesPerSecond, workers, 0, Scheduling.NORMAL);
  }

  /**
   * Most of them small, some ten times as large. Not larger: where the last partition takes longer
   * than all others that are left, one of several workers goes on alone, which nobody foresees.
   */
  private static int[] ofAllSizes(long seed) {
    Random random = new Random(seed);
    int[] sizes = new int[1000];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = (int) Math.min(600, Math.round(60 * Math.exp(random.nextGaussian())));
    }
    return sizes;
  }

  /** One device and its workers. */
  private static final class Simulation {
    /** What was said at some moment of working time. */
    private record Said(double time, double left) {}

    /** Something that happens at a moment of working time. */
    private record Event(double time, Runnable what) {}

    /** A worker, when it is through with what it does, and what of its partition is left to do. */
    private static final class Worker {
      double until;
      int index = -1;
      int hashDirsLeft;
    }

    private final Random random;
    private final int[] hashDirs;
    private final Weights weights;
    private final PriorityQueue<Worker> workers =
        new PriorityQueue<>(Comparator.comparingDouble(worker -> worker.until));
    private final PriorityQueue<Event> events =
        new PriorityQueue<>(Comparator.comparingDouble(Event::time));
    private final List<Said> said = new ArrayList<>();
    private final List<Double> silent = new ArrayList<>();
    private final Deque<Double> changes = new ArrayDeque<>();
    private final Meter meter;
    private int next;
    private double time;
    private double pauses;
    private double turn;

    private DoubleUnaryOperator load = unused -> 1;
    private Pace pace;

    Simulation(long seed, int workers, int[] hashDirs, IntUnaryOperator size) {
      this(seed, workers, filled(hashDirs, size));
    }

    Simulation(long seed, int workers, int[] hashDirs) {
      random = new Random(seed);
      this.hashDirs = hashDirs;
      pace = pace(0, workers);
      meter = new Meter("d1", clock());
      long[] numbers = LongStream.range(0, hashDirs.length).toArray();
      weights = Weights.of(true, numbers, number -> suffixDirs(hashDirs[(int) number]));
      double weight = 0;
      for (int i = 0; i < hashDirs.length; i++) {
        weight += weights.of(i);
      }
      next = hashDirs.length - 1;
      meter.begin();
      meter.state(State.RUNNING);
      meter.partitions(hashDirs.length, 0, weight);
      hire(workers);
    }

    private static int[] filled(int[] sizes, IntUnaryOperator size) {
      java.util.Arrays.setAll(sizes, size);
      return sizes;
    }

    void at(double moment, Runnable what) {
      events.add(new Event(moment, what));
    }

    void hire(int count) {
      for (int i = 0; i < count; i++) {
        Worker worker = new Worker();
        worker.until = time;
        workers.add(worker);
      }
    }

    /** Nobody works for so many seconds; a pause is none of the time that is left. */
    void hold(double seconds, boolean byPause) {
      meter.held(byPause);
      if (byPause) {
        pauses += seconds;
      } else {
        time += seconds;
        workers.forEach(worker -> worker.until += seconds);
        turn = time;
      }
      meter.snapshot(pace);
      meter.state(State.RUNNING);
    }

    /** For half of the time, a few seconds at once. */
    void holdAgainAndAgain(Random lengths) {
      at(
          time + 10,
          () -> {
            hold(5 + lengths.nextInt(10), false);
            holdAgainAndAgain(lengths);
          });
    }

    void assertHolds() {
      work();
      double all = time;
      double from = Math.max(all / 4, changes.isEmpty() ? 0 : changes.getLast() + 10);
      assertThat(from).as("there is something to judge").isLessThan(all * 0.7);
      assertThat(said.stream().filter(each -> each.time() >= from))
          .allSatisfy(
              each ->
                  assertThat(each.left())
                      .as("said at %.0f of %.0f seconds", each.time(), all)
                      .isBetween(
                          (all - each.time()) * (1 - TOLERANCE) - all * SLACK,
                          (all - each.time()) * (1 + TOLERANCE) + all * SLACK));
      assertThat(silent.stream().filter(each -> each >= from).count())
          .as("seconds in which nothing was said, of %d", said.size())
          .isLessThan(said.size() / 20);
    }

    private void work() {
      double tell = 1;
      Pace known = pace;
      while (!workers.isEmpty()) {
        Worker worker = workers.remove();
        while (tell <= worker.until) {
          time = tell++;
          happen();
          if (!pace.equals(known)) {
            known = pace;
            changes.addLast(time);
          }
          tell();
          tell = Math.max(tell, Math.floor(time) + 1);
        }
        time = Math.max(time, worker.until);
        if (advance(worker)) {
          workers.add(worker);
        }
      }
    }

    private void happen() {
      while (!events.isEmpty() && events.peek().time() <= time) {
        events.remove().what().run();
      }
    }

    private void tell() {
      DeviceProgress progress = meter.snapshot(pace);
      progress
          .remaining()
          .ifPresentOrElse(
              left -> said.add(new Said(time, left.toMillis() / 1e3)), () -> silent.add(time));
    }

    /** Ends what the worker does, and begins the next; false when there is nothing left. */
    private boolean advance(Worker worker) {
      if (worker.index >= 0 && worker.hashDirsLeft > 0) {
        worker.hashDirsLeft--;
        meter.countHashDir();
        worker.until =
            time + cost(worker.hashDirsLeft > 0 ? 1 : 1 + HASHING * hashDirs[worker.index]);
        return true;
      }
      if (worker.index >= 0) {
        meter.partitionTried(weights.of(worker.index));
        meter.partitionDone();
      }
      if (next < 0) {
        return false;
      }
      worker.index = next--;
      worker.hashDirsLeft = hashDirs[worker.index];
      meter.partitionBegun(weights.of(worker.index));
      worker.until = time + cost(PARTITION);
      return true;
    }

    private double cost(double hashDirs) {
      double seconds = hashDirs / SPEED / load.applyAsDouble(time) * (0.5 + random.nextDouble());
      if (pace.filesPerSecond() == 0) {
        return seconds;
      }
      turn = Math.max(turn, time - 1) + 1 / pace.filesPerSecond();
      return Math.max(seconds, turn - time);
    }

    /** How many of the 4096 suffixes so many hashes fall into. */
    private int suffixDirs(int count) {
      BitSet suffixes = new BitSet();
      for (int i = 0; i < count; i++) {
        suffixes.set(random.nextInt(4096));
      }
      return suffixes.cardinality();
    }

    private Clock clock() {
      return new Clock() {
        @Override
        public Instant instant() {
          return Instant.EPOCH.plus(Duration.ofNanos(Math.round((time + pauses) * 1e9)));
        }

        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }
      };
    }
  }
}
