package dev.ringlift.relinker;

import java.util.List;
import java.util.Optional;

/**
 * A device as found under the devices root.
 *
 * @param name its directory's name
 * @param mounted whether it is a mount point (or marked by {@code .ismount}, as Swift has it)
 * @param filesystem the type as the kernel names it ({@code xfs}, {@code ext4}, {@code tmpfs}, …)
 *     or a hexadecimal magic number
 * @param inodesUsed inodes in use, 0 where the filesystem does not count them
 * @param inodesFree inodes that may still be made, {@link Long#MAX_VALUE} where the filesystem does
 *     not count them
 * @param uid owner of the device's directory
 * @param gid its group
 * @param dataDirs the object data dirs present
 * @param problem why the device could not be looked at, or empty
 */
public record Device(
    String name,
    boolean mounted,
    String filesystem,
    long inodesUsed,
    long inodesFree,
    int uid,
    int gid,
    List<DataDir> dataDirs,
    String problem) {

  /**
   * The objects of one policy on a device.
   *
   * @param name {@code objects} or {@code objects-<index>}
   * @param policyIndex the policy's index
   * @param uid owner
   * @param gid group
   * @param partitions how many partition directories there are
   * @param state powers of a state file found there, or empty
   */
  public record DataDir(
      String name,
      int policyIndex,
      int uid,
      int gid,
      long partitions,
      Optional<StateFound> state) {}

  /**
   * What a state file on the device says: the powers that it was written for, and the increase, if
   * one is named.
   */
  public record StateFound(int partPower, int nextPartPower, Optional<RunIdentity> identity) {}

  public Device {
    dataDirs = List.copyOf(dataDirs);
  }
}
