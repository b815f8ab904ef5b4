package dev.ringlift.agent.cli;

/** How a command ends, in the numbers of swift-object-relinker. */
public enum ExitCode {
  /** Everything asked for is done. */
  DONE(0),
  /** There were errors, or the run was stopped. */
  ERRORS(1),
  /** No policy's ring fits the step: nothing was done; or the command line is wrong. */
  NOTHING_TO_DO(2);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }
}
