package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck.Result;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.ring.Ring;
import java.util.List;

/**
 * The checks before a Prepare ring is published, or a ring is taken over. Each says what was found
 * and what to do. Invariant: all are made; no later one is left out because an earlier one failed.
 */
final class Preflight {
  private Preflight() {}

  static List<PreflightCheck> check(Scene scene) {
    CheckList checks = new CheckList();
    RingChecks.make(scene, checks);
    NodeChecks.make(scene, checks);
    ResourceChecks.make(scene, checks);
    ConsumerChecks.make(scene, checks);
    return Adoption.relieve(scene.ring(), checks.all());
  }

  /** When the store holds nothing to check: that alone. */
  static List<PreflightCheck> unusable(StoredRing.Unusable unusable) {
    CheckList checks = new CheckList();
    for (Check check : List.of(Check.RingStore, Check.RingReadable, Check.BuilderReadable)) {
      if (check == unusable.check()) {
        checks.add(check, Result.Failed, unusable.message());
        break;
      }
      checks.add(check, Result.Passed, "As it should be.");
    }
    return checks.all();
  }

  /** What a dry run ends with. */
  static Complete dryRun(Scene scene, List<PreflightCheck> checks) {
    List<String> failures = failures(checks);
    Ring ring = scene.ring();
    String would =
        failures.isEmpty()
            ? "All %d checks hold: it would raise the ring from partition power %d to %d, in %d cycle(s), over %d node(s)."
                .formatted(
                    checks.size(),
                    ring.partPower(),
                    scene.target(),
                    scene.cycle() == null ? 0 : scene.cycle().of(),
                    scene.devices().ringDevices().size())
            : "It would not begin before this is right: " + Sentences.first(failures);
    return new Complete(Reason.DryRun, "Dry run, nothing was changed. " + would);
  }

  /** The sentences of all checks that failed. */
  static List<String> failures(List<PreflightCheck> checks) {
    return checks.stream()
        .filter(check -> check.result() == Result.Failed)
        .map(PreflightCheck::message)
        .toList();
  }
}
