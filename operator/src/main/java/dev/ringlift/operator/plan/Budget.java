package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.NodeSelection;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.operator.plan.Observation.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How long the cleanup of the present cycle will still take, from what was measured:
 *
 * <ol>
 *   <li>Of a node that is cleaning up, and far enough to tell: what the rest takes at the pace so
 *       far.
 *   <li>Of others: what relinking took there, in the windows, and half as much again: it touches
 *       each file once more than relinking does. Of a node without such a figure: the mean of those
 *       with one. What is done already is taken off.
 *   <li>Over all nodes: as many at once, and zone by zone, as the user wants it.
 * </ol>
 *
 * @param work time in which windows have to be open
 */
record Budget(Duration work) {
  /** Measured on cold disks: 1.3. */
  private static final double OF_RELINK = 1.5;

  /** Below this share of a node the pace tells nothing yet. */
  private static final double TELLING = 0.1;

  private static final Duration SMALLEST_STEP = Duration.ofMinutes(1);

  /** Empty where nothing was measured. */
  static Optional<Budget> ofCleanup(
      Observation seen, int cycle, DeviceMap devices, Windows windows, Instant now) {
    Map<String, Task> relinked = tasks(seen, cycle, Step.Relink);
    Map<String, Task> cleaned = tasks(seen, cycle, Step.Cleanup);
    Map<String, Double> seconds = new TreeMap<>();
    Set<String> unknown = new TreeSet<>();
    double known = 0;
    int counted = 0;
    Set<String> all = new TreeSet<>(relinked.keySet());
    all.addAll(cleaned.keySet());
    for (String node : all) {
      Optional<Double> whole = relinkSeconds(relinked.get(node), windows);
      Optional<Double> left = leftAtItsPace(cleaned.get(node), windows, now);
      double share = share(cleaned.get(node));
      if (whole.isPresent()) {
        known += whole.get() * OF_RELINK;
        counted++;
      }
      left.or(() -> whole.map(time -> time * OF_RELINK * (1 - share)))
          .ifPresentOrElse(time -> seconds.put(node, time), () -> unknown.add(node));
    }
    if (seconds.isEmpty()) {
      return Optional.empty();
    }
    double mean =
        counted > 0
            ? known / counted
            : seconds.values().stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    unknown.forEach(node -> seconds.put(node, mean * (1 - share(cleaned.get(node)))));
    NodeSelection selection = seen.increase().spec().nodes();
    double total =
        Forecast.overAll(
            seconds,
            devices.zones(),
            NodeTurns.limit(selection.maxConcurrent(), seconds.size()),
            selection.oneZoneAtATime());
    return Optional.of(new Budget(Duration.ofMillis((long) (total * 1000))));
  }

  /** When all of it would be done, were it begun, or gone on with, at this time. */
  Instant end(Windows windows, Instant begin) {
    return windows.endOf(work, begin);
  }

  /** The last moment at which work can go on and still end in time; now, if there is none. */
  Instant latestStart(Windows windows, Instant deadline, Instant now) {
    if (end(windows, now).isAfter(deadline)) {
      return now;
    }
    Instant inTime = now;
    Instant tooLate = deadline;
    while (Duration.between(inTime, tooLate).compareTo(SMALLEST_STEP) > 0) {
      Instant middle = inTime.plus(Duration.between(inTime, tooLate).dividedBy(2));
      if (end(windows, middle).isAfter(deadline)) {
        tooLate = middle;
      } else {
        inTime = middle;
      }
    }
    return inTime;
  }

  private static Map<String, Task> tasks(Observation seen, int cycle, Step step) {
    Map<String, Task> tasks = new HashMap<>();
    for (Task task : seen.tasks()) {
      if (task.spec().cycle() == cycle && task.spec().step() == step) {
        tasks.put(task.spec().nodeName(), task);
      }
    }
    return tasks;
  }

  private static Optional<Double> relinkSeconds(@Nullable Task task, Windows windows) {
    RelinkTaskStatus status = task == null ? null : task.status();
    if (status == null || status.state() != RelinkTaskStatus.State.Succeeded) {
      return Optional.empty();
    }
    Instant start = Times.parse(status.startTime(), Instant.MAX);
    Instant end = Times.parse(status.completionTime(), Instant.MIN);
    // Of several attempts the last one says nothing of what was done before.
    return status.attempt() > 1 || !end.isAfter(start)
        ? Optional.empty()
        : Optional.of(seconds(windows.openBetween(start, end)));
  }

  private static Optional<Double> leftAtItsPace(@Nullable Task task, Windows windows, Instant now) {
    RelinkTaskStatus status = task == null ? null : task.status();
    double share = share(task);
    if (status == null || share < TELLING) {
      return Optional.empty();
    }
    Instant start = Times.parse(status.startTime(), now);
    Instant end = Times.parse(status.completionTime(), now);
    double worked = start.isBefore(end) ? seconds(windows.openBetween(start, end)) : 0;
    return Optional.of(worked * (1 - share) / share);
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1000.0;
  }

  private static double share(@Nullable Task task) {
    if (task == null || task.status() == null || task.spec().devices().isEmpty()) {
      return 0;
    }
    Set<String> devices = Set.copyOf(task.spec().devices());
    double done =
        task.status().devices().stream()
            .filter(device -> devices.contains(device.name()))
            .mapToDouble(StepProgress::share)
            .sum();
    return Math.min(1, done / devices.size());
  }
}
