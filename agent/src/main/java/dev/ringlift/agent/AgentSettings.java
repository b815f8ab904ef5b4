package dev.ringlift.agent;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The configuration, complete and found to be usable.
 *
 * @param node name of the node
 * @param namespace of everything that the agent reads and writes
 * @param ringConfigMaps ConfigMaps whose rings are to be installed in the ring directory
 * @param objectServer of the node, {@code http://HOST:PORT}, if it is to be asked for its rings
 * @param version of this agent
 */
record AgentSettings(
    String node,
    String namespace,
    Path devicesRoot,
    Path ringDirectory,
    List<String> ringConfigMaps,
    Path swiftDirectory,
    Path reconCachePath,
    Optional<URI> objectServer,
    boolean mountCheck,
    int replicationSlots,
    Duration leaseDuration,
    Duration renewInterval,
    Duration statusInterval,
    Duration inventoryInterval,
    Duration ringInterval,
    String version) {
  AgentSettings {
    ringConfigMaps = List.copyOf(ringConfigMaps);
  }

  private static final Pattern OBJECT_NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

  /** The configuration can't be used, for this reason: a sentence for who wrote it. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1;

    Unusable(String sentence) {
      super(sentence);
    }
  }

  /**
   * Checks the configuration.
   *
   * @param clientNamespace the namespace that the Kubernetes client works in by itself, if any
   */
  static AgentSettings of(AgentConfig config, Optional<String> clientNamespace, String version)
      throws Unusable {
    String node = config.nodeName().orElse("");
    require(
        !node.isEmpty(),
        "No node name is given: set NODE_NAME, or ringlift.agent.node-name, to the name of the"
            + " Kubernetes node.");
    require(
        OBJECT_NAME.matcher(node).matches(),
        "The node name '%s' (ringlift.agent.node-name) is none that Kubernetes allows."
            .formatted(node));
    String namespace =
        config.namespace().filter(name -> !name.isBlank()).or(() -> clientNamespace).orElse("");
    require(
        !namespace.isEmpty(),
        "No namespace is given: set POD_NAMESPACE, or ringlift.agent.namespace.");
    directory(config.devicesRoot(), "devices root", "devices-root");
    directory(config.ringDirectory(), "ring directory", "ring-directory");
    List<String> ringConfigMaps = config.ringConfigMaps().orElse(List.of());
    for (String name : ringConfigMaps) {
      require(
          OBJECT_NAME.matcher(name).matches(),
          "'%s' (ringlift.agent.ring-config-maps) is no name of a ConfigMap.".formatted(name));
    }
    require(
        ringConfigMaps.isEmpty() || Files.isWritable(config.ringDirectory()),
        "The ring directory %s may not be written by this user, and rings are to be installed there (ringlift.agent.ring-config-maps)."
            .formatted(config.ringDirectory()));
    positive(config.leaseDuration(), "lease-duration");
    positive(config.renewInterval(), "renew-interval");
    positive(config.statusInterval(), "status-interval");
    positive(config.inventoryInterval(), "inventory-interval");
    positive(config.ringInterval(), "ring-interval");
    require(
        config.leaseDuration().compareTo(config.renewInterval().multipliedBy(2)) >= 0,
        "ringlift.agent.lease-duration must be at least twice ringlift.agent.renew-interval.");
    require(
        config.leaseDuration().compareTo(Duration.ofSeconds(1)) >= 0,
        "ringlift.agent.lease-duration must be at least a second.");
    require(config.replicationSlots() >= 0, "ringlift.agent.replication-slots must be 0 or more.");
    return new AgentSettings(
        node,
        namespace,
        config.devicesRoot(),
        config.ringDirectory(),
        ringConfigMaps,
        config.swiftDirectory().orElse(config.ringDirectory()),
        config.reconCachePath(),
        objectServer(config.objectServer().orElse("")),
        config.mountCheck(),
        config.replicationSlots(),
        config.leaseDuration(),
        config.renewInterval(),
        config.statusInterval(),
        config.inventoryInterval(),
        config.ringInterval(),
        version);
  }

  private static Optional<URI> objectServer(String given) throws Unusable {
    if (given.isBlank()) {
      return Optional.empty();
    }
    try {
      URI uri = new URI(given);
      if (uri.getHost() != null
          && given.equals("http://%s:%d".formatted(uri.getHost(), uri.getPort()))) {
        return Optional.of(uri);
      }
    } catch (URISyntaxException e) {
      // the same to its user
    }
    throw new Unusable(
        "The object server '%s' (ringlift.agent.object-server) is not of the form http://HOST:PORT."
            .formatted(given));
  }

  private static void directory(Path path, String what, String key) throws Unusable {
    String remedy = "(ringlift.agent.%s)".formatted(key);
    require(Files.exists(path), "The %s %s does not exist %s.".formatted(what, path, remedy));
    require(
        Files.isDirectory(path), "The %s %s is not a directory %s.".formatted(what, path, remedy));
    require(
        Files.isReadable(path) && Files.isExecutable(path),
        "The %s %s may not be read by this user %s.".formatted(what, path, remedy));
  }

  private static void positive(Duration duration, String key) throws Unusable {
    require(
        duration.isPositive(),
        "ringlift.agent.%s must be longer than %s.".formatted(key, duration));
  }

  private static void require(boolean holds, String sentence) throws Unusable {
    if (!holds) {
      throw new Unusable(sentence);
    }
  }
}
