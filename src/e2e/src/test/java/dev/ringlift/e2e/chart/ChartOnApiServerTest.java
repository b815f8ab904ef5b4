package dev.ringlift.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import dev.ringlift.testkit.process.Command;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What a real API server says of the chart's manifests. */
@Tag("apiserver")
@ExtendWith(ApiServerExtension.class)
class ChartOnApiServerTest {
  static final List<String> PRESETS = RingliftChart.PRESETS;

  @ParameterizedTest
  @FieldSource("PRESETS")
  void takesEachPresetWithoutAWarning(String preset, ApiServer server) {
    String namespace = server.newNamespace("preset");
    String manifests =
        RingliftChart.render(namespace, List.of(RingliftChart.preset(preset)), Map.of());

    Command.Result result = dryRun(server, manifests);

    assertThat(result.err()).isEmpty();
    assertThat(result.out().lines())
        .hasSameSizeAs(kinds(manifests))
        .allMatch(line -> line.endsWith("serverside-applied (server dry run)"));
  }

  private static List<String> kinds(String manifests) {
    return manifests.lines().filter(line -> line.startsWith("kind: ")).toList();
  }

  /** The strictest of Kubernetes' standards for pods; an agent can't do without the devices. */
  @Test
  void podsAreRestrictedButForTheAgentsHostPaths(ApiServer server) {
    String namespace = server.newNamespace("restricted");
    server
        .kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/warn=restricted")
        .orThrow();

    String warnings = dryRun(server, RingliftChart.render(namespace, List.of(), Map.of())).err();

    assertThat(warnings.lines().filter(line -> line.startsWith("Warning")))
        .singleElement()
        .asString()
        .contains(
            "restricted volume types (volumes \"devices\", \"recon\" use restricted volume type"
                + " \"hostPath\")")
        .doesNotContain("container");
  }

  @Test
  void upgradesTheDefinitions(ApiServer server) {
    assertThat(RingliftChart.render("swift", List.of(), Map.of()))
        .containsPattern("(?s)kind: CustomResourceDefinition.*helm.sh/resource-policy: keep");
    assertThat(RingliftChart.render("swift", List.of(), Map.of("crds.install", false)))
        .doesNotContain("CustomResourceDefinition");
    String namespace = server.newNamespace("definitions");
    String installed = RingliftChart.render(namespace, List.of(), Map.of());

    Command.of(server.kubectlCommand("apply", "--server-side", "--force-conflicts", "-f", "-"))
        .input(definitions(installed))
        .run()
        .orThrow();

    assertThat(server.kubectl("get", "crd", "-o", "name").orThrow().out())
        .contains("partitionpowerincreases.ringlift.dev", "relinktasks.ringlift.dev");
  }

  private static String definitions(String manifests) {
    StringBuilder definitions = new StringBuilder();
    for (String manifest : manifests.split("(?m)^---$", -1)) {
      if (manifest.contains("\nkind: CustomResourceDefinition\n")) {
        definitions.append("---").append(manifest);
      }
    }
    return definitions.toString();
  }

  private static Command.Result dryRun(ApiServer server, String manifests) {
    return Command.of(
            server.kubectlCommand(
                "apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", "-"))
        .input(manifests)
        .run()
        .orThrow();
  }
}
