package dev.ringlift.relinker;

/**
 * How the work on one device ended. Only {@link Succeeded} means that every partition asked for is
 * done.
 */
public sealed interface DeviceResult {
  /** Whether every partition that was asked for is done. */
  default boolean succeeded() {
    return this instanceof Succeeded;
  }

  /** A sentence for a person. */
  String message();

  /**
   * Every partition asked for is done, in this run or an earlier one.
   *
   * @param nothingThere the device has no data dir of this policy, so nothing had to be done
   */
  record Succeeded(boolean nothingThere) implements DeviceResult {
    @Override
    public String message() {
      return nothingThere ? "The device holds nothing of this policy." : "Every partition is done.";
    }
  }

  /**
   * Some partitions had errors (counted, the first ones in {@link DeviceProgress#problems()});
   * another run may mend them.
   */
  record Failed(String message) implements DeviceResult {}

  /**
   * The run was asked to stop, or the {@link Guard} objected; the state is saved and another run
   * goes on from there.
   */
  record Stopped(String message) implements DeviceResult {}

  /** The device must be mounted and is not; nothing was touched. */
  record Unmounted(String message) implements DeviceResult {}

  /** The policy's data dir cannot be listed. */
  record Unlistable(String message) implements DeviceResult {}

  /** Another process kept the device's lock for longer than {@link RelinkRequest#lockTimeout()}. */
  record Locked(String message) implements DeviceResult {}

  /**
   * The device holds files that a finished, earlier increase should have cleaned up; linking them
   * would bring them to life.
   */
  record Stale(String message) implements DeviceResult {}
}
