package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.NodeSelection;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.operator.plan.Observation.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How long the cleanup of the present cycle will still take, from what was measured:
 *
 * <ol>
 *   <li>Of a node that is cleaning up, and far enough to tell: what the rest of its slowest device
 *       takes at the pace so far. The devices of a node are walked at the same time.
 *   <li>Of others: what relinking took there, and half as much again: it touches each file once
 *       more than relinking does. Three times as much where the links of a former round were there
 *       already. What is done is taken off.
 *   <li>How long work took is what the agent has measured; see {@link NodePace}. Where it has not:
 *       the time since it began, in the windows, if it was the first try. When a later try began
 *       says nothing of what was done before it.
 *   <li>Of a node without such a figure, and of one whose cleanup is tried again unmeasured: no
 *       less than the mean of those with one.
 *   <li>Over all nodes: as many at once, and zone by zone, as the user wants it.
 *   <li>Where no node has a figure: all the time from Prepare until relinking was done, worked or
 *       not, and half as much again. It is a bound.
 * </ol>
 *
 * @param work time in which windows have to be open
 * @param measured whether any node's work was; else it takes no longer than this
 */
record Budget(Duration work, boolean measured) {
  /** Measured on cold disks: 1.3. */
  private static final double OF_RELINK = 1.5;

  /** Of relinking where hardly a link had to be made. */
  private static final double OF_RELINK_AGAIN = 2 * OF_RELINK;

  /** Below this share of a device the pace tells nothing yet. */
  private static final double TELLING = 0.1;

  private static final Duration SMALLEST_STEP = Duration.ofMinutes(1);

  /** Empty where nothing was relinked or cleaned up. */
  static Optional<Budget> ofCleanup(
      Observation seen, int cycle, DeviceMap devices, Windows windows, Instant now) {
    Map<String, Task> relinked = tasks(seen, cycle, Step.Relink);
    Map<String, Task> cleaned = tasks(seen, cycle, Step.Cleanup);
    Set<String> all = new TreeSet<>(relinked.keySet());
    all.addAll(cleaned.keySet());
    Retries retries = new Retries(seen.increase());
    Map<String, Double> known = new TreeMap<>();
    for (String node : all) {
      atItsPace(cleaned.get(node), retries, windows, now)
          .or(() -> asRelinked(relinked.get(node), retries, windows))
          .ifPresent(whole -> known.put(node, whole));
    }
    OptionalDouble mean = known.values().stream().mapToDouble(Double::doubleValue).average();
    if (mean.isEmpty()) {
      return sincePrepare(seen, relinked, cleaned, windows, now);
    }
    Map<String, Double> seconds = new TreeMap<>();
    for (String node : all) {
      Task task = cleaned.get(node);
      Double whole = known.get(node);
      boolean sure =
          whole != null
              && (task == null || isFirstTry(task, retries) || measured(task).isPresent());
      double most = Math.max(whole == null ? 0 : whole, sure ? 0 : mean.getAsDouble());
      seconds.put(node, most * (1 - share(task)));
    }
    NodeSelection selection = seen.increase().spec().nodes();
    double total =
        Forecast.overAll(
            seconds,
            devices.zones(),
            NodeTurns.limit(selection.maxConcurrent(), seconds.size()),
            selection.oneZoneAtATime());
    return Optional.of(new Budget(Duration.ofMillis((long) (total * 1000)), true));
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

  /** Whether this try has done all that its status says is done. */
  private static boolean isFirstTry(Task task, Retries retries) {
    RelinkTaskStatus status = task.status();
    return retries.used(task.spec()) == 0
        && (status == null
            || (status.attempt() == task.spec().attempt()
                && status.round() == task.spec().round()));
  }

  /** All of a node's cleanup, by its relinking. */
  private static Optional<Double> asRelinked(
      @Nullable Task task, Retries retries, Windows windows) {
    RelinkTaskStatus status = task == null ? null : task.status();
    if (task == null || status == null || status.state() != RelinkTaskStatus.State.Succeeded) {
      return Optional.empty();
    }
    return measured(task)
        .or(() -> isFirstTry(task, retries) ? sinceItBegan(status, windows) : Optional.empty())
        .map(took -> took * (status.round() == 0 ? OF_RELINK : OF_RELINK_AGAIN));
  }

  private static Optional<Double> sinceItBegan(RelinkTaskStatus status, Windows windows) {
    Instant start = Times.parse(status.startTime(), Instant.MAX);
    Instant end = Times.parse(status.completionTime(), Instant.MIN);
    return end.isAfter(start)
        ? Optional.of(seconds(windows.openBetween(start, end)))
        : Optional.empty();
  }

  /** All of a node's work, by the working time of its devices; empty where that is not known. */
  private static Optional<Double> measured(Task task) {
    RelinkTaskStatus status = task.status();
    return status == null || status.round() != task.spec().round()
        ? Optional.empty()
        : NodePace.of(Set.copyOf(task.spec().devices()), status)
            .map(NodePace::whole)
            .filter(whole -> whole > 0);
  }

  /** All of a node's cleanup, by what is done. */
  private static Optional<Double> atItsPace(
      @Nullable Task task, Retries retries, Windows windows, Instant now) {
    RelinkTaskStatus status = task == null ? null : task.status();
    double share = share(task);
    if (task == null || status == null || share < TELLING) {
      return Optional.empty();
    }
    Optional<Double> measured = measured(task);
    if (measured.isPresent() || !isFirstTry(task, retries)) {
      return measured;
    }
    Instant start = Times.parse(status.startTime(), now);
    Instant end = Times.parse(status.completionTime(), now);
    return start.isBefore(end)
        ? Optional.of(seconds(windows.openBetween(start, end)) / share)
        : Optional.empty();
  }

  /** What is not known to have been idle counts as work. */
  private static Optional<Budget> sincePrepare(
      Observation seen,
      Map<String, Task> relinked,
      Map<String, Task> cleaned,
      Windows windows,
      Instant now) {
    PartitionPowerIncreaseStatus said = seen.increase().status();
    Instant begin = Times.parse(said == null ? null : said.replicationSuspendedSince(), now);
    Instant latest = Deadline.begin(seen.increase()).filter(now::isAfter).orElse(now);
    Optional<Instant> end =
        relinked.values().stream()
            .map(task -> task.status() == null ? null : task.status().completionTime())
            .map(time -> Times.parse(time, latest))
            .map(time -> time.isAfter(latest) ? latest : time)
            .max(Instant::compareTo)
            .filter(begin::isBefore);
    double done =
        relinked.keySet().stream().mapToDouble(node -> share(cleaned.get(node))).min().orElse(0);
    return end.map(
        last ->
            new Budget(
                Duration.ofMillis(
                    (long) (windows.openBetween(begin, last).toMillis() * OF_RELINK * (1 - done))),
                false));
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1000.0;
  }

  /** How much of its slowest device a node has done; that is when the node is done. */
  private static double share(@Nullable Task task) {
    RelinkTaskStatus status = task == null ? null : task.status();
    if (task == null || status == null || status.round() != task.spec().round()) {
      return 0;
    }
    Map<String, Double> shares = new HashMap<>();
    status.devices().forEach(device -> shares.put(device.name(), StepProgress.share(device)));
    return task.spec().devices().stream()
        .mapToDouble(device -> Math.min(1, shares.getOrDefault(device, 0.0)))
        .min()
        .orElse(0);
  }
}
