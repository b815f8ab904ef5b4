package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.RelinkRequest;
import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Saves a device's state when it is time, and at the end.
 *
 * <p>The file is written whole, so that Swift can read it at every moment, and with it the file
 * system is synced. Neither is done for each partition, as Swift does, which costs the square of
 * their number: but every two seconds, and less often where it takes so long that more than a
 * thirtieth of the time would go into it. A crash costs the work since then again, and nothing
 * else. Safe for use by several threads.
 */
final class StateSaver {
  private static final long INTERVAL = TimeUnit.SECONDS.toNanos(2);
  private static final int SHARE = 30;

  private final RelinkRequest request;
  private final StateFile file;
  private final PartitionTable table;
  private final OptionalInt previousPower;
  private final Supplier<Posix> source;
  private boolean behind;
  private long savedAt = System.nanoTime();
  private long cost;

  StateSaver(
      RelinkRequest request,
      StateFile file,
      PartitionTable table,
      OptionalInt previousPower,
      Supplier<Posix> source) {
    this.request = request;
    this.file = file;
    this.table = table;
    this.previousPower = previousPower;
    this.source = source;
  }

  /** A partition more is done. */
  synchronized void partitionDone() throws PosixException {
    behind = true;
    if (System.nanoTime() - savedAt >= Math.max(INTERVAL, SHARE * cost)) {
      save();
    }
  }

  /** All work has ended. */
  synchronized void finish() throws PosixException {
    if (behind) {
      save();
    }
  }

  private void save() throws PosixException {
    if (request.dryRun()) {
      return;
    }
    long start = System.nanoTime();
    // Called by any of the device's threads, and system calls belong to one: this moment has its
    // own.
    try (Posix posix = source.get()) {
      file.save(posix, table, previousPower);
    }
    behind = false;
    savedAt = System.nanoTime();
    cost = savedAt - start;
  }
}
