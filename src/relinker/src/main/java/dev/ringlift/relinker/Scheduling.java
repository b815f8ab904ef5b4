package dev.ringlift.relinker;

/**
 * How the kernel ranks a run's threads among those of others: see ioprio_set(2), which not every
 * I/O scheduler heeds (bfq does, mq-deadline since Linux 5.14, none does not), and setpriority(2).
 *
 * @param ioClass class of the threads' I/O
 * @param ioLevel within {@link IoClass#BEST_EFFORT}, 0 (first) to 7 (last); of no meaning elsewhere
 * @param nice how far the threads stand back for the processor: 0 (not at all) to 19 (most)
 */
public record Scheduling(IoClass ioClass, int ioLevel, int nice) {
  /** Nothing special. */
  public static final Scheduling NORMAL = new Scheduling(IoClass.NONE, 0, 0);

  /** Classes of I/O that any process may choose; the real-time class is for root alone. */
  public enum IoClass {
    /** What follows from {@link Scheduling#nice}; the kernel's default. */
    NONE(0),
    /** Among others, by level. */
    BEST_EFFORT(2),
    /** Only when nobody else wants the disk. */
    IDLE(3);

    private final int number;

    IoClass(int number) {
      this.number = number;
    }

    /** The kernel's number of the class. */
    public int number() {
      return number;
    }
  }

  public Scheduling {
    if (ioLevel < 0 || ioLevel > 7) {
      throw new IllegalArgumentException(
          "The I/O priority is 0 (first) to 7 (last), not " + ioLevel);
    }
    if (nice < 0 || nice > 19) {
      throw new IllegalArgumentException(
          "The nice priority is 0 to 19 (a lower one is for root alone), not " + nice);
    }
  }

  /** Only the class of I/O. */
  public static Scheduling of(IoClass ioClass) {
    return new Scheduling(ioClass, 0, 0);
  }
}
