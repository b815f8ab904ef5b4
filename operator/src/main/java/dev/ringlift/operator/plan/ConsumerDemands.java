package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.Consumer.Kind;
import dev.ringlift.api.v1alpha1.Consumer.Proof;
import dev.ringlift.api.v1alpha1.Consumer.Role;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Risk;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.operator.plan.Audience.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What has to be true of the consumers themselves, whatever they have proved: the user may change
 * them at any time, and with them who is asked at all.
 *
 * <p>Invariant: the same is demanded before the first ring, by the preflight, and before whatever
 * follows on it, by the {@link Barrier}. What the user has acknowledged is not demanded.
 */
final class ConsumerDemands {
  /** Why one is needed. */
  private static final String PROXY_RISK =
      "A proxy that has an old ring writes where nobody looks later, and such objects are lost.";

  private ConsumerDemands() {}

  /** All that are not met, each with what to do. */
  static List<Problem> unmet(PartitionPowerIncreaseSpec spec, Audience audience) {
    List<Problem> unmet = new ArrayList<>();
    if (!spec.acknowledge().contains(Risk.NoProxyProof)) {
      lackOfProxies(spec, audience)
          .map(
              lack ->
                  new Problem(
                      null,
                      null,
                      Reason.NoProxyProof.name(),
                      lack
                          + " Name the proxies that run with role Proxy, or acknowledge the risk with NoProxyProof in spec.acknowledge."))
          .ifPresent(unmet::add);
    }
    if (!spec.acknowledge().contains(Risk.UnprovenConsumer)) {
      for (Consumer consumer : unproven(spec)) {
        unmet.add(
            Problem.ofConsumer(
                consumer.name(),
                Reason.ConsumerUnproven.name(),
                "%s would only be given time (proof Wait), which proves nothing; acknowledge that with UnprovenConsumer in spec.acknowledge, or name another proof."
                    .formatted(ConsumerProofs.name(consumer))));
      }
    }
    unmet.addAll(withoutUpdates(spec, audience));
    return unmet;
  }

  /** Why no proxy can be asked, as sentences; empty if one can. */
  static Optional<String> lackOfProxies(PartitionPowerIncreaseSpec spec, Audience audience) {
    List<Consumer> proxies =
        spec.consumers().stream().filter(consumer -> consumer.role() == Role.Proxy).toList();
    if (proxies.isEmpty()) {
      return Optional.of("No proxy is among spec.consumers. " + PROXY_RISK);
    }
    Set<Consumer> idle =
        audience.groups().stream()
            .filter(ConsumerDemands::isIdle)
            .map(Group::consumer)
            .collect(Collectors.toSet());
    return idle.containsAll(proxies)
        ? Optional.of(
            "%s: scaled to 0, and no other proxy is among spec.consumers, so that nobody can be asked. %s"
                .formatted(
                    proxies.stream().map(ConsumerProofs::name).collect(Collectors.joining(", ")),
                    PROXY_RISK))
        : Optional.empty();
  }

  /** A workload that has no pod, and wants none: whoever serves clients, it is not this one. */
  private static boolean isIdle(Group group) {
    return group.consumer().kind() != Kind.Addresses
        && group.workload() != null
        && group.workload().desired() == 0
        && group.members().isEmpty();
  }

  /** The consumers that prove nothing. */
  static List<Consumer> unproven(PartitionPowerIncreaseSpec spec) {
    return spec.consumers().stream().filter(consumer -> consumer.proof() == Proof.Wait).toList();
  }

  /** Whoever mounts the ring so that it never changes there, and is not started anew. */
  private static List<Problem> withoutUpdates(PartitionPowerIncreaseSpec spec, Audience audience) {
    Set<String> restarted =
        spec.consumers().stream()
            .filter(consumer -> consumer.proof() == Proof.Restart)
            .map(Consumer::name)
            .collect(Collectors.toSet());
    List<Problem> problems = new ArrayList<>();
    audience
        .byOwner(
            mount ->
                !mount.consumers().isEmpty()
                    && mount.subPath()
                    && mount.consumers().stream().noneMatch(restarted::contains))
        .forEach(
            (owner, pods) ->
                problems.add(
                    Problem.ofConsumer(
                        owner,
                        Reason.ConsumerUncovered.name(),
                        "%s mounts the ring by subPath (%s), which gets no updates: it needs proof Restart, or a mount as a directory."
                            .formatted(owner, pods))));
    return problems;
  }
}
