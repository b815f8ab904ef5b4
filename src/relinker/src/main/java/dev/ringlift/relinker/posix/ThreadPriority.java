package dev.ringlift.relinker.posix;

import java.lang.foreign.Arena;

/**
 * Ranks the calling thread: on Linux both priorities belong to a thread, not to its process. Each
 * call answers 0, or the negated error number.
 */
public final class ThreadPriority {
  private static final long IOPRIO_WHO_PROCESS = 1;
  private static final int IOPRIO_CLASS_SHIFT = 13;
  private static final int PRIO_PROCESS = 0;

  private ThreadPriority() {}

  /** Sets class and level of the thread's I/O: ioprio_set(2). */
  public static int io(int ioClass, int level) {
    return call(
        SystemCall.IOPRIO_SET, IOPRIO_WHO_PROCESS, (long) ioClass << IOPRIO_CLASS_SHIFT | level);
  }

  /** The class of the thread's I/O: ioprio_get(2). */
  public static int ioClass() {
    int answer = call(SystemCall.IOPRIO_GET, IOPRIO_WHO_PROCESS, 0);
    return answer < 0 ? answer : answer >> IOPRIO_CLASS_SHIFT;
  }

  /** Sets how far the thread stands back for the processor: setpriority(2). */
  public static int nice(int value) {
    return call(SystemCall.SETPRIORITY, PRIO_PROCESS, value);
  }

  private static int call(SystemCall call, long which, long value) {
    try (Arena arena = Arena.ofConfined()) {
      return call.call(arena.allocate(SystemCall.ERRNO), which, 0, value, 0, 0);
    }
  }
}
