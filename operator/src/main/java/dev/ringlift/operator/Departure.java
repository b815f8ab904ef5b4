package dev.ringlift.operator;

import dev.ringlift.operator.act.Deletions;
import dev.ringlift.operator.act.EventWriter;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/**
 * When a namespace is deleted, Kubernetes ends its pods first: an increase that waits for its
 * operator to let it go would keep the namespace for ever. So the operator, asked to end, looks
 * whether that is the reason.
 */
@Singleton
final class Departure {
  /** After the SDK has ended its work. */
  private static final int LATE = Integer.MAX_VALUE - 1;

  private static final Logger LOG = Logger.getLogger(Departure.class);

  private final KubernetesClient client;
  private final HomeNamespace home;

  @Inject
  Departure(KubernetesClient client, HomeNamespace home) {
    this.client = client;
    this.home = home;
  }

  void leave(@Observes @Priority(LATE) ShutdownEvent event) {
    try {
      new Deletions(client, new EventWriter(client)).letGoAllIfEnding(home.name());
    } catch (KubernetesClientException e) {
      LOG.infof("Whether the namespace %s ends is not known: %s", home.name(), e.getMessage());
    }
  }
}
