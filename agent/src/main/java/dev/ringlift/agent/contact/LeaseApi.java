package dev.ringlift.agent.contact;

import java.time.Duration;
import java.time.Instant;

/**
 * The node's Lease in the API server. The methods throw the client's exception when it can't be
 * reached.
 */
public interface LeaseApi {
  /** Says that this agent lives at this time, and for how long that is to be believed. */
  void renew(String holder, Instant now, Duration duration);

  /** Says that this agent has ended in an orderly way, unless another holds the lease by now. */
  void release(String holder, Instant now);
}
