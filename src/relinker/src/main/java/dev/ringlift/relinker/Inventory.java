package dev.ringlift.relinker;

import dev.ringlift.relinker.engine.LocalInventory;
import dev.ringlift.relinker.posix.Posix;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is on the devices of a node. Reads only; a device that cannot be looked at is listed with
 * its problem.
 */
public interface Inventory {
  /** Every directory under the root, sorted by name. */
  List<Device> devices();

  /**
   * Whether the device holds files of this policy at places that are wrong for the power: what a
   * device that missed a cleanup looks like. Such files would come back to life with the next
   * relink. Reads directory names only, at most {@code limit} hash dirs (0 for all); call it only
   * when no increase of the policy is under way.
   */
  Optional<StaleDevice> stale(String device, ObjectPolicy policy, int partPower, long limit);

  /**
   * A device with files at old places.
   *
   * @param device its name
   * @param hashDirs how many hash dirs were found at a wrong place, within the limit
   * @param example one of them, relative to the devices root
   */
  record StaleDevice(String device, long hashDirs, String example) {}

  /** The inventory of the devices under this root. */
  static Inventory of(Path devicesRoot) {
    return new LocalInventory(devicesRoot, Posix::new);
  }
}
