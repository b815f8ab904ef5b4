package dev.ringlift.operator.plan;

import java.time.Duration;

/**
 * What an administrator can set of how consumers are held to their proofs.
 *
 * @param staleAfter how long after a ring's publication who has not proved it is told as a problem
 * @param proofAge for how long an answer of recon holds: whoever has not answered for longer has
 *     proved nothing
 */
public record ConsumerSettings(Duration staleAfter, Duration proofAge) {
  /** What is set unless an administrator sets something else. */
  public static final ConsumerSettings DEFAULTS =
      new ConsumerSettings(Duration.ofMinutes(5), Duration.ofSeconds(60));
}
