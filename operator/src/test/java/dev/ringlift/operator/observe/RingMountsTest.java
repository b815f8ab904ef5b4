package dev.ringlift.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.operator.plan.Audience.Mount;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** In which ways pods have a ring, and which pods have none. */
class RingMountsTest {
  private static final RingMounts MOUNTS =
      new RingMounts(Set.of("rings"), Set.of("object.ring.gz"), "object.ring.gz");

  private static Volume map(String name, KeyToPath... items) {
    return new VolumeBuilder()
        .withName("v")
        .withNewConfigMap()
        .withName(name)
        .withItems(items)
        .endConfigMap()
        .build();
  }

  private static KeyToPath item(String key, String path) {
    return new KeyToPath(key, null, path);
  }

  private static PodBuilder pod(Volume volume, @Nullable String subPath) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("proxy-abc-x1")
        .withUid("u-1")
        .endMetadata()
        .withNewSpec()
        .withVolumes(volume)
        .addNewContainer()
        .withName("c")
        .addNewVolumeMount()
        .withName("v")
        .withMountPath("/etc/swift")
        .withSubPath(subPath)
        .endVolumeMount()
        .endContainer()
        .endSpec();
  }

  private static Optional<Mount> mount(Volume volume, @Nullable String subPath) {
    return mount(pod(volume, subPath).build());
  }

  /** As it is seen in full, and as the operator's cache keeps it. */
  private static Optional<Mount> mount(Pod pod) {
    Optional<Mount> seen = MOUNTS.of(pod, Set.of());
    SlimPods cache = new SlimPods();
    cache.put("key", pod);
    assertThat(MOUNTS.of(cache.get("key"), Set.of())).isEqualTo(seen);
    return seen;
  }

  @Test
  void aMapMountedAsADirectory() {
    Mount mount = mount(map("rings"), null).orElseThrow();

    assertThat(mount.directory()).isTrue();
    assertThat(mount.subPath()).isFalse();
    assertThat(mount.owner()).isEqualTo("Pod proxy-abc-x1");
    assertThat(mount.told()).isNull();
  }

  @Test
  void aMapAmongSeveralProjectedSources() {
    Volume projected =
        new VolumeBuilder()
            .withName("v")
            .withNewProjected()
            .addNewSource()
            .withNewSecret()
            .withName("rings")
            .endSecret()
            .endSource()
            .addNewSource()
            .withNewConfigMap()
            .withName("rings")
            .endConfigMap()
            .endSource()
            .endProjected()
            .build();

    assertThat(mount(projected, null).orElseThrow().directory()).isTrue();
  }

  @Test
  void aRingThatAnInitContainerCopies() {
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withName("p")
            .withUid("u")
            .endMetadata()
            .withNewSpec()
            .withVolumes(map("rings"))
            .addNewInitContainer()
            .withName("copy")
            .addNewVolumeMount()
            .withName("v")
            .withMountPath("/rings")
            .endVolumeMount()
            .endInitContainer()
            .endSpec()
            .build();

    assertThat(mount(pod).orElseThrow().directory()).isTrue();
  }

  @Test
  void aSubPathThatNamesTheRingOrAFolderOfIt() {
    assertThat(mount(map("rings"), "object.ring.gz").orElseThrow())
        .satisfies(
            mount -> {
              assertThat(mount.subPath()).isTrue();
              assertThat(mount.directory()).isFalse();
            });
    Volume inFolder = map("rings", item("object.ring.gz", "a/object.ring.gz"));
    assertThat(mount(inFolder, "a").orElseThrow().subPath()).isTrue();
    assertThat(mount(inFolder, "b")).isEmpty();
    assertThat(mount(map("rings"), "account.ring.gz")).isEmpty();
  }

  @Test
  void whatHasNothingToDoWithTheRing() {
    assertThat(mount(map("others"), null)).isEmpty();
    assertThat(mount(map("rings", item("object.builder", "b")), null)).isEmpty();
    Pod unmounted = pod(map("rings"), null).build();
    unmounted.getSpec().getContainers().getFirst().setVolumeMounts(List.of());
    assertThat(mount(unmounted)).isEmpty();
  }

  @Test
  void aRingInAnEnvironment() {
    Pod pod = pod(map("others"), null).build();
    pod.getSpec()
        .setContainers(
            List.of(
                new ContainerBuilder()
                    .withName("c")
                    .addNewEnvFrom()
                    .withNewConfigMapRef()
                    .withName("rings")
                    .endConfigMapRef()
                    .endEnvFrom()
                    .build()));
    Pod single = pod(map("others"), null).build();
    single
        .getSpec()
        .setContainers(
            List.of(
                new ContainerBuilder()
                    .withName("c")
                    .addNewEnv()
                    .withName("RING")
                    .withNewValueFrom()
                    .withNewConfigMapKeyRef()
                    .withName("rings")
                    .withKey("ring.b64")
                    .endConfigMapKeyRef()
                    .endValueFrom()
                    .endEnv()
                    .build()));

    for (Pod each : List.of(pod, single)) {
      Mount mount = mount(each).orElseThrow();
      assertThat(mount.environment()).isTrue();
      assertThat(mount.directory()).isFalse();
    }
  }

  @Test
  void thePodsDeploymentItsAnnotationAndItsBeingAnAgentsAreTold() {
    Pod pod =
        pod(map("rings"), null)
            .editMetadata()
            .addToLabels("pod-template-hash", "abc")
            .addToLabels(ApiConstants.LABEL_COMPONENT, ApiConstants.COMPONENT_AGENT)
            .addToAnnotations(ApiConstants.ANNOTATION_RING_MD5 + "object.ring.gz", "f00")
            .addNewOwnerReference()
            .withKind("ReplicaSet")
            .withName("swift-proxy-abc")
            .withController(true)
            .endOwnerReference()
            .endMetadata()
            .build();

    Mount mount = mount(pod).orElseThrow();

    assertThat(mount.owner()).isEqualTo("Deployment swift-proxy");
    assertThat(mount.told()).isEqualTo("f00");
    assertThat(mount.agent()).isTrue();
  }

  @Test
  void selectorsMatchAsTheApiServerDoes() {
    LabelSelector selector =
        new LabelSelectorBuilder()
            .addToMatchLabels("app", "proxy")
            .addNewMatchExpression()
            .withKey("tier")
            .withOperator("In")
            .withValues("a", "b")
            .endMatchExpression()
            .addNewMatchExpression()
            .withKey("old")
            .withOperator("DoesNotExist")
            .endMatchExpression()
            .build();

    assertThat(Workloads.matches(selector, Map.of("app", "proxy", "tier", "a"))).isTrue();
    assertThat(Workloads.matches(selector, Map.of("app", "proxy", "tier", "c"))).isFalse();
    assertThat(Workloads.matches(selector, Map.of("app", "proxy"))).isFalse();
    assertThat(Workloads.matches(selector, Map.of("app", "proxy", "tier", "a", "old", "")))
        .isFalse();
    assertThat(Workloads.matches(new LabelSelector(), Map.of("app", "proxy"))).isFalse();
    assertThat(Workloads.matches(null, Map.of())).isFalse();
  }
}
