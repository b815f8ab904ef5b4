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
  /**
   * Every directory under the root, sorted by name. One that does not answer is told as that after
   * a while, which is the longest that this takes.
   *
   * @throws java.io.UncheckedIOException when the root cannot be listed
   */
  List<Device> devices();

  /**
   * Looks for files of this policy at places that are wrong for the power: what a device that
   * missed a cleanup looks like. Such files would come back to life with the next relink. Reads
   * directory names only, and of a sample of the device: of the lowest partitions, where a cleanup
   * that was broken off leaves them, of the highest, where those of a cancelled increase are, and
   * of some in between. Call it only when no increase of the policy is under way.
   *
   * <p>A sample finds a device that missed a whole cleanup, or its end. It does not find single
   * files that a cleanup could not remove: whoever ran that was told so, and relinking links
   * nothing that is at a wrong place.
   *
   * @param limit about how many hash dirs to look at; 0 for all, which takes hours on a large disk
   */
  StaleLook stale(String device, ObjectPolicy policy, int partPower, long limit);

  /**
   * What a look for files at old places has seen.
   *
   * @param found how many hash dirs at wrong places
   * @param example one of them, relative to the devices root; empty when there is none
   * @param looked how many hash dirs were looked at
   * @param whole whether these are all that the device has of the policy
   * @param problem what could not be looked at, first of all: that nothing was found then says
   *     nothing
   */
  record StaleLook(
      long found, String example, long looked, boolean whole, Optional<Problem> problem) {
    /** All was looked at that was to be, and is at its place. */
    public boolean isClean() {
      return found == 0 && problem.isEmpty();
    }
  }

  /** The inventory of the devices under this root. */
  static Inventory of(Path devicesRoot) {
    return new LocalInventory(devicesRoot, Posix::new);
  }
}
