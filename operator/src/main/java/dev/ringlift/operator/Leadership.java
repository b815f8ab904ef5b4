package dev.ringlift.operator;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Objects;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Of several operators for the same namespaces, one works: the holder of the Lease {@value
 * #LEASE_NAME}. The others keep their caches warm and wait.
 *
 * <ol>
 *   <li>The holder renews the Lease. When it dies, another takes it once it has run out.
 *   <li>A holder that could not renew it in time, or finds another's name in it, ends its process
 *       on the spot: nothing of it goes on beside the next one. What a request that is still under
 *       way could do is held against the resourceVersion that it was decided on, as any write.
 *   <li>A holder that is asked to end first ends its work, and then gives the Lease back, so that
 *       nobody has to wait for it to run out.
 * </ol>
 */
@Singleton
final class Leadership {
  /** In the home namespace. */
  static final String LEASE_NAME = "ringlift-operator";

  private static final Logger LOG = Logger.getLogger(Leadership.class);

  private final KubernetesClient client;
  private final OperatorConfig config;
  private final HomeNamespace home;

  /** A process of its own each time: a container that is started again is not the one that died. */
  private final String identity =
      Objects.requireNonNullElse(System.getenv("HOSTNAME"), "operator") + "_" + UUID.randomUUID();

  private volatile boolean stopping;

  @Inject
  Leadership(KubernetesClient client, OperatorConfig config, HomeNamespace home) {
    this.client = client;
    this.config = config;
    this.home = home;
  }

  /** What the Java Operator SDK is to do; null where this operator is said to be the only one. */
  @Produces
  @Dependent
  @Nullable LeaderElectionConfiguration election() {
    if (!config.leaderElection().enabled()) {
      return null;
    }
    return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE_NAME)
        .withLeaseNamespace(home.name())
        .withIdentity(identity)
        .withLeaseDuration(config.leaderElection().leaseDuration())
        .withRenewDeadline(config.leaderElection().renewDeadline())
        .withRetryPeriod(config.leaderElection().retryPeriod())
        .withLeaderCallbacks(
            new LeaderCallbacks(
                () -> LOG.infof("%s leads.", identity),
                this::deposed,
                leader -> LOG.infof("The leader is %s.", leader)))
        .withExitOnStopLeading(false)
        .build();
  }

  private void deposed() {
    if (!stopping) {
      LOG.errorf("%s no longer leads: it ends, and is to be started again.", identity);
      // Not System.exit: whatever is under way would go on while the application is taken down.
      Runtime.getRuntime().halt(1);
    }
  }

  void stopping(@Observes @Priority(Integer.MIN_VALUE) ShutdownEvent event) {
    stopping = true;
  }

  /** Last of all, when the SDK has ended its work and its renewals. */
  void stopped(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event) {
    if (!config.leaderElection().enabled()) {
      return;
    }
    try {
      release();
    } catch (KubernetesClientException e) {
      LOG.infof("The Lease %s was not given back: %s", LEASE_NAME, e.getMessage());
    }
  }

  private void release() {
    Resource<Lease> resource = client.leases().inNamespace(home.name()).withName(LEASE_NAME);
    Lease lease = resource.get();
    if (lease == null
        || lease.getSpec() == null
        || !identity.equals(lease.getSpec().getHolderIdentity())) {
      return;
    }
    client
        .resource(
            new LeaseBuilder(lease)
                .editSpec()
                .withHolderIdentity("")
                .withLeaseDurationSeconds(1)
                .endSpec()
                .build())
        .update();
    LOG.infof("%s has given the Lease back.", identity);
  }
}
