package dev.ringlift.e2e.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How the programs of a cluster are started.
 *
 * @param javaOptions for operator and agents
 * @param operatorEnvironment {@code RINGLIFT_…} settings of the operator
 * @param agentEnvironment {@code RINGLIFT_AGENT_…} settings of each agent
 * @param ringSpread how much later than the first node the last one gets a new ring
 */
public record ProcessSettings(
    List<String> javaOptions,
    Map<String, String> operatorEnvironment,
    Map<String, String> agentEnvironment,
    Duration ringSpread) {
  public ProcessSettings {
    javaOptions = List.copyOf(javaOptions);
    operatorEnvironment = Map.copyOf(operatorEnvironment);
    agentEnvironment = Map.copyOf(agentEnvironment);
  }

  /** Small and quick to start, with every waiting time as short as it can be. */
  public static ProcessSettings quick() {
    return new ProcessSettings(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx192m",
            // netty's, not ours
            "--sun-misc-unsafe-memory-access=allow"),
        Map.of(
            "RINGLIFT_SETTLE", "1s",
            "RINGLIFT_SETTLE_AFTER_PREPARE", "1s",
            "RINGLIFT_RETRY_BACKOFF", "2s",
            "RINGLIFT_LEASE_GRACE", "2s",
            "RINGLIFT_RECHECK", "1s",
            // one that is killed and started again need not wait for its own Lease to run out
            "RINGLIFT_LEADER_ELECTION_ENABLED", "false"),
        Map.of(
            "RINGLIFT_AGENT_LEASE_DURATION", "8s",
            "RINGLIFT_AGENT_RENEW_INTERVAL", "2s",
            "RINGLIFT_AGENT_STATUS_INTERVAL", "1s",
            "RINGLIFT_AGENT_INVENTORY_INTERVAL", "5s",
            "RINGLIFT_AGENT_RING_INTERVAL", "500ms"),
        Duration.ofSeconds(1));
  }

  /** The same where agents install the rings, of which what is above a limit is kept in parts. */
  public ProcessSettings withHostPath(int partLimit) {
    return new ProcessSettings(
        javaOptions,
        with(operatorEnvironment, "RINGLIFT_PART_LIMIT", Integer.toString(partLimit)),
        with(agentEnvironment, "RINGLIFT_AGENT_RING_CONFIG_MAPS", SwiftCluster.RINGS),
        ringSpread);
  }

  /** The same where operators serve the status page, at a port that is free. */
  public ProcessSettings withStatusPage() {
    return withOperator("RINGLIFT_STATUS_PAGE_ENABLED", "true")
        .withOperator("RINGLIFT_STATUS_PAGE_PORT", "0");
  }

  /** The same with another setting of the operator. */
  public ProcessSettings withOperator(String variable, String value) {
    return new ProcessSettings(
        javaOptions, with(operatorEnvironment, variable, value), agentEnvironment, ringSpread);
  }

  /** The same with another setting of the agents. */
  public ProcessSettings withAgent(String variable, String value) {
    return new ProcessSettings(
        javaOptions, operatorEnvironment, with(agentEnvironment, variable, value), ringSpread);
  }

  private static Map<String, String> with(
      Map<String, String> environment, String variable, String value) {
    Map<String, String> changed = new HashMap<>(environment);
    changed.put(variable, value);
    return changed;
  }
}
