package dev.ringlift.agent;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The agent's configuration: each key {@code ringlift.agent.some-key} may be given as a property or
 * as the environment variable {@code RINGLIFT_AGENT_SOME_KEY}. What they mean and their defaults
 * are told in application.properties.
 */
@ConfigMapping(prefix = "ringlift.agent")
interface AgentConfig {
  Optional<String> nodeName();

  Optional<String> namespace();

  @WithDefault("/srv/node")
  Path devicesRoot();

  @WithDefault("/etc/swift")
  Path ringDirectory();

  Optional<List<String>> ringConfigMaps();

  Optional<Path> swiftDirectory();

  @WithDefault("/var/cache/swift")
  Path reconCachePath();

  Optional<String> objectServer();

  @WithDefault("true")
  boolean mountCheck();

  @WithDefault("1")
  int replicationSlots();

  @WithDefault("300s")
  Duration leaseDuration();

  @WithDefault("120s")
  Duration renewInterval();

  @WithDefault("15s")
  Duration statusInterval();

  @WithDefault("30s")
  Duration inventoryInterval();

  @WithDefault("2s")
  Duration ringInterval();

  @WithDefault("8081")
  int httpPort();

  @WithDefault("false")
  boolean logJson();
}
