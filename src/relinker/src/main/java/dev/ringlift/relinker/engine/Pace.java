package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.LiveSettings;
import dev.ringlift.relinker.Scheduling;

/**
 * All settings that say how fast a run may be. What was measured at one pace says nothing of
 * another.
 */
record Pace(
    double filesPerSecond, int workersPerDevice, double ioPressureLimit, Scheduling scheduling) {
  /** That of this moment. */
  static Pace of(LiveSettings settings) {
    return new Pace(
        settings.filesPerSecond(),
        settings.workersPerDevice(),
        settings.ioPressureLimit(),
        settings.scheduling());
  }
}
