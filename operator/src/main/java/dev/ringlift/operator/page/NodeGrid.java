package dev.ringlift.operator.page;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of one increase, each with what it does in the present step. In JSON whatever is null,
 * empty, zero or false is left out, and the names of a device's fields are short, since there can
 * be tens of thousands of them.
 *
 * @param increase its UID
 * @param step Relink, Verify or Cleanup; null before the first
 * @param aggregated whether devices are left out, but for those of nodes in trouble
 * @param nodes by name
 * @param omitted how many nodes are left out, all of them without trouble if that can be
 */
record NodeGrid(
    String increase, @Nullable String step, boolean aggregated, List<Node> nodes, int omitted) {

  /**
   * A node.
   *
   * @param staleRing whether it has not proved to have the ring that is in the store
   * @param done partitions of the step, over all devices
   * @param total partitions of the step, over all devices; 0 while that is not known
   * @param trouble what is wrong with it, the worst first; null if nothing is
   * @param deviceCount also where the devices are left out
   */
  record Node(
      String name,
      State state,
      boolean staleRing,
      long done,
      long total,
      long filesPerSecond,
      long errors,
      @Nullable String trouble,
      int deviceCount,
      List<Device> devices) {}

  /**
   * A device.
   *
   * @param done partitions
   * @param total partitions; 0 while that is not known
   */
  record Device(
      @JsonProperty("n") String name,
      @JsonProperty("s") State state,
      @JsonProperty("d") long done,
      @JsonProperty("t") long total,
      @JsonProperty("e") long errors,
      @JsonProperty("m") @Nullable String trouble) {}

  /** What a node or device is about. */
  enum State {
    /** There is nothing to do for it. */
    Idle,
    /** Its turn has not come. */
    Waiting,
    /** It works. */
    Running,
    /** It holds still because it was asked to. */
    Paused,
    /** The step is done there. */
    Done,
    /** It could not do the step. */
    Failed,
    /** The node's agent has not been heard of, or the device is not there. */
    Lost
  }
}
