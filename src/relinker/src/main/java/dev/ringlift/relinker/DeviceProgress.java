package dev.ringlift.relinker;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How far one device is: a snapshot, taken at any time by any thread.
 *
 * @param device the device's name
 * @param state what it is at
 * @param partitionsDone partitions done, those of earlier runs included
 * @param partitionsTotal all partitions of this step; 0 until they have been listed
 * @param counters what this run did
 * @param errorsByKind its errors, as in {@code counters}, by kind; kinds without one are left out
 * @param problems the first problems, at most {@link #MAX_PROBLEMS}
 * @param hashDirsPerSecond the rate over about the last ten seconds
 * @param started when work on the device began, empty while it waits
 * @param elapsed time since then, ending with the result
 * @param worked how much of that was work on partitions, without pauses
 * @param remaining an estimate of the working time left, empty while there is no ground for one
 * @param needs what a dry run found so far, empty for others
 * @param result how it ended, empty before
 */
public record DeviceProgress(
    String device,
    State state,
    long partitionsDone,
    long partitionsTotal,
    Counters counters,
    Map<ErrorKind, Long> errorsByKind,
    List<Problem> problems,
    double hashDirsPerSecond,
    Optional<Instant> started,
    Duration elapsed,
    Duration worked,
    Optional<Duration> remaining,
    Optional<Needs> needs,
    Optional<DeviceResult> result) {

  public static final int MAX_PROBLEMS = 10;

  /** What a device is at. */
  public enum State {
    /** Waits for its turn. */
    PENDING,
    /** Another process holds the device's lock. */
    WAITING_FOR_LOCK,
    RUNNING,
    /** Paused, or held back by the I/O pressure limit. */
    PAUSED,
    /** Ended; see {@link DeviceProgress#result()}. */
    ENDED
  }

  public DeviceProgress {
    errorsByKind = Map.copyOf(errorsByKind);
    problems = List.copyOf(problems);
  }
}
