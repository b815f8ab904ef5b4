package dev.ringlift.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.operator.plan.Check;
import dev.ringlift.operator.plan.StoredRing;
import dev.ringlift.operator.recon.ReconReader;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which increases would change the same ring, however their specs put it. */
class RivalsTest {
  private static final StoredRing NONE = new StoredRing.Unusable(Check.RingStore, "none");

  private static PartitionPowerIncrease increase(String name, int policy, RingSource source) {
    PartitionPowerIncrease increase = new PartitionPowerIncrease();
    increase.getMetadata().setNamespace("swift");
    increase.getMetadata().setName(name);
    increase.getMetadata().setUid("uid of " + name);
    increase.setSpec(PartitionPowerIncreaseSpec.of(policy, 7, source));
    return increase;
  }

  private static boolean rivals(int policy, RingSource source, int otherPolicy, RingSource other) {
    PartitionPowerIncrease one = increase("one", policy, source);
    List<PartitionPowerIncrease> all = List.of(one, increase("other", otherPolicy, other));
    return !Observer.observe(
            one, NONE, new Increases(all), ReconReader.NONE, md5 -> Optional.empty())
        .rivals()
        .isEmpty();
  }

  private static RingSource base64(String... maps) {
    return new RingSource(
        RingSource.Type.ConfigMap,
        List.of(maps),
        RingSource.Encoding.Base64,
        RingSource.Builder.Absent);
  }

  private static RingSource maps(String... maps) {
    return RingSource.inConfigMaps(maps);
  }

  @Test
  void theSamePolicyInAnyMapInCommon() {
    assertThat(rivals(0, maps("rings"), 0, maps("rings"))).isTrue();
    assertThat(rivals(0, maps("rings"), 0, maps("builders", "rings"))).isTrue();
    assertThat(rivals(0, maps("rings"), 0, base64("rings"))).isTrue();
    assertThat(
            rivals(
                0,
                maps("rings"),
                0,
                new RingSource(
                    RingSource.Type.External,
                    List.of("rings"),
                    RingSource.Encoding.Raw,
                    RingSource.Builder.Absent)))
        .isTrue();
    assertThat(rivals(0, maps("rings"), 0, maps("others"))).isFalse();
  }

  @Test
  void anotherPolicyInTheSameMapIsAnotherRing() {
    assertThat(rivals(0, maps("rings"), 1, maps("rings"))).isFalse();
    assertThat(rivals(0, base64("rings"), 1, maps("rings"))).isFalse();
  }

  @Test
  void butThereIsOneRingAsTextInAMapWhateverThePolicy() {
    assertThat(rivals(0, base64("rings"), 1, base64("rings"))).isTrue();
    assertThat(rivals(0, base64("rings"), 1, base64("others"))).isFalse();
  }

  /** A cluster that has nothing but increases. */
  private record Increases(List<PartitionPowerIncrease> all) implements ClusterReader {
    @Override
    public List<Node> nodes() {
      return List.of();
    }

    @Override
    public List<StorageNode> storageNodes(String namespace) {
      return List.of();
    }

    @Override
    public List<Lease> leases(String namespace) {
      return List.of();
    }

    @Override
    public List<RelinkTask> tasks(String namespace, String increaseUid) {
      return List.of();
    }

    @Override
    public List<PartitionPowerIncrease> increases(String namespace) {
      return all;
    }

    @Override
    public List<Pod> pods(String namespace) {
      return List.of();
    }

    @Override
    public Optional<HasMetadata> workload(String namespace, Consumer.Kind kind, String name) {
      return Optional.empty();
    }
  }
}
