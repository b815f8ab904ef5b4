package dev.ringlift.testkit.tree;

import java.time.Instant;

/**
 * What a synthetic tree is made of.
 *
 * @param objects how many; each has a data file, one in twenty a metadata file too, one in fifty
 *     nothing but a tombstone
 * @param partPower the power of the partitions that they are put in
 * @param hashPrefix swift_hash_path_prefix
 * @param hashSuffix swift_hash_path_suffix
 * @param dataDirectory {@code objects}, or {@code objects-N} for policy N
 * @param written the timestamp of the first object; the others follow, 10 µs apart
 */
public record TreeSettings(
    int objects,
    int partPower,
    String hashPrefix,
    String hashSuffix,
    String dataDirectory,
    Instant written) {

  /** Settings for policy 0. */
  public static TreeSettings of(int objects, int partPower, Instant written) {
    return new TreeSettings(objects, partPower, "before", "after", "objects", written);
  }
}
