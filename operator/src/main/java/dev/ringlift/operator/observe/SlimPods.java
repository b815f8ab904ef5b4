package dev.ringlift.operator.observe;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps of each pod what tells whose it is, where it answers and how it has the ring. */
public final class SlimPods extends BasicItemStore<Pod> {
  public SlimPods() {
    super(Cache::metaNamespaceKeyFunc);
  }

  @Override
  public @Nullable Pod put(String key, Pod pod) {
    return super.put(key, slim(pod));
  }

  static Pod slim(Pod pod) {
    if (pod.getSpec() == null) {
      return pod;
    }
    String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    String ip = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
    return new PodBuilder()
        .withNewMetadataLike(pod.getMetadata())
        .withManagedFields(List.of())
        .endMetadata()
        .withNewSpec()
        .withNodeName(pod.getSpec().getNodeName())
        .withVolumes(pod.getSpec().getVolumes())
        .withInitContainers(slim(pod.getSpec().getInitContainers()))
        .withContainers(slim(pod.getSpec().getContainers()))
        .endSpec()
        .withNewStatus()
        .withPhase(phase)
        .withPodIP(ip)
        .endStatus()
        .build();
  }

  private static List<Container> slim(@Nullable List<Container> containers) {
    return containers == null ? List.of() : containers.stream().map(SlimPods::slim).toList();
  }

  private static Container slim(Container container) {
    List<EnvVar> references =
        container.getEnv() == null
            ? List.of()
            : container.getEnv().stream().filter(v -> v.getValueFrom() != null).toList();
    return new ContainerBuilder()
        .withName(container.getName())
        .withVolumeMounts(container.getVolumeMounts())
        .withEnvFrom(container.getEnvFrom())
        .withEnv(references)
        .build();
  }
}
