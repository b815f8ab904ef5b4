package dev.ringlift.relinker;

/**
 * Which increase a run works for. Kept in the state file beside Swift's own keys, so that the state
 * of an earlier increase with the same two powers is never mistaken for progress.
 *
 * @param increase the UID of the PartitionPowerIncrease
 * @param cycle which doubling of that increase, from 1
 * @param round of that doubling, from 0: a later one does all work again
 */
public record RunIdentity(String increase, int cycle, int round) {
  /** The first round. */
  public RunIdentity(String increase, int cycle) {
    this(increase, cycle, 0);
  }

  public RunIdentity {
    if (increase.isBlank()) {
      throw new IllegalArgumentException("The identity of an increase must not be empty");
    }
  }
}
