package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.operator.plan.Observation.Node;
import dev.ringlift.operator.plan.Observation.Task;
import java.time.Instant;

/**
 * When a task that failed is tried again. Invariants: no sooner than its back-off, but for a user's
 * asking; never more often than {@link Retries} allow.
 */
sealed interface NextTry {

  /** Its time has come. */
  record Now() implements NextTry {}

  /** Not before this time, by the node's clock. */
  record Later(Instant at) implements NextTry {}

  /**
   * It is given up.
   *
   * @param advice what to do about it
   */
  record Never(String advice) implements NextTry {}

  static NextTry of(
      Node node,
      Task task,
      RelinkTaskStatus status,
      Retries retries,
      Settings settings,
      Instant now) {
    if (retries.isAskedFor(node.name())) {
      return new Now();
    }
    if (retries.isExhausted(task.spec())) {
      return new Never(retries.advice(task.spec()));
    }
    Instant at =
        Times.parse(status.completionTime(), Instant.EPOCH)
            .plus(settings.backoffAfter(retries.used(task.spec()) + 1));
    return timeAt(node, now).isBefore(at) ? new Later(at) : new Now();
  }

  /**
   * The time that a node's own times are held against: by its clock. Else the retries of a node
   * that is ahead would wait for as long as it is, and those of one that is behind not at all.
   */
  private static Instant timeAt(Node node, Instant now) {
    return node.heartbeat() == null ? now : now.plus(node.heartbeat().skewAt(now));
  }
}
