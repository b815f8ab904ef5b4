package dev.ringlift.operator.plan;

import dev.ringlift.operator.plan.Decision.Adopt;
import dev.ringlift.operator.plan.Decision.Approve;
import dev.ringlift.operator.plan.Decision.Cancelled;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Publish;

/** What may not be said or done because of what a cache last heard. */
public final class LiveReads {
  private LiveReads() {}

  /**
   * Whether to look again at what is there now before this plan is carried out: it changes the
   * ring, or begins work; or it would say that from now on everybody has the ring. Later plans
   * count the settle time from then, so that a cache that is behind would have it begin too early.
   *
   * @param seen what the plan was made of
   */
  public static boolean areNeeded(Observation seen, Plan plan) {
    return switch (plan.decision()) {
      case Publish publish -> true;
      case Adopt adopt -> true;
      case Approve approve -> true;
      case Cancelled cancelled -> true;
      case ChangeTasks change -> true;
      default -> beginsToSettle(seen, plan.facts());
    };
  }

  private static boolean beginsToSettle(Observation seen, Plan.Facts facts) {
    return facts.barrier() != null
        && facts.barrier().passed()
        && facts.ring() != null
        && StatusAggregator.distributedSince(seen.increase().status(), facts.ring().md5()) == null;
  }
}
