package dev.ringlift.relinker;

import dev.ringlift.relinker.engine.LocalRelinker;

/**
 * Relinks and cleans up the devices of one node, by the rules of Swift 2.38.3's object relinker,
 * and more carefully where that is not safe (see the package {@code engine}).
 *
 * <p>An interface, so that callers can be tested with a relinker of their own.
 */
public interface Relinker {
  /**
   * Starts the work in threads of its own and returns at once. Devices run in parallel; what goes
   * wrong on one never ends another. Never throws for what is found on the disks: that is in the
   * progress and the results; but for the devices root, where the request does not name devices.
   *
   * @throws java.io.UncheckedIOException when all devices are asked for and the root cannot be
   *     listed
   */
  RelinkRun start(RelinkRequest request, LiveSettings settings, Guard guard);

  /** The relinker for real devices. */
  static Relinker create() {
    return new LocalRelinker();
  }
}
