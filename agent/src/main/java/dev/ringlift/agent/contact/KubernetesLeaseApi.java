package dev.ringlift.agent.contact;

import dev.ringlift.api.v1alpha1.ApiConstants;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The Lease {@code ringlift-agent-<node>}. A renewal is one write: the object of the last one is
 * kept, and read again only when the write finds that another has changed it.
 */
public final class KubernetesLeaseApi implements LeaseApi {
  private static final int CONFLICT = 409;
  private static final int NOT_FOUND = 404;

  private final KubernetesClient client;
  private final String namespace;
  private final String node;
  private @Nullable Lease last;

  public KubernetesLeaseApi(KubernetesClient client, String namespace, String node) {
    this.client = client;
    this.namespace = namespace;
    this.node = node;
  }

  @Override
  public synchronized void renew(String holder, Instant now, Duration duration) {
    Lease known = last != null ? last : lease().get();
    if (known != null) {
      try {
        last = client.resource(renewed(known, holder, now, duration)).update();
        return;
      } catch (KubernetesClientException e) {
        last = null;
        if (e.getCode() != CONFLICT && e.getCode() != NOT_FOUND) {
          throw e;
        }
      }
      known = lease().get();
    }
    last =
        known != null
            ? client.resource(renewed(known, holder, now, duration)).update()
            : client.resource(renewed(blank(), holder, now, duration)).create();
  }

  @Override
  public synchronized void release(String holder, Instant now) {
    Lease known = lease().get();
    if (known == null
        || known.getSpec() == null
        || !Objects.equals(known.getSpec().getHolderIdentity(), holder)) {
      return;
    }
    client
        .resource(
            new LeaseBuilder(known)
                .editSpec()
                .withHolderIdentity("")
                .withLeaseDurationSeconds(1)
                .withRenewTime(time(now))
                .endSpec()
                .build())
        .update();
    last = null;
  }

  private Resource<Lease> lease() {
    return client.leases().inNamespace(namespace).withName(ApiConstants.AGENT_LEASE_PREFIX + node);
  }

  private Lease blank() {
    return new LeaseBuilder()
        .withNewMetadata()
        .withName(ApiConstants.AGENT_LEASE_PREFIX + node)
        .withNamespace(namespace)
        .addToLabels(ApiConstants.LABEL_NODE, node)
        .endMetadata()
        .withNewSpec()
        .endSpec()
        .build();
  }

  private static Lease renewed(Lease lease, String holder, Instant now, Duration duration) {
    boolean taken =
        lease.getSpec() == null || !Objects.equals(lease.getSpec().getHolderIdentity(), holder);
    LeaseBuilder renewed =
        new LeaseBuilder(lease)
            .editOrNewSpec()
            .withHolderIdentity(holder)
            .withLeaseDurationSeconds((int) Math.max(1, duration.toSeconds()))
            .withRenewTime(time(now))
            .endSpec();
    return taken
        ? renewed.editSpec().withAcquireTime(time(now)).endSpec().build()
        : renewed.build();
  }

  private static ZonedDateTime time(Instant instant) {
    return instant.atZone(ZoneOffset.UTC);
  }
}
