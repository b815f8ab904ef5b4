package dev.ringlift.operator.plan;

import java.time.Duration;

/**
 * What an administrator can set of the planner.
 *
 * @param settle how long a ring must have been everywhere before anything relies on it: above the
 *     15 s at which Swift's processes look for a new ring
 * @param settleAfterPrepare the same after the Prepare ring: long enough also for replication that
 *     was under way when the ring came
 * @param retryBackoff wait before a failed task is tried again; doubles with each attempt
 * @param retryBackoffMaximum ceiling of that wait
 * @param leaseGrace how much later than its Lease says an agent is taken for lost: allows for
 *     clocks that differ
 * @param recheck how often what can't announce a change is looked at again
 * @param consumers how consumers are held to their proofs
 */
public record Settings(
    Duration settle,
    Duration settleAfterPrepare,
    Duration retryBackoff,
    Duration retryBackoffMaximum,
    Duration leaseGrace,
    Duration recheck,
    ConsumerSettings consumers) {

  /** With all that consumers are held to as it is by default. */
  public Settings(
      Duration settle,
      Duration settleAfterPrepare,
      Duration retryBackoff,
      Duration retryBackoffMaximum,
      Duration leaseGrace,
      Duration recheck) {
    this(
        settle,
        settleAfterPrepare,
        retryBackoff,
        retryBackoffMaximum,
        leaseGrace,
        recheck,
        ConsumerSettings.DEFAULTS);
  }

  /** How long to wait after the given attempt, counted from 1, before the next. */
  public Duration backoffAfter(int attempt) {
    Duration wait = retryBackoff;
    for (int i = 1; i < attempt && wait.compareTo(retryBackoffMaximum) < 0; i++) {
      wait = wait.multipliedBy(2);
    }
    return wait.compareTo(retryBackoffMaximum) < 0 ? wait : retryBackoffMaximum;
  }
}
