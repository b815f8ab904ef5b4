package dev.ringlift.agent.task;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.relinker.Step;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a run works for. A run that is under way fits its task for as long as this stays the same;
 * the other parts of the spec may change beside it.
 *
 * @param increaseUid UID of the increase
 * @param ringVersion of the ring, 0 if it has none
 * @param round what was done in another does not count
 * @param excluded devices that are left alone
 * @param verify how much is only looked at; null where something is to be done
 */
record Work(
    String increaseUid,
    int cycle,
    Step step,
    int policyIndex,
    int partPower,
    int nextPartPower,
    String ringMd5,
    long ringVersion,
    int round,
    int attempt,
    Set<String> excluded,
    @Nullable Verify verify) {
  Work {
    excluded = Set.copyOf(excluded);
  }

  static Work of(RelinkTaskSpec spec) {
    return new Work(
        spec.increaseUid(),
        spec.cycle(),
        switch (spec.step()) {
          case Relink, Verify -> Step.RELINK;
          case Cleanup -> Step.CLEANUP;
        },
        spec.policyIndex(),
        spec.partPower(),
        spec.nextPartPower(),
        spec.ringMd5(),
        spec.ringVersion(),
        spec.round(),
        spec.attempt(),
        Set.copyOf(spec.excluded()),
        spec.step() == RelinkTaskSpec.Step.Verify ? spec.verify() : null);
  }

  /** Whether it looks only. */
  boolean verifies() {
    return verify != null;
  }

  /** What is done, in a word for people. */
  String name() {
    return verifies() ? "verify" : step.swiftName();
  }
}
