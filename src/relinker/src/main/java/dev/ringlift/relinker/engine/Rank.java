package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.Scheduling;
import dev.ringlift.relinker.posix.ThreadPriority;

/**
 * Ranks one worker thread as the live settings want it. What the kernel refuses is told once, and
 * keeps nothing from being done.
 */
final class Rank {
  private final Governor governor;
  private final Meter meter;
  private Scheduling now = Scheduling.NORMAL;

  Rank(Governor governor, Meter meter) {
    this.governor = governor;
    this.meter = meter;
  }

  /** To be called by the thread itself, now and then. */
  void obey() {
    Scheduling wanted = governor.scheduling();
    if (wanted.equals(now)) {
      return;
    }
    if (wanted.nice() != now.nice()) {
      tell(ThreadPriority.nice(wanted.nice()), "The nice priority could not be set");
    }
    if (wanted.ioClass() != now.ioClass() || wanted.ioLevel() != now.ioLevel()) {
      int level = wanted.ioClass() == Scheduling.IoClass.BEST_EFFORT ? wanted.ioLevel() : 0;
      tell(
          ThreadPriority.io(wanted.ioClass().number(), level), "The I/O priority could not be set");
    }
    now = wanted;
  }

  private void tell(int answer, String message) {
    if (answer < 0) {
      meter.note("", -answer, message);
    }
  }
}
