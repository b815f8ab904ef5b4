package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.operator.plan.Observation.Increase;

/**
 * How often what failed on a node is tried again: as often as {@code spec.relinker.retries} has it
 * for each step of a cycle, and then once more whenever a user asks for it. What another hand's
 * ring makes to be done anew is no retry. Another try of Verify is to relink the node first.
 */
final class Retries {
  static final String ALL = "all";

  private final Increase increase;

  Retries(Increase increase) {
    this.increase = increase;
  }

  /** Whether the user has asked for this node to be tried now. */
  boolean isAskedFor(String node) {
    String asked = increase.retry();
    return asked != null && (asked.equals(ALL) || asked.equals(node));
  }

  boolean isExhausted(RelinkTaskSpec spec) {
    return used(spec) >= increase.spec().relinker().retries();
  }

  /** How often a task was tried again. */
  int used(RelinkTaskSpec spec) {
    int repeats = Rounds.repeats(spec.round());
    if (spec.step() == Step.Verify) {
      return repeats;
    }
    return Math.max(0, spec.attempt() - 1 - repeats - Rounds.ofPublication(spec.round()));
  }

  /** What to do about a task that is not tried again. */
  String advice(RelinkTaskSpec spec) {
    boolean verify = spec.step() == Step.Verify;
    return "Node %s %s: it is not tried again. Mend what the messages name, then have it %s: kubectl annotate ppi %s %s=%s, or raise spec.relinker.retries."
        .formatted(
            spec.nodeName(),
            verify
                ? "has failed verification, after it was relinked anew %d times"
                    .formatted(used(spec))
                : "has failed, after %d retries".formatted(used(spec)),
            verify ? "relinked and verified once more" : "tried once more",
            increase.name(),
            ApiConstants.ANNOTATION_RETRY,
            spec.nodeName());
  }
}
