package dev.ringlift.agent.node;

import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingFileStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An object ring as it lies in the ring directory.
 *
 * @param file its name
 * @param policyIndex whose ring it is, by its name
 * @param md5 of the file; empty when it could not be read at all
 * @param version of the ring, if it has one
 * @param partPower its power; null when it is not a readable ring
 * @param nextPartPower its next power, if it has one
 * @param modified when the file was last written
 * @param since when this agent first saw this content
 * @param error why it can't be read as a ring, or null
 */
public record SeenRing(
    String file,
    int policyIndex,
    String md5,
    @Nullable Long version,
    @Nullable Integer partPower,
    @Nullable Integer nextPartPower,
    Instant modified,
    Instant since,
    @Nullable String error) {

  /** Whether this is a ring in normal use: readable, and no increase of it under way. */
  public boolean atRest() {
    return error == null && partPower != null && nextPartPower == null;
  }

  /** Its powers, as a part of a sentence. */
  public String powers() {
    if (partPower == null) {
      return "unreadable";
    }
    return nextPartPower == null
        ? "power " + partPower
        : "power " + partPower + ", next " + nextPartPower;
  }

  RingFileStatus status() {
    return new RingFileStatus(
        file, md5, version, partPower, nextPartPower, since.toString(), error);
  }
}
