package dev.ringlift.relinker;

import java.util.Optional;

/**
 * Asked before each partition whether the run may go on: the caller looks whether the ring is still
 * the one that the request describes, whether its lease is fresh, and the like. Called by many
 * threads at once, so it must be quick and thread-safe.
 */
@FunctionalInterface
public interface Guard {
  /** A guard that never objects. */
  Guard NONE = (device, partition) -> Optional.empty();

  /**
   * Why the run must stop, as a sentence, or empty when it may go on. A reason ends the whole run
   * in an orderly way: the partition is not begun, the state is saved, and each unfinished device
   * ends as {@link DeviceResult.Stopped}.
   */
  Optional<String> reasonToStop(String device, long partition);
}
