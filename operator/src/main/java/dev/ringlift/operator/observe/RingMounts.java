package dev.ringlift.operator.observe;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.operator.plan.Audience.Mount;
import io.fabric8.kubernetes.api.model.ConfigMapProjection;
import io.fabric8.kubernetes.api.model.ConfigMapVolumeSource;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds how a pod has the ring: by a volume of a ConfigMap, or of several sources with one among
 * them, that its containers or init containers mount; or in an environment.
 */
final class RingMounts {
  private static final String TEMPLATE_HASH = "pod-template-hash";

  private final Set<String> maps;
  private final Set<String> keys;
  private final String toldKey;

  /**
   * @param maps names of the ConfigMaps that may hold the ring
   * @param keys under which it may stand there
   * @param ringFile its file's name
   */
  RingMounts(Set<String> maps, Set<String> keys, String ringFile) {
    this.maps = Set.copyOf(maps);
    this.keys = Set.copyOf(keys);
    this.toldKey = ApiConstants.ANNOTATION_RING_MD5 + ringFile;
  }

  /** Empty if the pod has nothing to do with the ring. */
  Optional<Mount> of(Pod pod, Set<String> consumers) {
    if (pod.getSpec() == null) {
      return Optional.empty();
    }
    Map<String, Set<String>> volumes = new HashMap<>();
    for (Volume volume : nonNull(pod.getSpec().getVolumes())) {
      Set<String> paths = ringPaths(volume);
      if (!paths.isEmpty()) {
        volumes.put(volume.getName(), paths);
      }
    }
    boolean directory = false;
    boolean subPath = false;
    boolean environment = false;
    for (Container container : containers(pod)) {
      for (VolumeMount mount : nonNull(container.getVolumeMounts())) {
        @Nullable Set<String> paths = volumes.get(mount.getName());
        if (paths == null) {
          continue;
        }
        if (isWhole(mount)) {
          directory = true;
        } else {
          subPath |= mayReach(mount, paths);
        }
      }
      environment |= isInEnvironment(container);
    }
    if (!directory && !subPath && !environment) {
      return Optional.empty();
    }
    Map<String, String> annotations =
        Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of());
    return Optional.of(
        new Mount(
            pod.getMetadata().getName(),
            pod.getMetadata().getUid(),
            owner(pod),
            isAgent(pod),
            consumers,
            directory,
            subPath,
            environment,
            annotations.get(toldKey)));
  }

  private static boolean isAgent(Pod pod) {
    Map<String, String> labels = pod.getMetadata().getLabels();
    return labels != null
        && ApiConstants.COMPONENT_AGENT.equals(labels.get(ApiConstants.LABEL_COMPONENT));
  }

  private static Stream<Container> stream(@Nullable List<Container> containers) {
    return nonNull(containers).stream();
  }

  private static List<Container> containers(Pod pod) {
    return Stream.concat(
            stream(pod.getSpec().getInitContainers()), stream(pod.getSpec().getContainers()))
        .toList();
  }

  /** Where in the volume the ring is; empty if it isn't. */
  private Set<String> ringPaths(Volume volume) {
    List<String> paths = new ArrayList<>();
    ConfigMapVolumeSource whole = volume.getConfigMap();
    if (whole != null && maps.contains(whole.getName())) {
      addPaths(whole.getItems(), paths);
    }
    if (volume.getProjected() != null) {
      for (var source : nonNull(volume.getProjected().getSources())) {
        ConfigMapProjection map = source.getConfigMap();
        if (map != null && maps.contains(map.getName())) {
          addPaths(map.getItems(), paths);
        }
      }
    }
    return Set.copyOf(paths);
  }

  private void addPaths(@Nullable List<KeyToPath> items, List<String> paths) {
    if (items == null || items.isEmpty()) {
      paths.addAll(keys);
      return;
    }
    for (KeyToPath item : items) {
      if (keys.contains(item.getKey())) {
        paths.add(item.getPath());
      }
    }
  }

  private static boolean isWhole(VolumeMount mount) {
    return isEmpty(mount.getSubPath()) && isEmpty(mount.getSubPathExpr());
  }

  /** An expression may name anything. */
  private static boolean mayReach(VolumeMount mount, Set<String> paths) {
    if (!isEmpty(mount.getSubPathExpr())) {
      return true;
    }
    String subPath = mount.getSubPath();
    return paths.stream().anyMatch(path -> path.equals(subPath) || path.startsWith(subPath + "/"));
  }

  private boolean isInEnvironment(Container container) {
    boolean from =
        nonNull(container.getEnvFrom()).stream()
            .anyMatch(
                source ->
                    source.getConfigMapRef() != null
                        && maps.contains(source.getConfigMapRef().getName()));
    return from
        || nonNull(container.getEnv()).stream()
            .anyMatch(
                variable ->
                    variable.getValueFrom() != null
                        && variable.getValueFrom().getConfigMapKeyRef() != null
                        && maps.contains(variable.getValueFrom().getConfigMapKeyRef().getName()));
  }

  /** A Deployment's ReplicaSet has its name and the hash of the template. */
  private static String owner(Pod pod) {
    for (OwnerReference owner : nonNull(pod.getMetadata().getOwnerReferences())) {
      if (Boolean.TRUE.equals(owner.getController())) {
        Map<String, String> labels =
            Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.of());
        String suffix = "-" + labels.get(TEMPLATE_HASH);
        return owner.getKind().equals("ReplicaSet") && owner.getName().endsWith(suffix)
            ? "Deployment "
                + owner.getName().substring(0, owner.getName().length() - suffix.length())
            : owner.getKind() + " " + owner.getName();
      }
    }
    return "Pod " + pod.getMetadata().getName();
  }

  private static boolean isEmpty(@Nullable String text) {
    return text == null || text.isEmpty();
  }

  private static <T> List<T> nonNull(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }
}
