package dev.ringlift.operator.plan;

/**
 * The reasons of Events about an increase; besides these, the {@link Reason} of a new problem or
 * stall is the reason of its Event.
 */
public enum EventReason {
  /** The increase has come to another phase. */
  PhaseChanged,
  /** A check before the first change does not hold. */
  PreflightFailed,
  /** A ring was written to the store. */
  RingPublished,
  /** Somebody has to bring the published ring to those who load it. */
  RingToDeploy,
  /** A builder that is kept elsewhere has to follow the published ring. */
  BuilderToFollow,
  /** Old backups in swift-operator's tar had to give way to a larger ring. */
  BackupsDropped,
  /** Every node has the ring that was last published. */
  RingConverged,
  /** Another hand's ring was accepted by the user, and the step begins anew under it. */
  RingAccepted,
  /** The published ring is back in the store. */
  RingRestored,
  /** The annotation that accepts another hand's ring has no effect; it was removed. */
  AcceptRefused,
  /** Somebody has deleted the increase in the middle; it stays until it has ended. */
  DeletionRefused,
  /** The increase was deleted in the middle; what it leaves behind has to be ended by hand. */
  DeletionForced,
  /** The ring that an increase of other means had left was taken over. */
  RingAdopted,
  /** A gate is open, and waits for its approval. */
  ApprovalRequired,
  /** A gate was let pass. */
  Approved,
  /** The annotation that lets a gate pass has no effect; it was removed. */
  ApprovalRefused,
  /** The annotation that asks for another try has no effect; it was removed. */
  RetryRefused,
  /** No work is to be done now. */
  Paused,
  /** Work goes on. */
  Resumed,
  /** More nodes than before are done with the step. */
  NodeCompleted,
  /** The ring with the new power is about to be published: there is no way back. */
  PointOfNoReturn,
  /** What was wrong is right again. */
  Recovered,
  /** The target is reached. */
  Completed,
  /** The increase was taken back. */
  Cancelled,
  /** The target can't be reached. */
  Failed
}
