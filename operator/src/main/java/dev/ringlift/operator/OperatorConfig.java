package dev.ringlift.operator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;

/**
 * What an administrator can set, as properties {@code ringlift.*} or environment variables {@code
 * RINGLIFT_*}. Durations as {@code 20s}, {@code 10m}, {@code 1h}.
 */
@ConfigMapping(prefix = "ringlift")
public interface OperatorConfig {

  /**
   * Namespace whose increases are worked on; several are separated by commas. {@code
   * JOSDK_WATCH_CURRENT}: the operator's own.
   */
  @WithDefault("JOSDK_WATCH_CURRENT")
  String namespace();

  /**
   * How long a ring must have been on every node before anything relies on it. Swift's processes
   * look for a new ring every 15 s; a value below that is for tests only.
   */
  @WithDefault("20s")
  Duration settle();

  /**
   * The same after the Prepare ring: replicators look at the ring between jobs, so what they were
   * copying when it came lands where the relinker may already have been. Most of that is over
   * within two minutes; what is not, cleanup links as well.
   */
  @WithDefault("120s")
  Duration settleAfterPrepare();

  /** Wait before a failed task is tried again; doubles with each attempt. */
  @WithDefault("30s")
  Duration retryBackoff();

  /** Ceiling of that wait. */
  @WithDefault("10m")
  Duration retryBackoffMaximum();

  /** How much later than its Lease says an agent is taken for lost: allows for differing clocks. */
  @WithDefault("10s")
  Duration leaseGrace();

  /** How often an increase is looked at even if nothing has happened. */
  @WithDefault("15s")
  Duration recheck();

  /**
   * How long after a ring's publication a node or consumer that has not proved it is told as a
   * problem (condition Degraded). It is waited for in any case.
   */
  @WithDefault("5m")
  Duration consumerStaleAfter();

  /**
   * For how long an answer of recon holds. Consumers that have the ring are asked every 20 s, so
   * that this allows for two answers that are missed.
   */
  @WithDefault("60s")
  Duration consumerProofAge();

  /**
   * Of rings that agents install (type HostPath): the size in bytes above which a ring or builder
   * is kept in parts, and the size of these. At most 1 MiB, which is all that a ConfigMap holds.
   */
  @WithDefault("786432")
  int partLimit();

  /** A page for browsers that shows increases and nodes live. */
  StatusPage statusPage();

  /** Read-only; whoever reaches it may read it. */
  interface StatusPage {
    /** Whether there is one. */
    @WithDefault("false")
    boolean enabled();

    /**
     * Where it is served, separated by commas. The loopback address alone is reached by who may
     * forward a port of the pod ({@code kubectl port-forward}), and by nobody else.
     */
    @WithDefault("127.0.0.1")
    List<String> hosts();

    /** 0: any that is free; the log tells which. */
    @WithDefault("8082")
    int port();

    /** How many may look at once. */
    @WithDefault("32")
    int viewers();
  }

  /** How the log is written. */
  Log log();

  /** On the console; its form is what can be chosen. */
  interface Log {
    /** A line of JSON for each record. */
    @WithDefault("false")
    boolean json();
  }

  /** Which of several operators works. */
  LeaderElection leaderElection();

  /** Of several operators for the same namespaces, one works and the others wait. */
  interface LeaderElection {
    /** Off only where there is never more than one operator. */
    @WithDefault("true")
    boolean enabled();

    /** How long nobody else takes over after the leader was last heard of. */
    @WithDefault("12s")
    Duration leaseDuration();

    /** A leader that could not renew its Lease for so long ends itself; below the former. */
    @WithDefault("8s")
    Duration renewDeadline();

    /**
     * Time between two renewals, and two looks of those that wait (theirs up to 2.2 times that).
     */
    @WithDefault("2s")
    Duration retryPeriod();
  }
}
