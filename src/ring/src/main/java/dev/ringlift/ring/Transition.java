package dev.ringlift.ring;

/** One change of a ring in the course of a partition power increase, as swift-ring-builder's. */
public enum Transition {
  /** The next power is announced: objects are linked to where they will be. */
  PREPARE("prepare_increase_partition_power"),
  /** The next power becomes the power: every partition is split in two. No way back. */
  INCREASE("increase_partition_power"),
  /** Instead of an increase: the links are to be removed again. */
  CANCEL("cancel_increase_partition_power"),
  /** The next power is removed: replication goes on. */
  FINISH("finish_increase_partition_power");

  private final String swiftCommand;

  Transition(String swiftCommand) {
    this.swiftCommand = swiftCommand;
  }

  /** What swift-ring-builder calls it: {@code swift-ring-builder object.builder <this>}. */
  public String swiftCommand() {
    return swiftCommand;
  }
}
