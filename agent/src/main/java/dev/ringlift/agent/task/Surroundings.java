package dev.ringlift.agent.task;

import dev.ringlift.agent.node.NodeDevices;
import dev.ringlift.agent.node.SeenRing;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What the node is at this moment, as far as a task depends on it.
 *
 * @param ring the ring of the task's policy, as this node sees it
 * @param ringDirectory where it is looked for
 * @param policy what is known of the task's policy
 * @param inReach whether the agent's lease holds
 * @param lease how long it lasts
 * @param devices as last found; empty before the first look
 * @param busy devices that another task works on, with that task's name
 */
record Surroundings(
    Optional<SeenRing> ring,
    String ringDirectory,
    PolicyKinds.Kind policy,
    boolean inReach,
    Duration lease,
    Optional<NodeDevices> devices,
    Map<String, String> busy) {
  Surroundings {
    busy = Map.copyOf(busy);
  }
}
