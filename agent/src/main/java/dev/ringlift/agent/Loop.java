package dev.ringlift.agent;

import java.time.Duration;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * A thread that does one thing again and again: after a pause, or at once when it is poked. What
 * goes wrong is logged in one line, once while it stays the same, and tried again next time.
 */
final class Loop implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Loop.class);
  private static final Duration CLOSING = Duration.ofMillis(300);

  private final String name;
  private final Supplier<Duration> pause;
  private final Runnable body;
  private final Thread thread;
  private final Object monitor = new Object();
  private boolean firstTurn = true;
  private boolean poked;
  private boolean closed;
  private volatile long lastTurn = System.nanoTime();
  private String lastProblem = "";

  Loop(String name, Supplier<Duration> pause, Runnable body) {
    this.name = name;
    this.pause = pause;
    this.body = body;
    this.thread = Thread.ofPlatform().daemon().name("agent-" + name).unstarted(this::run);
  }

  /** Starts the thread; its first turn comes at once. */
  void start() {
    thread.start();
  }

  /** Makes the next turn come now; one that is under way is followed by another. */
  void poke() {
    synchronized (monitor) {
      poked = true;
      monitor.notifyAll();
    }
  }

  String name() {
    return name;
  }

  /** How long ago the last turn ended: long when one hangs. */
  Duration sinceLastTurn() {
    return Duration.ofNanos(System.nanoTime() - lastTurn);
  }

  private void run() {
    while (awaitTurn()) {
      try {
        body.run();
        lastProblem = "";
      } catch (RuntimeException | Error e) {
        // An Error too: a thread that has ended would not be missed, and what it saw last be
        // believed.
        tell(e);
      }
      lastTurn = System.nanoTime();
    }
  }

  private boolean awaitTurn() {
    synchronized (monitor) {
      if (firstTurn) {
        firstTurn = false;
        return !closed;
      }
      long until = System.nanoTime() + pause.get().toNanos();
      while (!poked && !closed) {
        long millis = (until - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
          break;
        }
        try {
          monitor.wait(millis);
        } catch (InterruptedException e) {
          return false;
        }
      }
      poked = false;
      return !closed;
    }
  }

  private void tell(Throwable problem) {
    synchronized (monitor) {
      if (closed) {
        return;
      }
    }
    String sentence = Problems.sentence(problem);
    if (!sentence.equals(lastProblem)) {
      LOG.warnf("%s: %s", name, sentence);
      LOG.debug(name, problem);
      lastProblem = sentence;
    }
  }

  /** Ends the thread, interrupting a turn that does not end by itself. */
  @Override
  public void close() {
    synchronized (monitor) {
      closed = true;
      monitor.notifyAll();
    }
    if (thread.getState() == Thread.State.NEW) {
      return;
    }
    try {
      thread.join(CLOSING);
      if (thread.isAlive()) {
        thread.interrupt();
        thread.join(CLOSING);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
