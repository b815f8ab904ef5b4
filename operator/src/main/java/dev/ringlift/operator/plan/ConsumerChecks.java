package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.Consumer.Role;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Risk;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck.Result;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.operator.plan.Audience.Group;
import dev.ringlift.operator.plan.Audience.Member;
import dev.ringlift.operator.plan.Audience.Mount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The checks, before a Prepare ring is published, of those who load the ring beside the nodes. */
final class ConsumerChecks {
  /** Swift's guide: the first release whose servers can do it. */
  private static final FirstVersion SWIFT = new FirstVersion(2, 13);

  /** Clocks further apart than this let a later write lose against an earlier one. */
  static final Duration CLOCK_SKEW = Duration.ofSeconds(3);

  private final PartitionPowerIncreaseSpec spec;
  private final Audience audience;
  private final ConsumerProofs proofs;
  private final CheckList checks;

  private ConsumerChecks(Scene scene, CheckList checks) {
    this.checks = checks;
    this.spec = scene.spec();
    this.audience = scene.seen().audience();
    this.proofs = scene.barrier().consumers();
  }

  static void make(Scene scene, CheckList checks) {
    ConsumerChecks consumers = new ConsumerChecks(scene, checks);
    consumers.checkProxy();
    consumers.checkCovered();
    consumers.checkProofs();
    consumers.checkVersion();
    consumers.checkClocks();
  }

  private void checkProxy() {
    Optional<String> lack = ConsumerDemands.lackOfProxies(spec, audience);
    if (lack.isEmpty()) {
      checks.add(
          Check.ProxyAmongConsumers,
          Result.Passed,
          spec.consumers().stream()
              .filter(consumer -> consumer.role() == Role.Proxy)
              .map(ConsumerProofs::name)
              .collect(Collectors.joining(", ", "", ".")));
    } else if (spec.acknowledge().contains(Risk.NoProxyProof)) {
      checks.add(
          Check.ProxyAmongConsumers,
          Result.Warning,
          lack.get()
              + " You acknowledged that (NoProxyProof): see to it yourself that each has the ring.");
    } else {
      checks.add(
          Check.ProxyAmongConsumers, Result.Failed, Sentences.first(demanded(Reason.NoProxyProof)));
    }
  }

  private List<String> demanded(Reason reason) {
    return ConsumerDemands.unmet(spec, audience).stream()
        .filter(problem -> problem.reason().equals(reason.name()))
        .map(Problem::message)
        .toList();
  }

  private void checkCovered() {
    List<String> failures = new ArrayList<>();
    audience
        .uncovered()
        .forEach(
            (owner, pods) ->
                failures.add(
                    "%s mounts the ring (%s), and is not among spec.consumers; name it there, with how it proves the ring."
                        .formatted(owner, pods)));
    failures.addAll(demanded(Reason.ConsumerUncovered));
    Map<String, String> environments = audience.byOwner(Mount::environment);
    if (!failures.isEmpty()) {
      checks.add(Check.ConsumersCovered, Result.Failed, Sentences.first(failures));
    } else if (!environments.isEmpty()) {
      checks.add(
          Check.ConsumersCovered,
          Result.Warning,
          "In the environment of %s is something from the ring's ConfigMap: a running process sees no change of it."
              .formatted(String.join(", ", environments.keySet())));
    } else {
      addCoverage();
    }
  }

  /** A ring that is on hosts or in images is mounted from no ConfigMap that could be looked for. */
  private void addCoverage() {
    switch (spec.ring().type()) {
      case HostPath, External ->
          checks.add(
              Check.ConsumersCovered,
              Result.Warning,
              "Who loads a %s ring can't be seen: see to it yourself that spec.consumers names all."
                  .formatted(spec.ring().type()));
      case ConfigMap, SwiftOperator ->
          checks.add(
              Check.ConsumersCovered,
              Result.Passed,
              audience.mounts().isEmpty()
                  ? "No pod of this namespace mounts the ring; those of others can't be seen."
                  : "Every pod that mounts the ring belongs to a consumer or is an agent's.");
    }
  }

  private void checkProofs() {
    List<String> unproven =
        ConsumerDemands.unproven(spec).stream().map(ConsumerProofs::name).toList();
    List<String> failures = new ArrayList<>(demanded(Reason.ConsumerUnproven));
    proofs.missing().stream().map(Problem::message).forEach(failures::add);
    if (!failures.isEmpty()) {
      checks.add(Check.ConsumersProof, Result.Failed, Sentences.first(failures));
    } else if (!unproven.isEmpty()) {
      checks.add(
          Check.ConsumersProof,
          Result.Warning,
          String.join(", ", unproven) + ": given time only, as you acknowledged.");
    } else {
      checks.add(
          Check.ConsumersProof,
          Result.Passed,
          spec.consumers().isEmpty()
              ? "Nobody is named who loads the ring beside the nodes."
              : "%d of %d consumer(s) can be asked, and have the ring, or will be started anew."
                  .formatted(proofs.current(), proofs.total()));
    }
  }

  private void checkVersion() {
    Set<String> old = new TreeSet<>();
    Set<String> versions = new TreeSet<>();
    for (Group group : audience.groups()) {
      for (Member member : group.members()) {
        String version = member.answer() == null ? null : member.answer().version();
        if (version == null) {
          continue;
        }
        versions.add(version);
        if (isTooOld(version)) {
          old.add(
              "%s, %s runs Swift %s; partition power increases need 2.13.0."
                  .formatted(ConsumerProofs.name(group.consumer()), member.name(), version));
        }
      }
    }
    if (!old.isEmpty()) {
      checks.add(Check.SwiftVersion, Result.Failed, Sentences.first(List.copyOf(old)));
    } else if (versions.isEmpty()) {
      checks.add(
          Check.SwiftVersion,
          Result.Warning,
          "No consumer tells which Swift it runs; see that all run 2.13.0 or later.");
    } else {
      checks.add(Check.SwiftVersion, Result.Passed, "Swift " + first(versions) + ".");
    }
  }

  private static String first(Collection<String> words) {
    return words.stream().limit(3).collect(Collectors.joining(", "))
        + (words.size() > 3 ? ", …" : "");
  }

  static boolean isTooOld(String version) {
    return SWIFT.isAfter(version);
  }

  private void checkClocks() {
    List<String> skewed = new ArrayList<>();
    int asked = 0;
    for (Group group : audience.groups()) {
      for (Member member : group.members()) {
        Duration skew = member.answer() == null ? null : member.answer().clockSkew();
        asked += skew == null ? 0 : 1;
        if (skew != null && skew.abs().compareTo(CLOCK_SKEW) > 0) {
          skewed.add(describe(group.consumer(), member.name(), skew));
        }
      }
    }
    checks.warnIf(
        Check.ClocksAgree,
        skewed,
        asked == 0
            ? "No consumer tells the time."
            : "The clocks of %d process(es) agree with the operator's.".formatted(asked));
  }

  private static String describe(Consumer consumer, @Nullable String member, Duration skew) {
    return "%s, %s: its clock is %s %s."
        .formatted(
            ConsumerProofs.name(consumer),
            member,
            Times.inWords(skew.abs()),
            skew.isNegative() ? "behind" : "ahead");
  }
}
