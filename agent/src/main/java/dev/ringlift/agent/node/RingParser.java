package dev.ringlift.agent.node;

import dev.ringlift.ring.RingFormatException;
import org.jspecify.annotations.Nullable;

/** Reads what the agent has to know of a ring. */
@FunctionalInterface
public interface RingParser {
  /** The facts of this ring file; refuses what isn't one in one sentence. */
  Facts parse(byte[] file) throws RingFormatException;

  /**
   * What the agent has to know of a ring.
   *
   * @param version if it has one
   * @param nextPartPower if it has one
   */
  record Facts(@Nullable Long version, int partPower, @Nullable Integer nextPartPower) {}
}
