package dev.ringlift.relinker;

import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** System calls of which some fail, on the threads of one device; all others are the kernel's. */
final class FaultyPosix extends Posix {
  /** What a call does. */
  enum Kind {
    OPEN,
    CREATE,
    LIST,
    LINK,
    UNLINK,
    RMDIR,
    MKDIR,
    RENAME,
    STAT,
    LOCK,
    SYNC,
    READ,
    WRITE;

    static final Set<Kind> ALL = Set.of(values());
    static final Set<Kind> WRITING =
        Set.of(CREATE, LINK, UNLINK, RMDIR, MKDIR, RENAME, WRITE, SYNC);
    static final Set<Kind> TAKING_SPACE = Set.of(CREATE, LINK, MKDIR, RENAME, WRITE);
    static final Set<Kind> LOOKING = Set.of(OPEN, LIST, STAT, READ);
  }

  /** Which calls fail. */
  enum Mode {
    /** That one. */
    ONCE,
    /** That one and all later ones: a disk that dies, or is remounted read-only. */
    FROM_THEN_ON,
    /** The process dies there: nothing is done any more. */
    CRASH
  }

  /** The end of a process that is simulated. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1;

    Crash() {
      super("the process died", null, false, false);
    }
  }

  /** Counts the calls of these kinds over all threads of a device, and says which one fails. */
  static final class Faults {
    private final String device;
    private final Mode mode;
    private final int errno;
    private final Set<Kind> kinds;
    private final int number;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger leaks = new AtomicInteger();

    Faults(String device, Mode mode, int errno, Set<Kind> kinds, int number) {
      this.device = device;
      this.mode = mode;
      this.errno = errno;
      this.kinds = kinds;
      this.number = number;
    }

    /** None fails; for counting them. */
    static Faults none(String device, Set<Kind> kinds) {
      return new Faults(device, Mode.ONCE, 0, kinds, Integer.MAX_VALUE);
    }

    int calls() {
      return calls.get();
    }

    /** Descriptors that were not closed. */
    int leaks() {
      return leaks.get();
    }

    /** The error number of this call, or 0. */
    private int of(Kind kind) {
      String thread = Thread.currentThread().getName();
      boolean concerned =
          thread.startsWith("relink-" + device) || thread.startsWith("look-" + device);
      if (!concerned || !kinds.contains(kind)) {
        return 0;
      }
      int call = calls.incrementAndGet();
      boolean fails = mode == Mode.ONCE ? call == number : call >= number;
      if (fails && mode == Mode.CRASH) {
        throw new Crash();
      }
      return fails ? errno : 0;
    }
  }

  private final Faults faults;
  private final BitSet open = new BitSet();

  FaultyPosix(Faults faults) {
    this.faults = faults;
  }

  @Override
  public int openDirectory(int directory, long name) {
    int errno = faults.of(Kind.OPEN);
    return errno != 0 ? -errno : opened(super.openDirectory(directory, name));
  }

  @Override
  public int openDirectoryFollowing(int directory, long name) {
    int errno = faults.of(Kind.OPEN);
    return errno != 0 ? -errno : opened(super.openDirectoryFollowing(directory, name));
  }

  @Override
  public int open(int directory, long name, int flags, int mode) {
    int errno = faults.of((flags & O_CREAT) != 0 ? Kind.CREATE : Kind.OPEN);
    return errno != 0 ? -errno : opened(super.open(directory, name, flags, mode));
  }

  private int opened(int answer) {
    if (answer >= 0) {
      open.set(answer);
    }
    return answer;
  }

  @Override
  public int close(int fd) {
    open.clear(fd);
    return super.close(fd);
  }

  /** What is still open is closed by the death of a process, and is a leak in one that lives. */
  @Override
  public void close() {
    faults.leaks.addAndGet(open.cardinality());
    for (int fd : open.stream().toArray()) {
      super.close(fd);
    }
    super.close();
  }

  @Override
  public int getdents(int fd, long address, long size) {
    int errno = faults.of(Kind.LIST);
    return errno != 0 ? -errno : super.getdents(fd, address, size);
  }

  @Override
  public int link(int fromDirectory, long fromName, int toDirectory, long toName) {
    int errno = faults.of(Kind.LINK);
    return errno != 0 ? -errno : super.link(fromDirectory, fromName, toDirectory, toName);
  }

  @Override
  public int unlink(int directory, long name) {
    int errno = faults.of(Kind.UNLINK);
    return errno != 0 ? -errno : super.unlink(directory, name);
  }

  @Override
  public int removeDirectory(int directory, long name) {
    int errno = faults.of(Kind.RMDIR);
    return errno != 0 ? -errno : super.removeDirectory(directory, name);
  }

  @Override
  public int makeDirectory(int directory, long name) {
    int errno = faults.of(Kind.MKDIR);
    return errno != 0 ? -errno : super.makeDirectory(directory, name);
  }

  @Override
  public int rename(int fromDirectory, long fromName, int toDirectory, long toName) {
    int errno = faults.of(Kind.RENAME);
    return errno != 0 ? -errno : super.rename(fromDirectory, fromName, toDirectory, toName);
  }

  @Override
  public int stat(int directory, long name) {
    int errno = faults.of(Kind.STAT);
    return errno != 0 ? -errno : super.stat(directory, name);
  }

  @Override
  public int statFollowing(int directory, long name) {
    int errno = faults.of(Kind.STAT);
    return errno != 0 ? -errno : super.statFollowing(directory, name);
  }

  @Override
  public int stat(int fd) {
    int errno = faults.of(Kind.STAT);
    return errno != 0 ? -errno : super.stat(fd);
  }

  @Override
  public int fileSystem(int fd) {
    int errno = faults.of(Kind.STAT);
    return errno != 0 ? -errno : super.fileSystem(fd);
  }

  @Override
  public int tryLock(int fd) {
    int errno = faults.of(Kind.LOCK);
    return errno != 0 ? -errno : super.tryLock(fd);
  }

  @Override
  public int fsync(int fd) {
    int errno = faults.of(Kind.SYNC);
    return errno != 0 ? -errno : super.fsync(fd);
  }

  @Override
  public int syncFileSystem(int fd) {
    int errno = faults.of(Kind.SYNC);
    return errno != 0 ? -errno : super.syncFileSystem(fd);
  }

  @Override
  public byte[] read(int fd, int limit) throws PosixException {
    int errno = faults.of(Kind.READ);
    if (errno != 0) {
      throw new PosixException("read", errno);
    }
    return super.read(fd, limit);
  }

  @Override
  public void write(int fd, byte[] bytes) throws PosixException {
    int errno = faults.of(Kind.WRITE);
    if (errno != 0) {
      // Half of it is written, as on a full disk.
      super.write(fd, Arrays.copyOf(bytes, bytes.length / 2));
      throw new PosixException("write", errno);
    }
    super.write(fd, bytes);
  }
}
