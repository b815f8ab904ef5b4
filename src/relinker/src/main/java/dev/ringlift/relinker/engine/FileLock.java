package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Posix;
import java.util.concurrent.TimeUnit;

/**
 * Swift's locks: {@code flock(2)} on a file that is made when missing. Lock files are removed
 * together with empty partitions, so after locking it is checked that the file at that path is
 * still the one that was locked; else the lock is worth nothing and is taken again. (Swift does not
 * check that.)
 */
final class FileLock {
  private static final int CREATED_MODE = 0777;
  private static final long FIRST_WAIT = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LONGEST_WAIT = TimeUnit.MILLISECONDS.toNanos(200);

  private final Tools tools;
  private final Governor governor;

  FileLock(Tools tools, Governor governor) {
    this.tools = tools;
    this.governor = governor;
  }

  /**
   * Takes the lock on this name in the directory within so many nanoseconds: a descriptor whose
   * closing releases the lock, or a negated error number, {@code EAGAIN} when the time is over or
   * the run has been stopped while another holds the lock.
   */
  int acquire(int directory, long name, long timeoutNanos) {
    long end = System.nanoTime() + timeoutNanos;
    long wait = FIRST_WAIT;
    while (true) {
      int answer = attempt(directory, name);
      if (answer != -Errno.EAGAIN) {
        return answer;
      }
      long left = end - System.nanoTime();
      if (left <= 0 || !governor.sleep(Math.min(wait, left))) {
        return -Errno.EAGAIN;
      }
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }

  /**
   * One try, without waiting: a descriptor, or a negated error number, {@code EAGAIN} while another
   * holds the lock.
   */
  int attempt(int directory, long name) {
    Posix posix = tools.posix;
    while (true) {
      int fd = posix.open(directory, name, Posix.O_WRONLY | Posix.O_CREAT, CREATED_MODE);
      if (fd < 0) {
        return fd;
      }
      long locked = posix.statInode();
      int answer = posix.tryLock(fd);
      if (answer < 0) {
        posix.close(fd);
        return answer;
      }
      answer = posix.stat(directory, name);
      if (answer == 0 && posix.statInode() == locked) {
        return fd;
      }
      posix.close(fd);
      if (answer < 0 && answer != -Errno.ENOENT) {
        return answer;
      }
    }
  }
}
