package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck.Result;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.plan.Decision.Adopt;
import dev.ringlift.ring.Ring;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Takes over an increase that somebody began by other means. From a prepared ring on, all is
 * relinked from scratch, for nobody knows what was. From an increased or cancelled one, all is
 * cleaned up: that links what lacks a link before it removes anything.
 */
final class Adoption {
  static final String ADOPTED = "Adopted";

  /** The checks of what an increase takes from its beginning on. */
  private static final Set<String> OF_RELINKING =
      Set.of(Check.FreeInodes.name(), Check.TimeBudget.name(), Check.StoreSize.name());

  private Adoption() {}

  static boolean isNeeded(Ring ring) {
    return ring.nextPartPower() != null;
  }

  /** Why it can't be taken over, as a sentence; empty if it can. */
  static Optional<String> refusal(Ring ring, int target) {
    Integer next = ring.nextPartPower();
    if (next == null || next <= target) {
      return Optional.empty();
    }
    return Optional.of(
        "The ring (partition power %d, next %d) is being raised beyond the target %d by other means. Cancel that first, or make an increase to %d."
            .formatted(ring.partPower(), next, target, next));
  }

  static String description(Ring ring) {
    return ring.nextPartPower() == null
        ? "The ring has no next partition power."
        : "The ring (partition power %d, next %d) is in the middle of an increase that was begun by other means: it is taken over from there, with everything to be done anew."
            .formatted(ring.partPower(), ring.nextPartPower());
  }

  /**
   * The checks as they count before a ring is taken over. Where only cleanup is left of the cycle,
   * nothing may keep it that asks whether relinking could begin: it needs no second tree of
   * directories, it removes one, and to put it off makes nothing better.
   */
  static List<PreflightCheck> relieve(Ring ring, List<PreflightCheck> checks) {
    if (ring.nextPartPower() == null || ring.nextPartPower() != ring.partPower()) {
      return checks;
    }
    return checks.stream()
        .map(
            check ->
                check.result() == Result.Failed && OF_RELINKING.contains(check.check())
                    ? new PreflightCheck(
                        check.check(),
                        Result.Warning,
                        check.message()
                            + " That holds nothing up now: of the increase that is taken over, only cleanup is left.")
                    : check)
        .toList();
  }

  static Plan adopt(Scene scene) {
    Ring ring = scene.ring();
    boolean prepared = !Objects.equals(ring.nextPartPower(), ring.partPower());
    // Tasks of this very increase, and no status that knows of them: it was lost.
    int round =
        scene.seen().tasks().stream()
            .mapToInt(task -> Rounds.ofPublication(task.spec().round()) + 1)
            .max()
            .orElse(0);
    Publication intent =
        new Publication(
            ADOPTED,
            Objects.requireNonNull(scene.cycle(), "such a ring is in a cycle").number(),
            scene.pair().ringMd5(),
            ring.version(),
            scene.pair().ringMd5(),
            Times.format(scene.now()),
            ring.partPower(),
            ring.nextPartPower(),
            RingDevices.of(ring).size(),
            scene.pair().builder() == null ? null : scene.pair().builder().id(),
            round,
            null);
    AdoptedStart start = AdoptedStart.of(scene.pair(), scene.seen().nodes(), scene.now());
    String message =
        "Takes over the increase that was begun by other means: md5 %s, partition power %s. %s"
            .formatted(
                scene.pair().ringMd5(),
                RingChange.powers(ring.partPower(), ring.nextPartPower()),
                start.describe());
    return scene.plan(
        prepared ? Phase.Preparing : Phase.Increasing,
        new Adopt(Reason.RingAdopted, message, intent, scene.pair().revision(), start.at()));
  }
}
