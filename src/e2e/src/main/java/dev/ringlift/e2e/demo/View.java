package dev.ringlift.e2e.demo;

import dev.ringlift.api.v1alpha1.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the demo shows of a moment.
 *
 * @param message of the increase
 * @param step the step whose tasks are shown, or empty
 * @param remaining of the step, if it is known
 * @param phases how long each phase has taken so far
 */
record View(
    Phase phase,
    String message,
    Ring ring,
    String step,
    Totals totals,
    @Nullable Duration remaining,
    List<Node> nodes,
    Map<Phase, Duration> phases,
    Duration elapsed) {

  /** The ring in the store, and how far it has spread. */
  record Ring(String powers, String md5, int nodesCurrent, int nodesTotal) {}

  /** Sums of the step. */
  record Totals(
      long partitionsDone,
      long partitionsTotal,
      long linked,
      long removed,
      long errors,
      long filesPerSecond) {}

  /** A node: the ring that it sees, and its devices. */
  record Node(String name, String ring, boolean current, String state, List<Device> devices) {
    long done() {
      return devices.stream().mapToLong(Device::done).sum();
    }

    long total() {
      return devices.stream().mapToLong(Device::total).sum();
    }
  }

  /** A device within the step. */
  record Device(String name, String state, long done, long total, long linked, long removed) {}
}
