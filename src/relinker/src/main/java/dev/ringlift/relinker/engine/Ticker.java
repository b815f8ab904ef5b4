package dev.ringlift.relinker.engine;

import java.util.concurrent.locks.Condition;

/** The passing of time, and waits for it; tests have one of their own. */
interface Ticker {
  /** The machine's. */
  Ticker SYSTEM =
      new Ticker() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        @SuppressWarnings("WaitNotInLoop") // the caller's loop
        public long await(Condition condition, long nanos) throws InterruptedException {
          return condition.awaitNanos(nanos);
        }
      };

  /** As {@link System#nanoTime}. */
  long nanos();

  /** As {@link Condition#awaitNanos}. */
  long await(Condition condition, long nanos) throws InterruptedException;
}
