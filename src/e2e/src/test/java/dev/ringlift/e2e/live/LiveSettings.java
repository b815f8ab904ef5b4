package dev.ringlift.e2e.live;

import dev.ringlift.e2e.cluster.ProcessSettings;
import java.time.Duration;

/**
 * What differs from story to story.
 *
 * @param partPower of all object rings in the beginning
 * @param objects that are there in the beginning, kept by replication
 * @param codedObjects that are kept by erasure coding; none: there is no such policy
 * @param ringReload how often Swift's servers look for new rings
 * @param settle how long the operator waits after all have proved a ring; above the former
 * @param proxySpread how much later than the first the second proxy gets each ring
 * @param repair whether replicators (and reconstructors) run
 * @param filesPerSecond how fast each node relinks and cleans up
 * @param patience how long anything of it may take
 */
record LiveSettings(
    int partPower,
    int objects,
    int codedObjects,
    Duration ringReload,
    Duration settle,
    Duration proxySpread,
    boolean repair,
    int filesPerSecond,
    Duration patience) {
  /** By a constant of its source ({@code swift.common.ring.ring.DEFAULT_RELOAD_TIME}). */
  static final Duration SWIFTS_OWN_RELOAD = Duration.ofSeconds(15);

  /** All times short, but in the order that they have in a cluster. */
  static LiveSettings quick() {
    return new LiveSettings(
        6,
        600,
        0,
        Duration.ofSeconds(2),
        Duration.ofSeconds(4),
        Duration.ofSeconds(3),
        false,
        100,
        Duration.ofMinutes(3));
  }

  /** Longer times, both kinds of policy, and repair. */
  static LiveSettings thorough() {
    return new LiveSettings(
        6,
        300,
        60,
        Duration.ofSeconds(5),
        Duration.ofSeconds(8),
        Duration.ofSeconds(5),
        true,
        60,
        Duration.ofMinutes(15));
  }

  /**
   * Swift as it is: servers look for rings when they themselves would, and the operator settles for
   * as long as it does by default.
   */
  static LiveSettings asShipped() {
    return new LiveSettings(
        6,
        300,
        60,
        SWIFTS_OWN_RELOAD,
        Duration.ofSeconds(20),
        Duration.ofSeconds(5),
        true,
        60,
        Duration.ofMinutes(10));
  }

  int policies() {
    return codedObjects > 0 ? 2 : 1;
  }

  ProcessSettings processes() {
    String seconds = settle.toSeconds() + "s";
    return ProcessSettings.quick()
        .withOperator("RINGLIFT_SETTLE", seconds)
        .withOperator("RINGLIFT_SETTLE_AFTER_PREPARE", seconds);
  }
}
