package dev.ringlift.operator.observe;

import dev.ringlift.operator.plan.Audience.Workload;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads Deployments, StatefulSets and DaemonSets alike. */
final class Workloads {
  private Workloads() {}

  /**
   * What bears on the proofs of a workload's pods.
   *
   * @param stampKey annotation of its pod template that says for which ring pods were started
   */
  static Workload of(HasMetadata workload, String stampKey) {
    return switch (workload) {
      case Deployment it -> deployment(it, stampKey);
      case StatefulSet it -> statefulSet(it, stampKey);
      case DaemonSet it -> daemonSet(it, stampKey);
      default -> throw new IllegalArgumentException("no workload: " + workload.getKind());
    };
  }

  static @Nullable LabelSelector selector(HasMetadata workload) {
    return switch (workload) {
      case Deployment it -> it.getSpec().getSelector();
      case StatefulSet it -> it.getSpec().getSelector();
      case DaemonSet it -> it.getSpec().getSelector();
      default -> null;
    };
  }

  /** As the API server matches; an empty selector, which it does not let through, matches none. */
  static boolean matches(@Nullable LabelSelector selector, @Nullable Map<String, String> labels) {
    if (selector == null) {
      return false;
    }
    Map<String, String> own = Objects.requireNonNullElse(labels, Map.of());
    Map<String, String> wanted = Objects.requireNonNullElse(selector.getMatchLabels(), Map.of());
    List<LabelSelectorRequirement> rules =
        Objects.requireNonNullElse(selector.getMatchExpressions(), List.of());
    return !(wanted.isEmpty() && rules.isEmpty())
        && wanted.entrySet().stream()
            .allMatch(rule -> rule.getValue().equals(own.get(rule.getKey())))
        && rules.stream().allMatch(rule -> matches(rule, own));
  }

  private static boolean matches(LabelSelectorRequirement rule, Map<String, String> labels) {
    @Nullable String value = labels.get(rule.getKey());
    return switch (rule.getOperator()) {
      case "In" -> value != null && rule.getValues().contains(value);
      case "NotIn" -> value == null || !rule.getValues().contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      default -> false;
    };
  }

  private static Workload deployment(Deployment it, String stampKey) {
    DeploymentStatus status = Objects.requireNonNullElseGet(it.getStatus(), DeploymentStatus::new);
    return new Workload(
        isObserved(it, status.getObservedGeneration()),
        Objects.requireNonNullElse(it.getSpec().getReplicas(), 1),
        number(status.getReplicas()),
        number(status.getUpdatedReplicas()),
        number(status.getAvailableReplicas()),
        annotation(it.getSpec().getTemplate(), stampKey));
  }

  private static Workload statefulSet(StatefulSet it, String stampKey) {
    StatefulSetStatus status =
        Objects.requireNonNullElseGet(it.getStatus(), StatefulSetStatus::new);
    return new Workload(
        isObserved(it, status.getObservedGeneration()),
        Objects.requireNonNullElse(it.getSpec().getReplicas(), 1),
        number(status.getReplicas()),
        number(status.getUpdatedReplicas()),
        number(status.getAvailableReplicas()),
        annotation(it.getSpec().getTemplate(), stampKey));
  }

  private static Workload daemonSet(DaemonSet it, String stampKey) {
    DaemonSetStatus status = Objects.requireNonNullElseGet(it.getStatus(), DaemonSetStatus::new);
    return new Workload(
        isObserved(it, status.getObservedGeneration()),
        number(status.getDesiredNumberScheduled()),
        number(status.getCurrentNumberScheduled()),
        number(status.getUpdatedNumberScheduled()),
        number(status.getNumberAvailable()),
        annotation(it.getSpec().getTemplate(), stampKey));
  }

  private static boolean isObserved(HasMetadata workload, @Nullable Long observed) {
    Long generation = workload.getMetadata().getGeneration();
    return observed != null && generation != null && observed >= generation;
  }

  private static int number(@Nullable Integer count) {
    return count == null ? 0 : count;
  }

  private static @Nullable String annotation(@Nullable PodTemplateSpec template, String key) {
    if (template == null
        || template.getMetadata() == null
        || template.getMetadata().getAnnotations() == null) {
      return null;
    }
    return template.getMetadata().getAnnotations().get(key);
  }
}
