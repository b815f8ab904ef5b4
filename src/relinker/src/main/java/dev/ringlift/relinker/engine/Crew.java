package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.ErrorKind;
import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.time.Clock;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * The threads that work on the partitions of one device: that of the device's run, and as many
 * others as are wanted at the moment. Whoever begins a partition starts those that are missing; one
 * that is too many ends after its partition.
 *
 * <p>Invariant: {@link #work} returns, however it ends, only when no other thread is at work any
 * more. The device's descriptors are closed then, and their numbers may soon be another's.
 */
final class Crew {
  private final Job job;
  private final PartitionTable table;
  private final StateSaver saver;
  private final Supplier<Posix> source;
  private final Clock clock;
  private final IntSupplier wanted;

  /** Names of partitions that are no directories. */
  private final AtomicInteger skipped = new AtomicInteger();

  /** The others by number, from 1. */
  private final BitSet atWork = new BitSet();

  private int most = Integer.MAX_VALUE;
  private boolean ending;

  /**
   * @param wanted how many threads there should be at this moment, at least one
   */
  Crew(
      Job job,
      PartitionTable table,
      StateSaver saver,
      Supplier<Posix> source,
      Clock clock,
      IntSupplier wanted) {
    this.job = job;
    this.table = table;
    this.saver = saver;
    this.source = source;
    this.clock = clock;
    this.wanted = wanted;
  }

  /** Works until there is nothing left to do, or the run has been stopped. */
  void work(Tools tools) throws PosixException, InterruptedException {
    try {
      work(tools, 0);
    } finally {
      awaitOthers();
    }
  }

  /**
   * How many names of partitions were met that are no directories: nothing to do, but, as Swift has
   * it, never done.
   */
  int skipped() {
    return skipped.get();
  }

  /** Starts those that are missing. */
  private synchronized void fill() {
    int end = ending ? 0 : Math.min(most, wanted.getAsInt());
    for (int number = atWork.nextClearBit(1); number < end; number = atWork.nextClearBit(1)) {
      int own = number;
      try {
        Thread.ofPlatform()
            .name("relink-" + job.meter().device() + "-" + own)
            .daemon()
            .start(() -> workElsewhere(own));
        atWork.set(own);
      } catch (OutOfMemoryError e) {
        // So the JVM says that the system, or a limit of the container, allows no more threads.
        job.meter().note("", 0, "Only " + own + " workers could be started: " + e.getMessage());
        most = own;
        return;
      }
    }
  }

  private synchronized boolean isTooMany(int number) {
    return number > 0 && number >= wanted.getAsInt();
  }

  private synchronized void ended(int number) {
    atWork.clear(number);
    notifyAll();
  }

  private synchronized void awaitOthers() {
    ending = true;
    boolean interrupted = false;
    while (!atWork.isEmpty()) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
        job.governor().stop("The run was interrupted.");
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void workElsewhere(int number) {
    try (Tools tools = new Tools(source)) {
      work(tools, number);
    } catch (PosixException e) {
      job.meter().error("", e.errno(), "The work on the device ended");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // A bug must end as the device's failure, and not as a thread that nobody misses.
      job.meter().error("", ErrorKind.OTHER, "The relinker has a bug: " + e);
    } finally {
      ended(number);
    }
  }

  private void work(Tools tools, int number) throws PosixException, InterruptedException {
    Meter meter = job.meter();
    PartitionMover mover = new PartitionMover(job, tools, clock);
    Rank rank = new Rank(job.governor(), meter);
    DevicePresence presence =
        new DevicePresence(tools.posix, job.request().devicesRoot(), meter.device(), job.device());
    for (int index = table.take(); index >= 0; index = table.take()) {
      boolean done = false;
      boolean stopped = true;
      try {
        fill();
        rank.obey();
        if (job.governor().mayBegin(meter.device(), table.number(index))) {
          presence.check();
          meter.partitionBegun(table.weight(index));
          PartitionMover.Outcome outcome = mover.move(table.number(index));
          done = outcome == PartitionMover.Outcome.DONE;
          stopped = outcome == PartitionMover.Outcome.STOPPED;
          if (outcome == PartitionMover.Outcome.NO_DIRECTORY) {
            skipped.incrementAndGet();
          }
        }
      } finally {
        table.release(index, done && !job.dryRun());
      }
      if (stopped) {
        return;
      }
      meter.partitionTried(table.weight(index));
      if (done) {
        meter.partitionDone();
        saver.partitionDone();
      }
      if (isTooMany(number)) {
        return;
      }
    }
  }
}
