package dev.ringlift.relinker;

/**
 * What a dry run found a device to need.
 *
 * @param directories partitions, suffix dirs and hash dirs that would be made; links themselves
 *     take no inode
 * @param inodes of these directories, and of the files that keep suffix hashes and state, at most:
 *     three for each partition that is linked into, and three for the device
 * @param inodesFree of the device's file system; {@link Long#MAX_VALUE} where it does not count
 *     them
 */
public record Needs(long directories, long inodes, long inodesFree) {
  /** Whether the device has them. */
  public boolean met() {
    return inodes <= inodesFree;
  }
}
