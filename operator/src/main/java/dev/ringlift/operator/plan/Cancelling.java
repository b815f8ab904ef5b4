package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.operator.plan.Decision.Cancelled;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.ring.Transition;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes an increase back, for as long as there is a way.
 *
 * <ol>
 *   <li>Nothing published yet: it ends at once. (A first Prepare that stands in the status but is
 *       not in the store, or only by its builder, is made whole and then taken back: ring and
 *       builder have to agree, and what another operator has sent must not arrive afterwards.)
 *   <li>Prepared: the relink tasks are paused, and the Cancel ring is published. That waits for no
 *       node: it undoes what the Prepare ring asks for, and needs no work that was done.
 *   <li>The Cancel ring everywhere, and settled: the links of the next power are removed on every
 *       device, and then the Finish ring published, as {@link Stage#TAKE_BACK} has it.
 *   <li>Between two cycles, once the last Finish ring is everywhere: it ends.
 * </ol>
 *
 * <p>Invariants: it ends at the power at which the cycle under way began. Once the intent to
 * increase stands in the status, a cancel is refused; the API server holds to that too. What was
 * cancelled once stays so: see the rules of the API.
 */
final class Cancelling {
  private Cancelling() {}

  /** Whether a prepared ring is to be taken back. */
  static boolean isDue(Scene scene) {
    return scene.spec().cancel() && !isPastPointOfNoReturn(scene.status());
  }

  /** What to say to a cancel that comes when there is no way back; empty if none does. */
  static String refusal(Scene scene) {
    return scene.spec().cancel() && isPastPointOfNoReturn(scene.status())
        ? " The cancel comes too late: the ring is increased, and this cycle has to end."
        : "";
  }

  private static boolean isPastPointOfNoReturn(@Nullable PartitionPowerIncreaseStatus status) {
    return status != null && Boolean.TRUE.equals(status.pastPointOfNoReturn());
  }

  /** What to say of a cancel while something is waited for that comes before it. */
  static String besides(Scene scene) {
    // Behind the last ring of a cycle there is a way again.
    return isPastPointOfNoReturn(scene.status()) && scene.ring().nextPartPower() != null
        ? refusal(scene)
        : " The increase is being cancelled, and goes on with that then.";
  }

  /** Ends what has changed nothing. */
  static Plan atOnce(Plan.Facts facts) {
    return new Plan(
        Phase.Cancelled,
        new Cancelled(Reason.Cancelled, "Cancelled before anything was changed."),
        facts);
  }

  /** Ends what stands between two cycles. */
  static Plan between(Scene scene) {
    return scene.plan(
        Phase.Cancelled,
        new Cancelled(
            Reason.Cancelled,
            ByHand.after(
                "Cancelled: the ring has partition power %d, and no next one, everywhere."
                    .formatted(scene.ring().partPower()),
                scene.facts().byHand())));
  }

  /** Takes a prepared ring back. */
  static Plan plan(Scene scene) {
    Optional<Plan> stopping = stopRelinking(scene);
    if (stopping.isPresent()) {
      return stopping.get();
    }
    if (scene.rest() != null && scene.rest().holdsEnds()) {
      return scene.plan(
          scene.seen().increase().phase(),
          scene.rest().decision("Then it is cancelled.", scene.settings().recheck()));
    }
    return RingTransition.publish(scene, Phase.Cancelling, Transition.CANCEL);
  }

  /** Present: the tasks that have to be stopped before the ring is. */
  private static Optional<Plan> stopRelinking(Scene scene) {
    List<TaskChange> pauses =
        RingGuard.pauses(scene.seen().tasks()).stream()
            .filter(change -> change.spec().step() != Step.Cleanup)
            .toList();
    return pauses.isEmpty()
        ? Optional.empty()
        : Optional.of(
            scene.plan(
                Phase.Cancelling,
                new ChangeTasks(
                    Reason.Cancelling,
                    "Stops relinking, so that it can be taken back.",
                    pauses,
                    scene.settings().recheck())));
  }
}
