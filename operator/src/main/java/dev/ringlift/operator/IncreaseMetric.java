package dev.ringlift.operator;

import java.util.Locale;

/**
 * What is measured of each increase that is under way or has failed, as gauges with the tags {@code
 * namespace} and {@code increase}. {@link #metric()} is Micrometer's name; Prometheus has
 * underscores for its points. docs/metrics.md tells them to users.
 */
enum IncreaseMetric {
  /** Tag {@code phase}: 1 for the phase that it is in, 0 for each other. */
  INCREASE_PHASE,
  /** 1 while somebody has to mend something: condition {@code Stalled}. */
  INCREASE_STALLED,
  /** Number of the doubling under way, from 1. */
  INCREASE_CYCLE,
  /** How many doublings it has. */
  INCREASE_CYCLES,
  /** The ring's partition power. */
  INCREASE_PART_POWER,
  /** Of the current step, 0 to 1. */
  INCREASE_PROGRESS_RATIO,
  /** Partitions done in the current step, over all devices. */
  INCREASE_PARTITIONS_DONE,
  /** Partitions of the current step, over all devices. */
  INCREASE_PARTITIONS,
  /** Files looked at in the current step. */
  INCREASE_FILES,
  /** Hard links made in the current step. */
  INCREASE_LINKED,
  /** Files removed in the current step. */
  INCREASE_REMOVED,
  /** Tag {@code kind}: errors of the current step. */
  INCREASE_ERRORS,
  /** Files handled per second at present, over all nodes. */
  INCREASE_FILES_PER_SECOND,
  /** Until the current step is estimated to end; NaN where that is not known. */
  INCREASE_ETA_SECONDS,
  /** Tag {@code state}: nodes that wait, run, are done, have failed in the current step. */
  INCREASE_NODES,
  /** Of those who load the ring, how many have not proved to have the one in the store. */
  INCREASE_STALE_CONSUMERS,
  /** Tag {@code reason}: problems of nodes and devices, of the first 20. */
  INCREASE_PROBLEMS,
  /** For how long the ring has had a next partition power, and Swift repairs no replicas. */
  INCREASE_REPLICATION_SUSPENDED_SECONDS,
  /**
   * Until cleanup has to have ended; NaN while nothing asks for it, negative when it is too late.
   */
  INCREASE_CLEANUP_DEADLINE_SECONDS;

  /** Micrometer's name. */
  String metric() {
    return "ringlift." + name().toLowerCase(Locale.ROOT).replace('_', '.');
  }

  /** As Prometheus shows it. */
  String prometheusName() {
    return metric().replace('.', '_');
  }
}
