package dev.ringlift.e2e.live;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Clients that put, post, get and delete without end, at a pace that leaves the machine some time:
 * a few of them, each with its share of the objects.
 */
final class LiveLoad implements AutoCloseable {
  private static final int CLIENTS = 4;
  private static final Duration PACE = Duration.ofMillis(80);

  private final LiveClient client = new LiveClient();
  private final List<Shift> shifts = new ArrayList<>();

  /** A worker, and the thread that it has for itself. */
  private record Shift(LiveWorker worker, ScheduledExecutorService thread) {}

  private final List<Future<?>> turns = new ArrayList<>();

  /** Does nothing yet. */
  LiveLoad(List<Proxy> proxies, List<LiveObject> objects, Ledger ledger) {
    List<List<LiveObject>> shares = new ArrayList<>();
    for (int number = 0; number < objects.size(); number++) {
      if (number < CLIENTS) {
        shares.add(new ArrayList<>());
      }
      shares.get(number % CLIENTS).add(objects.get(number));
    }
    for (List<LiveObject> share : shares) {
      int number = shifts.size();
      shifts.add(
          new Shift(
              new LiveWorker(client, proxies, share, ledger, number),
              Executors.newSingleThreadScheduledExecutor(
                  Thread.ofPlatform().daemon().name("client-" + number).factory())));
    }
  }

  /** Begins. */
  void start() {
    for (Shift shift : shifts) {
      turns.add(
          shift
              .thread()
              .scheduleWithFixedDelay(
                  shift.worker()::turn, 0, PACE.toMillis(), TimeUnit.MILLISECONDS));
    }
  }

  /** Whether all clients work; one that met a mistake of the test itself does not. */
  boolean isRunning() {
    return turns.stream().noneMatch(Future::isDone);
  }

  /** Ends it, and then asks for every object once. */
  void stop() {
    turns.forEach(turn -> turn.cancel(false));
    try {
      List<Future<?>> last = new ArrayList<>();
      shifts.forEach(shift -> last.add(shift.thread().submit(shift.worker()::readAll)));
      for (Future<?> each : last) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a client could not read", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the clients end", e);
    }
  }

  @Override
  public void close() {
    shifts.forEach(shift -> shift.thread().shutdownNow());
    client.close();
  }
}
