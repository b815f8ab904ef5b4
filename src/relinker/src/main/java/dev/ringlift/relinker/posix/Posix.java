package dev.ringlift.relinker.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The system calls that the relinker needs, for one thread: it owns the memory that errno and the
 * results land in, so an instance must not be shared. Each call answers 0 or more, or the negated
 * error number. Calls interrupted by a signal are repeated.
 *
 * <p>Not final, so that a test can put faults between the relinker and the kernel.
 */
public class Posix implements AutoCloseable {
  /** In place of a directory: names are relative to the working directory, or absolute. */
  public static final int AT_FDCWD = -100;

  public static final int O_RDONLY = 0;
  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_CREAT = 0x40;
  public static final int O_EXCL = 0x80;
  public static final int O_TRUNC = 0x200;
  public static final int O_APPEND = 0x400;

  public static final int TYPE_DIRECTORY = 0x4000;
  public static final int TYPE_FILE = 0x8000;
  public static final int TYPE_LINK = 0xa000;

  private static final int O_DIRECTORY = SystemCall.isAarch64() ? 0x4000 : 0x10000;
  private static final int O_NOFOLLOW = SystemCall.isAarch64() ? 0x8000 : 0x20000;
  private static final int O_CLOEXEC = 0x80000;

  /** Of no meaning for files; but where somebody has put a pipe, opening it would wait for ever. */
  private static final int O_NONBLOCK = 0x800;

  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_REMOVEDIR = 0x200;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int LOCK_EX_NB = 2 | 4;
  private static final long RESOLVE_NO_XDEV = 1;
  private static final long RESOLVE_NO_SYMLINKS = 4;
  private static final int HOW_SIZE = 24;
  private static final int STATX_BASIC = 0x7ff;
  private static final int STATX_SIZE = 256;
  private static final int STATFS_SIZE = 120;
  private static final int COPY_SIZE = 64 * 1024;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment errno = arena.allocate(SystemCall.ERRNO);
  private final MemorySegment stat = arena.allocate(STATX_SIZE, 8);
  private final MemorySegment statfs = arena.allocate(STATFS_SIZE, 8);
  private final long statAddress = stat.address();
  private final MemorySegment how = arena.allocate(HOW_SIZE, 8);
  private final long howAddress = how.address();
  private final MemorySegment copy = arena.allocate(COPY_SIZE, 8);
  private final long empty = arena.allocateFrom("").address();
  private boolean openat2;

  public Posix() {
    this(true);
  }

  /** Without {@code openat2}, as where the kernel or a sandbox has it not. */
  protected Posix(boolean openat2) {
    this.openat2 = openat2;
    // Without O_NOFOLLOW, so that a link is told from a file: ELOOP, not ENOTDIR.
    how.set(JAVA_LONG_UNALIGNED, 0, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    how.set(JAVA_LONG_UNALIGNED, 16, RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS);
  }

  /**
   * The address of this name as NUL-terminated bytes, for as long as this instance is open. For the
   * few fixed names.
   */
  public long name(String ascii) {
    return arena.allocateFrom(ascii).address();
  }

  /** Native memory for names and listings, freed with this instance. */
  public MemorySegment allocate(long size) {
    return arena.allocate(size, 8);
  }

  /**
   * Opens a directory for listing and as a base for names, never through a symbolic link (at any
   * part of the name) and never onto another mount. {@code ELOOP} or {@code ENOTDIR} for a link,
   * {@code EXDEV} for a mount point.
   */
  public int openDirectory(int directory, long name) {
    if (openat2) {
      int answer;
      do {
        answer = SystemCall.OPENAT2.quick(errno, directory, name, howAddress, HOW_SIZE, 0);
      } while (answer == -Errno.EINTR);
      if (answer != -Errno.ENOSYS && answer != -Errno.EPERM) {
        return answer;
      }
      // A kernel before 5.6, or a sandbox that does not let the call through.
      openat2 = false;
    }
    return openDirectoryChecked(directory, name);
  }

  /**
   * Whether {@link #openDirectory} minds links at every part of a path; otherwise at the last part
   * only, and it must be given single names.
   */
  public boolean guardsWholePaths() {
    return openat2;
  }

  /**
   * As {@link #openDirectory}, but the name may lead through links and onto a mount: for the
   * devices root and the devices.
   */
  public int openDirectoryFollowing(int directory, long name) {
    return open(directory, name, O_RDONLY | O_DIRECTORY, 0, true);
  }

  /**
   * Opens a regular file, never through a symbolic link as its last part; the {@code stat…} methods
   * answer for it. Anything else is refused without waiting for anybody, as opening a named pipe
   * would: {@code EISDIR} for a directory, {@code ENXIO} for a pipe, a socket or a device.
   */
  public int open(int directory, long name, int flags, int mode) {
    int fd = open(directory, name, flags, mode, false);
    if (fd < 0) {
      return fd;
    }
    int answer = statx(fd, empty, AT_EMPTY_PATH);
    if (answer == 0 && statType() != TYPE_FILE) {
      answer = statType() == TYPE_DIRECTORY ? -Errno.EISDIR : -Errno.ENXIO;
    }
    if (answer < 0) {
      SystemCall.CLOSE.blindly(fd);
      return answer;
    }
    return fd;
  }

  /** Always 0: what was written and matters has been synced before, so no error is told. */
  public int close(int fd) {
    // Never repeated: on Linux the descriptor is gone whatever the call says.
    SystemCall.CLOSE.blindly(fd);
    return 0;
  }

  /**
   * Fills memory with directory entries ({@code struct linux_dirent64}); bytes filled, 0 at the
   * end.
   */
  public int getdents(int fd, long address, long size) {
    return SystemCall.GETDENTS64.quick(errno, fd, address, size, 0, 0);
  }

  public int link(int fromDirectory, long fromName, int toDirectory, long toName) {
    return SystemCall.LINKAT.quick(errno, fromDirectory, fromName, toDirectory, toName, 0);
  }

  public int unlink(int directory, long name) {
    return unlink(directory, name, 0);
  }

  public int removeDirectory(int directory, long name) {
    return unlink(directory, name, AT_REMOVEDIR);
  }

  /** Makes a directory with the permissions that the umask leaves of 0777, as Swift does. */
  public int makeDirectory(int directory, long name) {
    return SystemCall.MKDIRAT.quick(errno, directory, name, 0777, 0, 0);
  }

  public int rename(int fromDirectory, long fromName, int toDirectory, long toName) {
    return SystemCall.RENAMEAT.call(errno, fromDirectory, fromName, toDirectory, toName, 0);
  }

  /** Looks at a name without following it; on 0 the {@code stat…} methods answer for it. */
  public int stat(int directory, long name) {
    return statx(directory, name, AT_SYMLINK_NOFOLLOW);
  }

  /** As {@link #stat(int, long)}, of what a link leads to, and of what is mounted there. */
  public int statFollowing(int directory, long name) {
    return statx(directory, name, 0);
  }

  /** Looks at an open file or directory; on 0 the {@code stat…} methods answer for it. */
  public int stat(int fd) {
    return statx(fd, empty, AT_EMPTY_PATH);
  }

  public long statInode() {
    return stat.get(JAVA_LONG_UNALIGNED, 32);
  }

  public long statSize() {
    return stat.get(JAVA_LONG_UNALIGNED, 40);
  }

  /** Hard links; of a directory, on most file systems, two more than it has subdirectories. */
  public long statLinks() {
    return stat.get(JAVA_INT_UNALIGNED, 16) & 0xffffffffL;
  }

  public int statUid() {
    return stat.get(JAVA_INT_UNALIGNED, 20);
  }

  public int statGid() {
    return stat.get(JAVA_INT_UNALIGNED, 24);
  }

  /**
   * The file's kind: {@link #TYPE_DIRECTORY}, {@link #TYPE_FILE}, {@link #TYPE_LINK} or another.
   */
  public int statType() {
    return stat.get(JAVA_SHORT_UNALIGNED, 28) & 0xf000;
  }

  /** The device number, major in the upper half. */
  public long statDevice() {
    return ((long) stat.get(JAVA_INT_UNALIGNED, 136) << 32)
        | (stat.get(JAVA_INT_UNALIGNED, 140) & 0xffffffffL);
  }

  /** Time of the last modification in nanoseconds since 1970. */
  public long statModifiedNanos() {
    return stat.get(JAVA_LONG_UNALIGNED, 112) * 1_000_000_000L + stat.get(JAVA_INT_UNALIGNED, 120);
  }

  /**
   * Looks at the file system of an open file; on 0 the {@code fileSystem…} methods answer for it.
   */
  public int fileSystem(int fd) {
    return SystemCall.FSTATFS.call(errno, fd, statfs.address(), 0, 0, 0);
  }

  /** The file system's magic number. */
  public long fileSystemType() {
    return statfs.get(JAVA_LONG_UNALIGNED, 0);
  }

  public long fileSystemInodes() {
    return statfs.get(JAVA_LONG_UNALIGNED, 40);
  }

  public long fileSystemInodesFree() {
    return statfs.get(JAVA_LONG_UNALIGNED, 48);
  }

  /** Takes the exclusive {@code flock} without waiting; {@code EAGAIN} while another has it. */
  public int tryLock(int fd) {
    return SystemCall.FLOCK.call(errno, fd, LOCK_EX_NB, 0, 0, 0);
  }

  public int fsync(int fd) {
    return SystemCall.FSYNC.call(errno, fd, 0, 0, 0, 0);
  }

  /** Brings everything written to the file system of this descriptor to the disk. */
  public int syncFileSystem(int fd) {
    return SystemCall.SYNCFS.call(errno, fd, 0, 0, 0, 0);
  }

  public int truncate(int fd, long size) {
    return SystemCall.FTRUNCATE.call(errno, fd, size, 0, 0, 0);
  }

  /** Reads at most so many bytes from the current position; fewer only at the end of the file. */
  public byte[] read(int fd, int limit) throws PosixException {
    byte[] bytes = new byte[Math.min(limit, COPY_SIZE)];
    int length = 0;
    while (length < limit) {
      int count = read(fd, copy.address(), Math.min(COPY_SIZE, limit - length));
      if (count == -Errno.EINTR) {
        continue;
      }
      if (PosixException.check("read", count) == 0) {
        break;
      }
      if (length + count > bytes.length) {
        bytes = java.util.Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
      }
      MemorySegment.copy(copy, JAVA_BYTE, 0, bytes, length, count);
      length += count;
    }
    return length == bytes.length ? bytes : java.util.Arrays.copyOf(bytes, length);
  }

  /** Writes all of it at the current position. */
  public void write(int fd, byte[] bytes) throws PosixException {
    int done = 0;
    while (done < bytes.length) {
      int count = Math.min(COPY_SIZE, bytes.length - done);
      MemorySegment.copy(bytes, done, copy, JAVA_BYTE, 0, count);
      int answer = write(fd, copy.address(), count);
      if (answer != -Errno.EINTR) {
        done += PosixException.check("write", answer);
      }
    }
  }

  @Override
  public void close() {
    arena.close();
  }

  private int open(int directory, long name, int flags, int mode, boolean follow) {
    int all = flags | O_CLOEXEC | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW);
    int answer;
    do {
      answer = SystemCall.OPENAT.call(errno, directory, name, all, mode, 0);
    } while (answer == -Errno.EINTR);
    return answer;
  }

  /**
   * Without openat2: O_NOFOLLOW guards the last part only, so names must have one part, or be ones
   * that we made.
   */
  private int openDirectoryChecked(int directory, long name) {
    int fd = open(directory, name, O_RDONLY | O_DIRECTORY, 0, false);
    if (fd == -Errno.ENOTDIR && stat(directory, name) == 0 && statType() == TYPE_LINK) {
      return -Errno.ELOOP;
    }
    if (fd < 0) {
      return fd;
    }
    int answer = stat(directory);
    long device = statDevice();
    if (answer == 0) {
      answer = stat(fd);
    }
    if (answer == 0 && statDevice() != device) {
      answer = -Errno.EXDEV;
    }
    if (answer < 0) {
      close(fd);
      return answer;
    }
    return fd;
  }

  private int unlink(int directory, long name, int flags) {
    return SystemCall.UNLINKAT.quick(errno, directory, name, flags, 0, 0);
  }

  private int statx(int directory, long name, int flags) {
    return SystemCall.STATX.quick(errno, directory, name, flags, STATX_BASIC, statAddress);
  }

  private int read(int fd, long address, long size) {
    return SystemCall.READ.call(errno, fd, address, size, 0, 0);
  }

  private int write(int fd, long address, long size) {
    return SystemCall.WRITE.call(errno, fd, address, size, 0, 0);
  }
}
