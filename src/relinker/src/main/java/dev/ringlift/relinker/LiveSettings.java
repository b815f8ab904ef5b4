package dev.ringlift.relinker;

/**
 * The knobs that may be turned while a run is under way. Safe for use by any thread; workers look
 * at them at every hash dir, so that a change is obeyed at once.
 */
public final class LiveSettings {
  /** As many workers for each device as measuring found best for it; currently one. */
  public static final int AUTO_WORKERS = 0;

  private volatile boolean paused;
  private volatile double filesPerSecond;
  private volatile int workersPerDevice = AUTO_WORKERS;
  private volatile double ioPressureLimit;
  private volatile Scheduling scheduling = Scheduling.NORMAL;
  private volatile boolean clobberHardlinkCollisions;

  /** While true, workers wait, with all locks but the device's released, and the state saved. */
  public boolean paused() {
    return paused;
  }

  public LiveSettings paused(boolean value) {
    paused = value;
    return this;
  }

  /**
   * Hash dirs per second over all devices of a run together, as Swift's {@code files_per_second}
   * counts; 0 for no limit.
   */
  public double filesPerSecond() {
    return filesPerSecond;
  }

  public LiveSettings filesPerSecond(double value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException(
          "Files per second must be 0 (no limit) or more, not " + value);
    }
    filesPerSecond = value;
    return this;
  }

  /**
   * Partitions of one device that are worked on at once; {@link #AUTO_WORKERS} leaves the choice to
   * the relinker.
   */
  public int workersPerDevice() {
    return workersPerDevice;
  }

  public LiveSettings workersPerDevice(int value) {
    if (value < 0 || value > 64) {
      throw new IllegalArgumentException("Workers per device must be 0 (auto) to 64, not " + value);
    }
    workersPerDevice = value;
    return this;
  }

  /**
   * Percent of time that tasks of this machine may stall on I/O ({@code some avg10} of {@code
   * /proc/pressure/io}) before the run waits; 0 for no limit.
   */
  public double ioPressureLimit() {
    return ioPressureLimit;
  }

  public LiveSettings ioPressureLimit(double value) {
    if (!(value >= 0 && value <= 100)) {
      throw new IllegalArgumentException(
          "The I/O pressure limit is a percentage from 0 (no limit) to 100, not " + value);
    }
    ioPressureLimit = value;
    return this;
  }

  /** How the run's threads are ranked; obeyed by each from its next partition on. */
  public Scheduling scheduling() {
    return scheduling;
  }

  public LiveSettings scheduling(Scheduling value) {
    scheduling = value;
    return this;
  }

  /**
   * Whether another file in the place of a link is dealt with as {@link
   * RelinkRequest#clobberHardlinkCollisions()} says, from now on, though the request does not ask
   * for it.
   */
  public boolean clobberHardlinkCollisions() {
    return clobberHardlinkCollisions;
  }

  public LiveSettings clobberHardlinkCollisions(boolean value) {
    clobberHardlinkCollisions = value;
    return this;
  }
}
