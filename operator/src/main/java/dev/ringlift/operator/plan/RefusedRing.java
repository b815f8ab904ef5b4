package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.ring.Transition;
import java.time.Duration;
import java.time.Instant;

/**
 * What becomes of a plan when the API server refuses a ring, or the backup before it: all stays as
 * it is, the user is told what refuses, and it is tried again.
 */
public final class RefusedRing {
  private RefusedRing() {}

  /**
   * In the place of a plan to publish a ring.
   *
   * @param increase as it now is: with the intent in its status, or still without
   * @param refusal the API server's words
   * @param after try again after this time
   */
  public static Plan of(
      Plan plan, Publish publish, Observation.Increase increase, String refusal, Duration after) {
    Publication intent = publish.intent();
    String message =
        "The API server refuses the %s ring of cycle %d, or its backup: %s The ring in the store is still the former one; this is tried again every %s. See that it is let pass%s."
            .formatted(
                intent.transition(),
                intent.cycle(),
                Sentences.end(Sentences.foreign(refusal)),
                Times.inWords(after),
                wayOut(publish.transition(), increase));
    Phase phase =
        publish.transition() == Transition.INCREASE && hasNoWayBack(increase)
            ? Phase.Increasing
            : phase(increase);
    return new Plan(phase, new Stall(Reason.RingRefused, message, after), plan.facts());
  }

  /**
   * In the place of any plan on a ring of which there has to be a backup first. Nothing is said of
   * that ring, so that it is the first look at it again next time.
   */
  public static Plan ofBackup(Observation seen, String refusal, Duration after, Instant now) {
    Observation.Increase increase = seen.increase();
    return new Plan(
        phase(increase),
        new Stall(
            Reason.RingRefused,
            "The API server refuses a backup of the ring that was published: %s Nothing goes on without it; this is tried again every %s. See that ConfigMaps %s-backup-… may be made."
                .formatted(
                    Sentences.end(Sentences.foreign(refusal)),
                    Times.inWords(after),
                    increase.name()),
            after),
        Unlooked.facts(seen, now));
  }

  private static Phase phase(Observation.Increase increase) {
    return increase.phase() == Phase.Pending ? Phase.Preflight : increase.phase();
  }

  private static boolean hasNoWayBack(Observation.Increase increase) {
    return increase.status() != null
        && Boolean.TRUE.equals(increase.status().pastPointOfNoReturn());
  }

  private static String wayOut(Transition transition, Observation.Increase increase) {
    return switch (transition) {
      case PREPARE -> ", or set spec.cancel";
      case INCREASE ->
          hasNoWayBack(increase)
              ? ": the intent to increase stands in the status, so it can't be cancelled any more"
              : ", or set spec.cancel to take the cycle back";
      case FINISH, CANCEL -> "";
    };
  }
}
