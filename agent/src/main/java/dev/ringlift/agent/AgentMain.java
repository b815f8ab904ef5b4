package dev.ringlift.agent;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import jakarta.inject.Inject;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** The agent as a process: checks its configuration, runs until it is told to stop. */
@QuarkusMain
public final class AgentMain implements QuarkusApplication {
  /** The configuration can't be used; the reason is on standard error. */
  public static final int UNUSABLE_CONFIGURATION = 2;

  private static final Logger LOG = Logger.getLogger(AgentMain.class);

  private final AgentConfig config;
  private final KubernetesClient client;
  private final RunningAgent running;
  private final String version;

  @Inject
  AgentMain(
      AgentConfig config,
      KubernetesClient client,
      RunningAgent running,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    this.config = config;
    this.client = client;
    this.running = running;
    this.version = version;
  }

  @Override
  public int run(String... arguments) {
    AgentSettings settings;
    try {
      settings = AgentSettings.of(config, Optional.ofNullable(client.getNamespace()), version);
    } catch (AgentSettings.Unusable e) {
      LOG.error(e.getMessage());
      return UNUSABLE_CONFIGURATION;
    }
    running.set(new Agent(settings, client));
    Quarkus.waitForExit();
    return 0;
  }
}
