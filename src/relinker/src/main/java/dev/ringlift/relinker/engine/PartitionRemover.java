package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Posix;
import java.util.concurrent.TimeUnit;

/**
 * Removes a partition that cleanup has emptied, as Swift does: under the replication lock of the
 * partition, a replication slot of the device, and the partition's lock, its files go in an order
 * that is safe at any point (first the hashes, then what invalidates them, then the locks), and
 * then the directory. Somebody may have put something there meanwhile; then the directory stays,
 * and whoever asks for its hashes next makes them anew.
 */
final class PartitionRemover {
  private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(15);

  private final Job job;
  private final Tools tools;
  private final FileLock locks;
  private final long[] slots;

  PartitionRemover(Job job, Tools tools, FileLock locks) {
    this.job = job;
    this.tools = tools;
    this.locks = locks;
    slots = new long[job.request().replicationSlots()];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = tools.posix.name(i == 0 ? ".lock" : ".lock-" + i);
    }
  }

  /**
   * Whether the partition is gone. That it is not is no error: replication deals with it. But what
   * would keep everybody else from it too is told.
   */
  boolean remove(long number, int partition) {
    long end = System.nanoTime() + TIMEOUT;
    int replication = locks.acquire(partition, tools.lockReplication, TIMEOUT);
    int slot = -1;
    int lock = -1;
    try {
      if (replication < 0) {
        return stays(number, replication, ".lock-replication");
      }
      slot = acquireSlot(end);
      if (slot < 0 && slots.length > 0) {
        return stays(number, slot, "the device's lock for replicators");
      }
      lock = locks.acquire(partition, tools.lock, TIMEOUT);
      if (lock < 0) {
        return stays(number, lock, ".lock");
      }
      int answer = empty(partition);
      return answer < 0 ? stays(number, answer, "one of its files") : removeDirectory(number);
    } finally {
      tools.close(lock);
      tools.close(slot);
      tools.close(replication);
    }
  }

  private boolean stays(long number, int answer, String what) {
    if (answer != -Errno.EAGAIN) {
      job.meter()
          .note(job.path(number), -answer, "The emptied partition stays, because of " + what);
    }
    return false;
  }

  private int acquireSlot(long end) {
    long wait = TimeUnit.MILLISECONDS.toNanos(1);
    while (true) {
      for (long slot : slots) {
        int fd = locks.attempt(job.device(), slot);
        if (fd != -Errno.EAGAIN) {
          return fd;
        }
      }
      long left = end - System.nanoTime();
      if (slots.length == 0 || left <= 0 || !job.governor().sleep(Math.min(wait, left))) {
        return -Errno.EAGAIN;
      }
      wait = Math.min(2 * wait, TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  private int empty(int partition) {
    Posix posix = tools.posix;
    long[] files = {
      tools.hashesPickle,
      tools.hashesPickleTemporary,
      tools.hashesInvalid,
      tools.lock,
      tools.lockReplication
    };
    for (long file : files) {
      int answer = posix.unlink(partition, file);
      if (answer < 0 && answer != -Errno.ENOENT) {
        return answer;
      }
    }
    return 0;
  }

  private boolean removeDirectory(long number) {
    return tools.posix.removeDirectory(job.dataDir(), tools.path.set(number).address()) == 0;
  }
}
