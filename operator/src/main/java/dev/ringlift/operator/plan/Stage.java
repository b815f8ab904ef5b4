package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.ring.Transition;
import org.jspecify.annotations.Nullable;

/** What is done while a ring has a next partition power. */
enum Stage {
  /** Links at the next power; then, verified as the user wants it, the ring is increased. */
  RELINK(
      Step.Relink,
      Gate.Relink,
      Transition.INCREASE,
      Gate.Increase,
      Phase.Preparing,
      Phase.Relinking,
      Phase.Increasing,
      Reason.Relinking),
  /** Looks whether every object has its links; then the ring is increased. */
  VERIFY(
      Step.Verify,
      null,
      Transition.INCREASE,
      Gate.Increase,
      Phase.Relinking,
      Phase.Relinking,
      Phase.Increasing,
      Reason.Verifying),
  /** Removes what is left at the old power; then the next power leaves the ring. */
  CLEAN_UP(
      Step.Cleanup,
      Gate.Cleanup,
      Transition.FINISH,
      null,
      Phase.Increasing,
      Phase.CleaningUp,
      Phase.Finishing,
      Reason.CleaningUp),
  /** Removes the links that relinking made; then the next power leaves the ring. Asks nobody. */
  TAKE_BACK(
      Step.Cleanup,
      null,
      Transition.FINISH,
      null,
      Phase.Cancelling,
      Phase.Cancelling,
      Phase.Cancelling,
      Reason.Cancelling);

  private final Step step;
  private final @Nullable Gate gate;
  private final Transition next;
  private final @Nullable Gate gateOfNext;
  private final Phase spreading;
  private final Phase working;
  private final Phase publishing;
  private final Reason reason;

  Stage(
      Step step,
      @Nullable Gate gate,
      Transition next,
      @Nullable Gate gateOfNext,
      Phase spreading,
      Phase working,
      Phase publishing,
      Reason reason) {
    this.step = step;
    this.gate = gate;
    this.next = next;
    this.gateOfNext = gateOfNext;
    this.spreading = spreading;
    this.working = working;
    this.publishing = publishing;
    this.reason = reason;
  }

  Step step() {
    return step;
  }

  /** Before the step's work; null if it asks nobody. */
  @Nullable Gate gate() {
    return gate;
  }

  /** The transition behind the step. */
  Transition next() {
    return next;
  }

  /** Before that transition; null if it asks nobody. */
  @Nullable Gate gateOfNext() {
    return gateOfNext;
  }

  /** While the ring is brought to all, before the work. */
  Phase spreading() {
    return spreading;
  }

  Phase working() {
    return working;
  }

  /** Once the transition behind the step is being published. */
  Phase publishing() {
    return publishing;
  }

  Reason reason() {
    return reason;
  }
}
