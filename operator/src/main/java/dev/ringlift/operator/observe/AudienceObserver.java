package dev.ringlift.operator.observe;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.Consumer.Kind;
import dev.ringlift.api.v1alpha1.Consumer.Proof;
import dev.ringlift.api.v1alpha1.Consumer.Role;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.api.v1alpha1.RingSource.Encoding;
import dev.ringlift.operator.plan.Audience;
import dev.ringlift.operator.plan.Audience.Group;
import dev.ringlift.operator.plan.Audience.Member;
import dev.ringlift.operator.plan.Audience.Mount;
import dev.ringlift.operator.plan.Audience.Workload;
import dev.ringlift.operator.plan.StoredRing;
import dev.ringlift.operator.plan.Times;
import dev.ringlift.operator.recon.ReconReader;
import dev.ringlift.operator.recon.ReconState;
import dev.ringlift.operator.recon.ReconTarget;
import dev.ringlift.ring.RingFileName;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sees who loads the ring beside the nodes: the pods of each consumer's workload (those that its
 * selector matches and that have not ended), the addresses, and all pods that mount the ring.
 */
final class AudienceObserver {
  private static final String BASE64_KEY = "ring.b64";
  private static final String TAR_KEY = "swiftrings.tar.gz";
  private static final ReconState NO_ADDRESS = new ReconState(null, "has no address yet");
  private static final ReconState NO_HOST = new ReconState(null, "is no host:port");

  private final PartitionPowerIncreaseSpec spec;
  private final String ringFile;
  private final String md5;
  private final ReconReader recon;

  private AudienceObserver(PartitionPowerIncreaseSpec spec, String md5, ReconReader recon) {
    this.spec = spec;
    this.ringFile = RingFileName.ring(spec.policyIndex());
    this.md5 = md5;
    this.recon = recon;
  }

  /** Nobody is looked at while there is no ring that they could have. */
  static Audience observe(
      String namespace,
      PartitionPowerIncreaseSpec spec,
      StoredRing store,
      ClusterReader reader,
      ReconReader recon) {
    if (!(store instanceof StoredRing.Pair pair)) {
      return Audience.NONE;
    }
    return new AudienceObserver(spec, pair.ringMd5(), recon).observe(namespace, reader);
  }

  private Audience observe(String namespace, ClusterReader reader) {
    List<Pod> pods = reader.pods(namespace).stream().filter(AudienceObserver::mayRun).toList();
    Map<String, Set<String>> consumersOfPods = new TreeMap<>();
    List<Group> groups = new ArrayList<>();
    for (Consumer consumer : spec.consumers()) {
      if (consumer.kind() == Kind.Addresses) {
        groups.add(new Group(consumer, null, addresses(consumer)));
        continue;
      }
      Optional<HasMetadata> workload = reader.workload(namespace, consumer.kind(), consumer.name());
      List<Member> members = new ArrayList<>();
      for (Pod pod : pods) {
        if (workload.isPresent()
            && Workloads.matches(
                Workloads.selector(workload.get()), pod.getMetadata().getLabels())) {
          members.add(member(consumer, pod));
          consumersOfPods
              .computeIfAbsent(pod.getMetadata().getName(), unknown -> new HashSet<>())
              .add(consumer.name());
        }
      }
      @Nullable Workload seen = workload.map(it -> Workloads.of(it, stampKey())).orElse(null);
      groups.add(new Group(consumer, seen, members));
    }
    RingMounts mounts = new RingMounts(Set.copyOf(spec.ring().configMaps()), keys(), ringFile);
    List<Mount> found = new ArrayList<>();
    for (Pod pod : pods) {
      Set<String> consumers =
          Objects.requireNonNullElse(consumersOfPods.get(pod.getMetadata().getName()), Set.of());
      mounts.of(pod, consumers).ifPresent(found::add);
    }
    return new Audience(groups, found);
  }

  private Set<String> keys() {
    RingSource source = spec.ring();
    if (source.encoding() == Encoding.Base64) {
      return Set.of(BASE64_KEY);
    }
    return source.type() == RingSource.Type.SwiftOperator
        ? Set.of(ringFile, TAR_KEY)
        : Set.of(ringFile);
  }

  private String stampKey() {
    return ApiConstants.ANNOTATION_RESTARTED_FOR + ringFile;
  }

  /** A pod that has ended runs nothing any more; one that is being deleted still may. */
  private static boolean mayRun(Pod pod) {
    String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    return !"Succeeded".equals(phase) && !"Failed".equals(phase);
  }

  private Member member(Consumer consumer, Pod pod) {
    ReconState state = ReconState.UNKNOWN;
    if (consumer.proof() == Proof.Recon && consumer.port() != null) {
      String ip = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
      state =
          ip == null || ip.isEmpty()
              ? NO_ADDRESS
              : ReconTarget.ofPod(
                      pod.getMetadata().getUid(),
                      ip,
                      consumer.port(),
                      consumer.role() == Role.Object)
                  .map(target -> recon.state(target, ringFile, md5))
                  .orElse(NO_ADDRESS);
    }
    Map<String, String> annotations =
        Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of());
    Instant created = Times.parse(pod.getMetadata().getCreationTimestamp(), Instant.MAX);
    return new Member(
        "pod " + pod.getMetadata().getName(),
        pod.getStatus() != null && "Running".equals(pod.getStatus().getPhase()),
        pod.getMetadata().getDeletionTimestamp() != null,
        created.equals(Instant.MAX) ? null : created,
        annotations.get(stampKey()),
        state.answer(),
        state.failure(),
        pod.getSpec() == null ? null : pod.getSpec().getNodeName());
  }

  private List<Member> addresses(Consumer consumer) {
    List<String> addresses = consumer.addresses() == null ? List.of() : consumer.addresses();
    return addresses.stream().map(address -> member(consumer, address)).toList();
  }

  private Member member(Consumer consumer, String address) {
    ReconState state =
        consumer.proof() == Proof.Recon
            ? ReconTarget.ofAddress(address, consumer.role() == Role.Object)
                .map(target -> recon.state(target, ringFile, md5))
                .orElse(NO_HOST)
            : ReconState.UNKNOWN;
    return new Member(address, true, false, null, null, state.answer(), state.failure());
  }
}
