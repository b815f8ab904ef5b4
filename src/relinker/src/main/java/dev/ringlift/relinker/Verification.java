package dev.ringlift.relinker;

import java.util.function.Consumer;

/**
 * How much a {@link Verifier} looks at, and who hears what it finds.
 *
 * @param share of each device's partitions that is looked at, above 0 and at most 1; of a small
 *     device, more: at least {@link #LEAST_PARTITIONS}
 * @param seed chooses which partitions, on each device others; the same seed chooses the same again
 * @param finding is told each file that is found wrong; called from the threads of all devices
 */
public record Verification(double share, long seed, Consumer<Problem> finding) {
  /** Partitions of a device that are looked at however small the share is. */
  public static final int LEAST_PARTITIONS = 16;

  /** The share that a sample is where nobody says more. */
  public static final double SAMPLE = 0.05;

  public Verification {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "The share of the partitions is above 0 and at most 1, not " + share);
    }
  }

  /** Every partition. */
  public static Verification full(Consumer<Problem> finding) {
    return new Verification(1, 0, finding);
  }
}
