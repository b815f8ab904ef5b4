package dev.ringlift.relinker.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * The system calls by their numbers ({@code asm/unistd_64.h} of x86-64, {@code
 * asm-generic/unistd.h} of AArch64), all through {@code syscall(2)} of the C library: one foreign
 * function to link at start instead of fifteen. Every argument is a 64-bit integer, which is how
 * both ABIs pass an {@code int} or a pointer; the kernel takes the lower half of what is an {@code
 * int}.
 */
enum SystemCall {
  READ(0, 63),
  WRITE(1, 64),
  CLOSE(3, 57),
  FLOCK(73, 32),
  FSYNC(74, 82),
  FTRUNCATE(77, 46),
  FSTATFS(138, 44),
  SETPRIORITY(141, 140),
  GETDENTS64(217, 61),
  IOPRIO_SET(251, 30),
  IOPRIO_GET(252, 31),
  OPENAT(257, 56),
  MKDIRAT(258, 34),
  UNLINKAT(263, 35),
  RENAMEAT(264, 38),
  LINKAT(265, 37),
  SYNCFS(306, 267),
  STATX(332, 291),
  OPENAT2(437, 437);

  /** The memory that errno lands in, one for each thread. */
  static final StructLayout ERRNO = Linker.Option.captureStateLayout();

  private static final long ERRNO_OFFSET =
      ERRNO.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle WITH_ERRNO = link(Linker.Option.captureCallState("errno"));
  private static final MethodHandle WITHOUT_ERRNO = link();

  private final long number;

  SystemCall(long x86, long aarch64) {
    number = isAarch64() ? aarch64 : x86;
  }

  static boolean isAarch64() {
    return System.getProperty("os.arch", "").equals("aarch64");
  }

  /** The result, or the negated error number. */
  int call(MemorySegment errno, long a, long b, long c, long d, long e) {
    try {
      long result = (long) WITH_ERRNO.invokeExact(errno, number, a, b, c, d, e);
      return result >= 0 ? (int) result : -errno.get(JAVA_INT_UNALIGNED, ERRNO_OFFSET);
    } catch (Throwable problem) {
      throw unexpected(problem);
    }
  }

  /**
   * The same, for what is called for every file: fetching errno costs more than all else of a call
   * from Java, so a call is made without it, and, when it has failed, once more with it. Only for
   * calls that change nothing when they fail: the second then answers the same, or does what the
   * first could not.
   */
  int quick(MemorySegment errno, long a, long b, long c, long d, long e) {
    try {
      long result = (long) WITHOUT_ERRNO.invokeExact(number, a, b, c, d, e);
      return result >= 0 ? (int) result : call(errno, a, b, c, d, e);
    } catch (Throwable problem) {
      throw unexpected(problem);
    }
  }

  /** Once, and without a word of how it went. */
  void blindly(long a) {
    try {
      long unused = (long) WITHOUT_ERRNO.invokeExact(number, a, 0L, 0L, 0L, 0L);
    } catch (Throwable problem) {
      throw unexpected(problem);
    }
  }

  private static MethodHandle link(Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    Linker.Option[] all = java.util.Arrays.copyOf(options, options.length + 1);
    all[options.length] = Linker.Option.firstVariadicArg(1);
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("syscall"),
        FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
        all);
  }

  private static RuntimeException unexpected(Throwable problem) {
    return switch (problem) {
      case Error error -> throw error;
      case RuntimeException runtime -> runtime;
      default -> new IllegalStateException(problem);
    };
  }
}
