package dev.ringlift.api.v1alpha1;

import java.util.List;

/** Where an increase stands. A cycle passes from {@link #Preparing} to {@link #Finishing}. */
public enum Phase {
  /** Not begun: the object is new, or another increase of the same ring is under way. */
  Pending,
  /** What can be checked before the first change is being checked, or has been refused. */
  Preflight,
  /** A gate is open, and waits for its approval. */
  AwaitingApproval,
  /** The ring gets its next partition power, and every node has to prove that it has it. */
  Preparing,
  /** Every device links its objects into the partitions of the next power. */
  Relinking,
  /** The ring gets its new partition power, and every node has to prove that it has it. */
  Increasing,
  /** Every device removes its objects from the partitions of the old power. */
  CleaningUp,
  /** The next partition power leaves the ring, and every node has to prove that it has it. */
  Finishing,
  /** The ring has the target power and nothing is left of the way there. */
  Complete,
  /** The cycle under way is taken back, before the ring was increased. */
  Cancelling,
  /** The ring has the power at which the cycle that was cancelled began. */
  Cancelled,
  /** The target can't be reached, and nothing that is done to this object could change that. */
  Failed;

  /** The way of a cycle that nothing turns aside. */
  public static final List<Phase> WAY =
      List.of(Preflight, Preparing, Relinking, Increasing, CleaningUp, Finishing, Complete);

  /** The way of a cycle that is taken back. */
  public static final List<Phase> WAY_BACK =
      List.of(Preflight, Preparing, Relinking, Cancelling, Cancelled);

  /** Whether nothing will follow. */
  public boolean terminal() {
    return this == Complete || this == Cancelled || this == Failed;
  }
}
