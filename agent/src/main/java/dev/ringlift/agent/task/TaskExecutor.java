package dev.ringlift.agent.task;

import dev.ringlift.agent.contact.ApiContact;
import dev.ringlift.agent.node.NodeInventory;
import dev.ringlift.agent.node.RingDirectory;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.relinker.ObjectPolicy;
import dev.ringlift.relinker.ReconFile;
import dev.ringlift.relinker.RelinkRun;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Executes the tasks of this node. {@link #turn} brings what runs to what the tasks ask for, level
 * by level, and can be repeated at any time:
 *
 * <ol>
 *   <li>Runs whose task, or whose increase, is gone are stopped.
 *   <li>Runs that have ended give their task its outcome.
 *   <li>Each task, oldest first, is decided on by {@link TaskPlanner}. Whatever is to be written or
 *       begun is decided a second time on the task read live: what this process knows may be old,
 *       and an ended task must never be taken up again, nor a deleted one.
 *   <li>A task is said to be Running before the first device is touched.
 *   <li>Progress is written, seldom.
 * </ol>
 *
 * <p>Beside it the {@link Guard} asks {@link TaskPlanner#obstacle} before each partition: a run
 * ends by itself when the ring changes or the lease runs out, even while a turn hangs in a request.
 */
public final class TaskExecutor {
  private static final Logger LOG = Logger.getLogger(TaskExecutor.class);
  private static final String CLOSING =
      "The agent was stopped; the task goes on when it runs again.";
  private static final Duration OWNER_INTERVAL = Duration.ofSeconds(20);

  private final TaskApi api;
  private final ApiContact contact;
  private final RingDirectory rings;
  private final NodeInventory inventory;
  private final RunStarter starter;
  private final TaskRecon recon;
  private final Duration statusInterval;
  private final InstantSource clock;
  private final Runnable ended;
  private final Map<String, ActiveTask> active = new ConcurrentHashMap<>();
  private final Map<String, Instant> ownerless = new HashMap<>();
  private volatile boolean closing;
  private @Nullable RuntimeException problem;

  /**
   * @param statusInterval the shortest time between two writes of progress
   * @param ended called, by any thread, when a run has ended: a turn is then worth while
   */
  public TaskExecutor(
      TaskApi api,
      ApiContact contact,
      RingDirectory rings,
      NodeInventory inventory,
      RunStarter starter,
      ReconFile recon,
      Duration statusInterval,
      InstantSource clock,
      Runnable ended) {
    this.api = api;
    this.contact = contact;
    this.rings = rings;
    this.inventory = inventory;
    this.starter = starter;
    this.recon = new TaskRecon(recon);
    this.statusInterval = statusInterval;
    this.clock = clock;
    this.ended = ended;
  }

  /** Whether work on this policy is under way. For any thread. */
  public boolean busy(int policyIndex) {
    return active.values().stream().anyMatch(task -> task.work().policyIndex() == policyIndex);
  }

  /** The runs that are under way. For any thread. */
  public List<RelinkRun> runs() {
    return active.values().stream().flatMap(task -> task.run().stream()).toList();
  }

  /**
   * One turn.
   *
   * @param tasks all tasks of this node, as they are known
   */
  public synchronized void turn(Collection<RelinkTask> tasks) {
    if (closing) {
      return;
    }
    Map<String, RelinkTask> byUid = new HashMap<>();
    tasks.forEach(task -> byUid.put(task.getMetadata().getUid(), task));
    ownerless.keySet().retainAll(byUid.keySet());
    attempt(() -> stopOrphans(byUid));
    active.forEach((uid, running) -> attempt(() -> finishIfEnded(uid, running)));
    tasks.stream()
        .sorted(
            Comparator.comparing((RelinkTask task) -> creation(task))
                .thenComparing(task -> task.getMetadata().getName()))
        .forEach(task -> attempt(() -> advance(task)));
    active.values().forEach(running -> attempt(() -> tellProgress(running)));
    RuntimeException first = problem;
    problem = null;
    if (first != null) {
      throw first;
    }
  }

  /** What goes wrong with one task keeps no other from its turn. */
  private void attempt(Runnable part) {
    try {
      part.run();
    } catch (RuntimeException e) {
      problem = problem == null ? e : problem;
    }
  }

  private static String creation(RelinkTask task) {
    return Objects.requireNonNullElse(task.getMetadata().getCreationTimestamp(), "");
  }

  private void stopOrphans(Map<String, RelinkTask> byUid) {
    Instant now = clock.instant();
    active.forEach(
        (uid, running) -> {
          if (!byUid.containsKey(uid)) {
            running.stop("The task was deleted.");
          } else if (running.ownerDue(now, OWNER_INTERVAL)) {
            if (!api.hasOwner(running.task())) {
              running.stop("The increase that the task belongs to is gone.");
            }
            running.ownerSeen(now);
          }
        });
  }

  private void finishIfEnded(String uid, ActiveTask running) {
    try {
      if (running.ended(Duration.ZERO)) {
        finish(uid, running);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void finish(String uid, ActiveTask ended) {
    Instant now = clock.instant();
    RelinkTaskStatus outcome = ended.outcome(now);
    api.write(ended.task(), outcome);
    // Only now: should the write fail, the next turn does it again.
    active.remove(uid);
    boolean done = outcome.state() == RelinkTaskStatus.State.Succeeded;
    recon.finish(ended, done);
    LOG.infof(
        "%s: %s%s",
        name(ended.task()),
        outcome.state(),
        outcome.message() == null ? "" : ": " + outcome.message());
  }

  private void advance(RelinkTask known) {
    Instant later = ownerless.get(known.getMetadata().getUid());
    if (later != null && clock.instant().isBefore(later)) {
      return;
    }
    ActiveTask running = active.get(known.getMetadata().getUid());
    if (running != null) {
      running.obey(known.getSpec());
    }
    if (repeats(known, decide(known, running))) {
      return;
    }
    if (running != null) {
      act(known, decide(known, running));
      return;
    }
    api.read(name(known))
        .filter(live -> live.getMetadata().getUid().equals(known.getMetadata().getUid()))
        .ifPresent(live -> act(live, decide(live, null)));
  }

  private TaskDecision decide(RelinkTask task, @Nullable ActiveTask running) {
    Map<String, String> busy = new HashMap<>();
    for (ActiveTask other : active.values()) {
      if (other != running) {
        other.request().devices().forEach(device -> busy.put(device, name(other.task())));
      }
    }
    return TaskPlanner.decide(
        task,
        running == null ? null : running.work(),
        new Surroundings(
            rings.ofPolicy(task.getSpec().policyIndex()),
            rings.path().toString(),
            starter.policy(task.getSpec().policyIndex()),
            contact.fresh(),
            contact.limit(),
            inventory.devices(),
            busy));
  }

  /** Whether a decision asks for nothing that is not so already. */
  private static boolean repeats(RelinkTask task, TaskDecision decision) {
    RelinkTaskStatus status = task.getStatus();
    return switch (decision) {
      case TaskDecision.Leave leave -> true;
      case TaskDecision.Hold hold ->
          status != null
              && status.state() == TaskStatuses.heldState(task)
              && hold.message().equals(status.message())
              && Objects.equals(status.observedGeneration(), task.getMetadata().getGeneration());
      case TaskDecision.Acknowledge acknowledge -> false;
      case TaskDecision.Stop stop -> false;
      case TaskDecision.Start start -> false;
    };
  }

  private void act(RelinkTask task, TaskDecision decision) {
    RelinkTaskStatus status = task.getStatus();
    switch (decision) {
      case TaskDecision.Leave leave -> {}
      case TaskDecision.Stop(String reason) -> {
        ActiveTask running = active.get(task.getMetadata().getUid());
        if (running != null) {
          running.stop(reason);
        }
      }
      case TaskDecision.Acknowledge acknowledge -> {
        if (status != null) {
          api.write(task, TaskStatuses.acknowledged(task, status));
        }
      }
      case TaskDecision.Hold(String message) -> {
        if (contact.fresh() && !repeats(task, decision)) {
          LOG.infof("%s: %s", name(task), message);
          api.write(task, TaskStatuses.held(task, message));
        }
      }
      case TaskDecision.Start(ObjectPolicy policy, Set<String> devices) ->
          start(task, policy, devices);
    }
  }

  private void start(RelinkTask task, ObjectPolicy policy, Set<String> devices) {
    Instant now = clock.instant();
    if (!api.hasOwner(task)) {
      ownerless.put(task.getMetadata().getUid(), now.plus(OWNER_INTERVAL));
      LOG.infof("%s: not begun, its increase is gone", name(task));
      return;
    }
    ActiveTask begun = starter.prepare(task, policy, devices, now);
    RelinkTaskStatus status = begun.status();
    if (!api.write(task, status)) {
      return;
    }
    begun.written(status, now);
    if (active.isEmpty()) {
      recon.first(begun);
    }
    // Known before it begins: whoever closes this executor meanwhile finds it.
    active.put(task.getMetadata().getUid(), begun);
    if (closing) {
      begun.stop(CLOSING);
    }
    starter.start(begun).ifPresent(run -> follow(begun, run));
    LOG.infof(
        "%s: %s policy %d on %s",
        name(task),
        begun.work().name(),
        begun.work().policyIndex(),
        devices.isEmpty() ? "no device" : String.join(", ", new TreeSet<>(devices)));
  }

  private void follow(ActiveTask begun, RelinkRun run) {
    begun.run(run);
    Thread.ofVirtual()
        .name("run-of-" + name(begun.task()))
        .start(
            () -> {
              try {
                run.await();
                ended.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private void tellProgress(ActiveTask running) {
    Instant now = clock.instant();
    RelinkTaskStatus status = running.status();
    if (!running.due(status, now, statusInterval)) {
      return;
    }
    recon.update(running);
    if (api.write(running.task(), status)) {
      running.written(status, now);
    } else {
      running.stop("The task was deleted.");
    }
  }

  private static String name(RelinkTask task) {
    return task.getMetadata().getName();
  }

  /** Asks all runs to end; nothing is begun after this. Returns at once. For any thread. */
  public void stopAll() {
    closing = true;
    active.values().forEach(running -> running.stop(CLOSING));
  }

  /** Stops all runs, waits for them at most so long, and writes how far they came. */
  public void close(Duration patience) {
    stopAll();
    long deadline = System.nanoTime() + patience.toNanos();
    active.forEach(
        (uid, running) -> {
          try {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            if (running.ended(left)) {
              finish(uid, running);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (RuntimeException e) {
            LOG.debugf(e, "%s: the last status was not written", name(running.task()));
          }
        });
  }
}
