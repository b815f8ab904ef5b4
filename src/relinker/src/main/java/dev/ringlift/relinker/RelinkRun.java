package dev.ringlift.relinker;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One run under way, or ended. Safe for use by any thread. */
public interface RelinkRun extends AutoCloseable {
  /**
   * The devices that take part and how far they are, sorted by name. Cheap enough to be called
   * every second.
   */
  List<DeviceProgress> progress();

  /**
   * Asks every worker to stop at the next hash dir; the states are saved, and unfinished devices
   * end as {@link DeviceResult.Stopped} with this reason. Returns at once; the first reason stays.
   */
  void stop(String reason);

  /** Waits for the end and returns the results by device name. */
  Map<String, DeviceResult> await() throws InterruptedException;

  /** Waits for the end at most so long; empty when the run is still under way. */
  Optional<Map<String, DeviceResult>> await(Duration timeout) throws InterruptedException;

  /** Stops, and waits until no thread of the run is left. */
  @Override
  void close();
}
