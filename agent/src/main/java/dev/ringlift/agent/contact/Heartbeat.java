package dev.ringlift.agent.contact;

import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** Renews the node's Lease, and keeps account of when that last succeeded. */
public final class Heartbeat {
  /** Renewals are spread, so that a thousand agents started at once don't beat as one. */
  private static final double JITTER = 0.2;

  /** After a renewal that failed: many such have to fit into what is left of the lease. */
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final LeaseApi leases;
  private final ApiContact contact;
  private final String holder;
  private final Duration interval;
  private final InstantSource clock;
  private final RandomGenerator random;
  private volatile boolean failed;

  /**
   * @param holder identity of this very process, told apart from others for the same node
   * @param interval mean time between renewals
   */
  public Heartbeat(
      LeaseApi leases,
      ApiContact contact,
      String holder,
      Duration interval,
      InstantSource clock,
      RandomGenerator random) {
    this.leases = leases;
    this.contact = contact;
    this.holder = holder;
    this.interval = interval;
    this.clock = clock;
    this.random = random;
  }

  /** Renews once. Throws what the client throws when the API server can't be reached. */
  public void beat() {
    long begun = contact.begin();
    failed = true;
    leases.renew(holder, clock.instant(), contact.limit());
    failed = false;
    contact.reached(begun);
  }

  /** How long to wait until the next renewal; not as long when the last one failed. */
  public Duration pause() {
    Duration mean = failed && RETRY.compareTo(interval) < 0 ? RETRY : interval;
    double factor = 1 + JITTER * (2 * random.nextDouble() - 1);
    return Duration.ofNanos((long) (mean.toNanos() * factor));
  }

  /** Gives the lease back: this agent has ended, nobody needs to wait for it to run out. */
  public void release() {
    leases.release(holder, clock.instant());
  }
}
