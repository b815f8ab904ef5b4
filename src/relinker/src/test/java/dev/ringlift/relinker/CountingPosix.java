package dev.ringlift.relinker;

import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the system calls of a run, over all its threads, as {@code strace -c} does: a call that
 * {@link Posix} makes a second time to learn why it failed counts twice, a file that is opened is
 * looked at too. Whatever file system the tests run on, it looks like the one that is wanted.
 */
final class CountingPosix extends Posix {
  private static final long END_MARK = 0x7fff_ffffL;

  // struct linux_dirent64, as in Listing.
  private static final int POSITION = 8;
  private static final int LENGTH = 16;

  /** What the relinker takes the file system for. */
  enum Looks {
    /** It marks the end of directories. */
    TMPFS(0x0102_1994L, true),
    /** Its small directories have no such marks. */
    XFS(0x5846_5342L, false),
    /** Neither its link counts nor the inode numbers in listings are relied on. */
    UNHEARD_OF(0x7269_6e67L, false);

    private final long magic;
    private final boolean endMarks;

    Looks(long magic, boolean endMarks) {
      this.magic = magic;
      this.endMarks = endMarks;
    }
  }

  /** How many there have been, and what is to be done at one of them. */
  static final class Calls {
    private final AtomicInteger made = new AtomicInteger();
    private final int number;
    private final Runnable action;

    /** Only counts. */
    Calls() {
      this(Integer.MAX_VALUE, () -> {});
    }

    /** At that call, which comes to its end first, does this. */
    Calls(int number, Runnable action) {
      this.number = number;
      this.action = action;
    }

    int made() {
      return made.get();
    }

    private int add(int calls, int answer) {
      int after = made.addAndGet(calls);
      if (after >= number && after - calls < number) {
        action.run();
      }
      return answer;
    }

    private int once(int answer) {
      return add(1, answer);
    }

    /** As {@code SystemCall.quick} makes it. */
    private int quick(int answer) {
      return add(answer < 0 ? 2 : 1, answer);
    }
  }

  private final Calls calls;
  private final Looks looks;

  CountingPosix(Calls calls, Looks looks) {
    this.calls = calls;
    this.looks = looks;
  }

  @Override
  public long fileSystemType() {
    return looks.magic;
  }

  @Override
  public int openDirectory(int directory, long name) {
    return calls.quick(super.openDirectory(directory, name));
  }

  @Override
  public int openDirectoryFollowing(int directory, long name) {
    return calls.once(super.openDirectoryFollowing(directory, name));
  }

  @Override
  public int open(int directory, long name, int flags, int mode) {
    int answer = super.open(directory, name, flags, mode);
    return calls.add(answer < 0 ? 1 : 2, answer);
  }

  @Override
  public int close(int fd) {
    return calls.once(super.close(fd));
  }

  @Override
  public int getdents(int fd, long address, long size) {
    int count = calls.quick(super.getdents(fd, address, size));
    if (count > 0) {
      // Read ahead, uncounted, to know whether this was the end.
      int more = super.getdents(fd, address + count, size - count);
      int all = count + Math.max(more, 0);
      mark(MemorySegment.ofAddress(address).reinterpret(all), more == 0 && looks.endMarks);
      return all;
    }
    return count;
  }

  /** Gives the last entry the position that only the end has, or one that it never has. */
  private static void mark(MemorySegment entries, boolean end) {
    long last = 0;
    for (long at = 0; at < entries.byteSize(); ) {
      last = at;
      at += entries.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + LENGTH) & 0xffff;
    }
    entries.set(ValueLayout.JAVA_LONG_UNALIGNED, last + POSITION, end ? END_MARK : 1);
  }

  @Override
  public int link(int fromDirectory, long fromName, int toDirectory, long toName) {
    return calls.quick(super.link(fromDirectory, fromName, toDirectory, toName));
  }

  @Override
  public int unlink(int directory, long name) {
    return calls.quick(super.unlink(directory, name));
  }

  @Override
  public int removeDirectory(int directory, long name) {
    return calls.quick(super.removeDirectory(directory, name));
  }

  @Override
  public int makeDirectory(int directory, long name) {
    return calls.quick(super.makeDirectory(directory, name));
  }

  @Override
  public int rename(int fromDirectory, long fromName, int toDirectory, long toName) {
    return calls.once(super.rename(fromDirectory, fromName, toDirectory, toName));
  }

  @Override
  public int stat(int directory, long name) {
    return calls.quick(super.stat(directory, name));
  }

  @Override
  public int statFollowing(int directory, long name) {
    return calls.quick(super.statFollowing(directory, name));
  }

  @Override
  public int stat(int fd) {
    return calls.quick(super.stat(fd));
  }

  @Override
  public int fileSystem(int fd) {
    return calls.once(super.fileSystem(fd));
  }

  @Override
  public int tryLock(int fd) {
    return calls.once(super.tryLock(fd));
  }

  @Override
  public int fsync(int fd) {
    return calls.once(super.fsync(fd));
  }

  @Override
  public int syncFileSystem(int fd) {
    return calls.once(super.syncFileSystem(fd));
  }

  @Override
  public int truncate(int fd, long size) {
    return calls.once(super.truncate(fd, size));
  }

  /** The second call is the one that says that there is no more. */
  @Override
  public byte[] read(int fd, int limit) throws PosixException {
    byte[] bytes = super.read(fd, limit);
    calls.add(bytes.length == 0 ? 1 : 2, 0);
    return bytes;
  }

  @Override
  public void write(int fd, byte[] bytes) throws PosixException {
    super.write(fd, bytes);
    calls.once(0);
  }
}
