package dev.ringlift.relinker;

/**
 * A storage policy as far as its objects' files depend on it.
 *
 * @param index the policy's index in swift.conf, 0 or more
 * @param kind how objects are stored
 * @param fragments for erasure coding, data and parity fragments together (names with a higher
 *     fragment index are unexpected files); 0 when not known, which accepts every index, and for
 *     replication
 */
public record ObjectPolicy(int index, Kind kind, int fragments) {
  /** How a policy stores its objects. */
  public enum Kind {
    REPLICATION,
    ERASURE_CODING
  }

  public ObjectPolicy {
    if (index < 0) {
      throw new IllegalArgumentException("A policy index is 0 or more, not " + index);
    }
    if (fragments < 0) {
      throw new IllegalArgumentException("A number of fragments is 0 or more, not " + fragments);
    }
  }

  /** A replication policy. */
  public static ObjectPolicy replication(int index) {
    return new ObjectPolicy(index, Kind.REPLICATION, 0);
  }

  /** An erasure-coding policy; {@code fragments} is data plus parity, or 0 when it is not known. */
  public static ObjectPolicy erasureCoding(int index, int fragments) {
    return new ObjectPolicy(index, Kind.ERASURE_CODING, fragments);
  }

  /**
   * The directory of the policy's objects on each device: {@code objects} for policy 0, else {@code
   * objects-<index>}.
   */
  public String dataDir() {
    return index == 0 ? "objects" : "objects-" + index;
  }
}
