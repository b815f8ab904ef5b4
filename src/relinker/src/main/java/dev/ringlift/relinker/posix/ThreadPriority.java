package dev.ringlift.relinker.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Ranks the calling thread: on Linux both priorities belong to a thread, not to its process. Each
 * call answers 0, or the negated error number.
 */
public final class ThreadPriority {
  private static final long SYS_IOPRIO_SET =
      System.getProperty("os.arch", "").equals("aarch64") ? 30 : 251;
  private static final long SYS_IOPRIO_GET = SYS_IOPRIO_SET + 1;
  private static final long IOPRIO_WHO_PROCESS = 1;
  private static final int IOPRIO_CLASS_SHIFT = 13;
  private static final int PRIO_PROCESS = 0;

  private ThreadPriority() {}

  /** Sets class and level of the thread's I/O: ioprio_set(2). */
  public static int io(int ioClass, int level) {
    return syscall(SYS_IOPRIO_SET, (long) ioClass << IOPRIO_CLASS_SHIFT | level);
  }

  /** The class of the thread's I/O: ioprio_get(2). */
  public static int ioClass() {
    int answer = syscall(SYS_IOPRIO_GET, 0);
    return answer < 0 ? answer : answer >> IOPRIO_CLASS_SHIFT;
  }

  private static int syscall(long number, long priority) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment capture = arena.allocate(LibC.CAPTURE);
      long answer =
          (long) LibC.SYSCALL.invokeExact(capture, number, IOPRIO_WHO_PROCESS, 0L, priority, 0L);
      return answer < 0 ? -errno(capture) : (int) answer;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Sets how far the thread stands back for the processor: setpriority(2). */
  public static int nice(int value) {
    Linker linker = Linker.nativeLinker();
    MethodHandle setPriority =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("setpriority"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
            Linker.Option.captureCallState("errno"));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment capture = arena.allocate(LibC.CAPTURE);
      int answer = (int) setPriority.invokeExact(capture, PRIO_PROCESS, 0, value);
      return answer < 0 ? -errno(capture) : 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static int errno(MemorySegment capture) {
    return capture.get(JAVA_INT_UNALIGNED, LibC.ERRNO_OFFSET);
  }

  private static IllegalStateException unexpected(Throwable e) {
    return new IllegalStateException("the C library's functions throw nothing", e);
  }
}
