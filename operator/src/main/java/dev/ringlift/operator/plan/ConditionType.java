package dev.ringlift.operator.plan;

/** The conditions of an increase, in the order in which they are shown. */
public enum ConditionType {
  /** As kstatus has it: True once nothing is left to do. */
  Ready,
  /** True while the operator works on it, or waits for what comes by itself. */
  Reconciling,
  /** True when a user has to mend something. */
  Stalled,
  /** Whether the checks before the first change held. */
  PreflightPassed,
  /** Whether every node has proved to have the ring in the store. */
  RingDistributed,
  /** True while a gate is open that nobody has let pass yet. */
  AwaitingApproval,
  /** True while the user does not want any work: paused, or outside of a window. */
  Paused,
  /** True when something is wrong somewhere, even if work goes on elsewhere. */
  Degraded,
  /** True once the ring has the target power everywhere. */
  Complete
}
