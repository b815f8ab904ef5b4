package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.ObjectPolicy;
import dev.ringlift.relinker.RelinkRequest;
import dev.ringlift.relinker.Step;
import dev.ringlift.relinker.layout.Name;
import dev.ringlift.relinker.layout.Places;

/**
 * What the workers of one device have in common.
 *
 * @param request what is to be done
 * @param device descriptor of the device's directory
 * @param dataDir descriptor of the policy's data dir on it
 * @param traditional whether inode numbers in listings and link counts of directories can be relied
 *     on ({@link FileSystems})
 * @param afterIncrease whether cleanup is known to follow an increase, not a cancel: then what is
 *     at its right place in an old partition was linked there from a lower one, which cleanup comes
 *     to later
 * @param meter where to count
 * @param governor who says whether to go on
 */
record Job(
    RelinkRequest request,
    int device,
    int dataDir,
    boolean traditional,
    boolean afterIncrease,
    Meter meter,
    Governor governor) {
  boolean cleanup() {
    return request.step() == Step.CLEANUP;
  }

  boolean dryRun() {
    return request.dryRun();
  }

  /** Whether another file in the place of a link is dealt with, at this moment. */
  boolean clobbers() {
    return request.clobberHardlinkCollisions() || governor.clobbers();
  }

  /**
   * Whether the suffix hashes of this new partition are brought up to date now: always after
   * cleanup; when relinking, only those of the upper half, because cleanup comes by all others as
   * old partitions, and after relinking nobody else comes by these.
   */
  boolean rehashes(long newPartition) {
    return cleanup() || newPartition >= 1L << request.partPower();
  }

  /**
   * Whether a hash dir found in this partition belongs there at neither power, so that relinking
   * must not touch it.
   */
  boolean isStale(long partition, Name hash) {
    return !cleanup()
        && request.refuseStale()
        && Places.partition(hash.bytes(), request.partPower()) != partition;
  }

  /** The path of something in the data dir, for people. */
  String path(Object... parts) {
    return path(request.policy(), parts);
  }

  /** The path of something in a policy's data dir, for people. */
  static String path(ObjectPolicy policy, Object... parts) {
    StringBuilder path = new StringBuilder(policy.dataDir());
    for (Object part : parts) {
      path.append('/').append(part);
    }
    return path.toString();
  }
}
