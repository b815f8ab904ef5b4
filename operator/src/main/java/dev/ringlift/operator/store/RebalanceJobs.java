package dev.ringlift.operator.store;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The Jobs by which swift-operator (openstack-k8s-operators/swift-operator, {@code
 * internal/swiftring/job.go}, July 2026) makes rings. One is called after its SwiftRing, {@code
 * swift-ring-rebalance} mostly; it gets the ConfigMap, whose name is its CM_NAME, changes the
 * rings, and puts the ConfigMap back over the resourceVersion that it got.
 */
final class RebalanceJobs {
  private static final String CONFIG_MAP = "CM_NAME";
  private static final String TOOL = "swift-ring-tool";
  private static final String OWNER_KIND = "SwiftRing";
  private static final String OWNER_GROUP = "swift.openstack.org/";
  private static final Set<String> ENDED = Set.of("Complete", "Failed");

  private final KubernetesClient client;
  private final String namespace;

  RebalanceJobs(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /** The name of one that may still write this ConfigMap, as of now. */
  Optional<String> active(String configMap) {
    return client.batch().v1().jobs().inNamespace(namespace).list().getItems().stream()
        .filter(job -> !hasEnded(job) && isOn(job, configMap))
        .map(job -> job.getMetadata().getName())
        .sorted()
        .findFirst();
  }

  /**
   * One that was just made has no pods yet, but will; one that is suspended won't until resumed.
   */
  private static boolean hasEnded(Job job) {
    boolean pods =
        job.getStatus() != null && Objects.requireNonNullElse(job.getStatus().getActive(), 0) > 0;
    boolean suspended = job.getSpec() != null && Boolean.TRUE.equals(job.getSpec().getSuspend());
    boolean ended =
        job.getStatus() != null
            && job.getStatus().getConditions() != null
            && job.getStatus().getConditions().stream()
                .anyMatch(c -> ENDED.contains(c.getType()) && "True".equals(c.getStatus()));
    return ended || (suspended && !pods);
  }

  /** Where it does not say which ConfigMap it is on, it may be on any. */
  private static boolean isOn(Job job, String configMap) {
    List<String> maps = maps(job);
    return maps.isEmpty() ? isSwiftOperators(job) : maps.contains(configMap);
  }

  private static List<String> maps(Job job) {
    return containers(job)
        .flatMap(container -> container.getEnv().stream())
        .filter(variable -> CONFIG_MAP.equals(variable.getName()))
        .map(EnvVar::getValue)
        .filter(Objects::nonNull)
        .toList();
  }

  private static boolean isSwiftOperators(Job job) {
    return job.getMetadata().getOwnerReferences().stream().anyMatch(RebalanceJobs::isSwiftRing)
        || containers(job)
            .flatMap(container -> container.getCommand().stream())
            .anyMatch(word -> word.contains(TOOL));
  }

  private static boolean isSwiftRing(OwnerReference owner) {
    return owner.getKind().equals(OWNER_KIND) && owner.getApiVersion().startsWith(OWNER_GROUP);
  }

  private static Stream<Container> containers(Job job) {
    return job.getSpec() == null || job.getSpec().getTemplate().getSpec() == null
        ? Stream.of()
        : job.getSpec().getTemplate().getSpec().getContainers().stream();
  }
}
