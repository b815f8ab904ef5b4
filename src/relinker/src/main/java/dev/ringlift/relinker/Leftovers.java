package dev.ringlift.relinker;

import dev.ringlift.relinker.engine.LocalLeftovers;
import dev.ringlift.relinker.posix.Posix;
import java.nio.file.Path;
import java.util.List;

/**
 * Removes what runs leave on the devices: the state file and the lock file. Done at the end of an
 * increase.
 */
public interface Leftovers {
  /**
   * Removes the state and lock files of the policy from the device, under the device's lock.
   * Nothing there is fine. Returns the problems met, empty when nothing of them is left.
   */
  List<Problem> remove(String device, ObjectPolicy policy);

  /** For the devices under this root. */
  static Leftovers of(Path devicesRoot) {
    return new LocalLeftovers(devicesRoot, Posix::new);
  }
}
