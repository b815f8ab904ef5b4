package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
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
   * ring, or begins work; or it would say that from now on everybody has the ring, or that a node
   * is lost where none was. Later plans count the settle time from the former, so that a cache that
   * is behind would have it begin too early; and the latter is what a cache of Leases says of all
   * nodes when it hears of no renewal any more.
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
      default -> beginsToSettle(seen, plan.facts()) || losesTheFirstNode(seen, plan.facts());
    };
  }

  private static boolean beginsToSettle(Observation seen, Plan.Facts facts) {
    return facts.barrier() != null
        && facts.barrier().passed()
        && facts.ring() != null
        && StatusAggregator.distributedSince(seen.increase().status(), facts.ring().md5()) == null;
  }

  private static boolean losesTheFirstNode(Observation seen, Plan.Facts facts) {
    PartitionPowerIncreaseStatus old = seen.increase().status();
    return facts.barrier() != null
        && !facts.barrier().lost().isEmpty()
        && (old == null
            || old.problems() == null
            || old.problems().stream().noneMatch(Barrier::isLost));
  }
}
