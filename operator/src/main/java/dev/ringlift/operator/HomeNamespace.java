package dev.ringlift.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Objects;

/**
 * The first of the namespaces that are worked on; the operator's own, where they are not named. A
 * release has one alone.
 */
@Singleton
final class HomeNamespace {
  private static final String OWN = "JOSDK_WATCH_CURRENT";
  private static final String ALL = "JOSDK_ALL_NAMESPACES";

  private final String name;

  @Inject
  HomeNamespace(KubernetesClient client, OperatorConfig config) {
    String first = config.namespace().split(",", -1)[0].strip();
    name =
        first.isEmpty() || first.equals(OWN) || first.equals(ALL)
            ? Objects.requireNonNullElse(client.getNamespace(), "default")
            : first;
  }

  String name() {
    return name;
  }
}
