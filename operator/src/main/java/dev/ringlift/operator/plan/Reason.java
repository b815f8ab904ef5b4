package dev.ringlift.operator.plan;

/** Every reason that a condition or a problem can give; {@link #name()} is what the user sees. */
public enum Reason {
  /** Nothing is the matter. */
  AsExpected,
  /** The increase has not come so far. */
  NotYet,
  /** The increase is under way. */
  InProgress,
  /** The ring has the target power and nothing is left of the way there. */
  TargetReached,
  /** An older increase of the same ring is under way. */
  WaitingForOtherIncrease,
  /** A check before the next change of the ring does not hold. */
  PreflightFailed,
  /** All checks before the next change of the ring hold. */
  PreflightPassed,
  /** The ring is beyond the target already: this object can never succeed. */
  TargetBelowRing,
  /** The ring or its builder can't be found or read in the middle of the increase. */
  RingUnusable,
  /** Another hand changed the ring during the increase. */
  RingChangedExternally,
  /** Another hand's ring was accepted by the user. */
  RingAccepted,
  /** The published ring was put back after one with other powers. */
  RingRestored,
  /** A Job of swift-operator is at work on the ring. */
  RebalanceJobActive,
  /** The builder no longer belongs to the ring. */
  RingAndBuilderDiffer,
  /** The ring library refused a transition. */
  TransitionRefused,
  /** The ring that an increase of other means had left was taken over. */
  RingAdopted,
  /** A ring is about to be written. */
  PublishingRing,
  /** The API server refuses a ring, or its backup. */
  RingRefused,
  /** Not every node has proved that it has the ring. */
  RingNotDistributed,
  /** Every node has the ring. */
  RingDistributed,
  /** Every node has the ring; running processes and transfers get time to follow. */
  Settling,
  /** Between two cycles, replication has its turn. */
  AwaitingReplication,
  /** Objects are being linked into the partitions of the next power. */
  Relinking,
  /** What was relinked is being looked at, before the point of no return. */
  Verifying,
  /** Objects are being removed from the partitions of the old power. */
  CleaningUp,
  /** A gate is open, and waits for its approval. */
  ApprovalRequired,
  /** A gate was let pass. */
  Approved,
  /** The user does not want any work now. */
  Paused,
  /** No window is open. */
  OutsideWindow,
  /** A window can't be understood. */
  WindowsInvalid,
  /** The cycle under way is taken back. */
  Cancelling,
  /** The increase was taken back. */
  Cancelled,
  /** All was looked at, and nothing changed. */
  DryRun,
  /** The time in which cleanup has to end is running out. */
  DeadlineAtRisk,
  /** Nobody has repaired replicas for nearly as long as tombstones are kept. */
  ReplicationSuspended,
  /** A node does not answer, or is not there. */
  NodeLost,
  /** A node is held back by a label. */
  NodeSkipped,
  /** A node with devices that have to be done is not selected. */
  NodeNotSelected,
  /** A node holds another ring than the store. */
  NodeRingOutdated,
  /** No proxy can be asked, and that was not acknowledged. */
  NoProxyProof,
  /** There is no such consumer. */
  ConsumerMissing,
  /** A consumer that had to prove an earlier ring is asked no more. */
  ConsumerDropped,
  /** Somebody mounts the ring and is no consumer. */
  ConsumerUncovered,
  /** A consumer does not answer, or nothing that could be trusted. */
  ConsumerSilent,
  /** A consumer has another ring than the store. */
  ConsumerRingOutdated,
  /** A consumer's pods are being started anew. */
  ConsumerRestarting,
  /** A consumer proves nothing: it is only given time. */
  ConsumerUnproven,
  /** A device of the ring belongs to no node. */
  DeviceUnmatched,
  /** A device of the ring belongs to more than one node. */
  DeviceAmbiguous,
  /** A device of the ring is not on its node. */
  DeviceMissing,
  /** A device of the ring is not mounted. */
  DeviceUnmounted,
  /** A device can't be looked at. */
  DeviceUnreadable,
  /** A device holds what an earlier increase left behind. */
  StaleDevice,
  /** Devices can't be left out: a partition would have no replica left. */
  ExclusionRefused,
  /** Cleanup would not end in time after the ring was increased. */
  CleanupTooLong,
  /** A device ended a step with errors. */
  DeviceFailed,
  /** A node ended a step without success, and not because of a device. */
  TaskFailed,
  /** Objects lack their links after relink, or a device could not be looked at. */
  VerifyFailed,
  /** A node failed as often as it may. */
  RetriesExhausted,
  /** The API server refuses a task. */
  TaskRejected
}
