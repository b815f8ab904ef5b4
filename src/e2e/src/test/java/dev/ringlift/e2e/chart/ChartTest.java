package dev.ringlift.e2e.chart;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.marcnuri.helm.LintResult;
import dev.ringlift.api.v1alpha1.ApiConstants;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** What Helm makes of the chart, without a cluster. */
class ChartTest {
  private static final KubernetesSerialization YAML = new KubernetesSerialization();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path GOLDEN = Path.of("src/test/resources/chart");
  private static final Path ROOT = Path.of("../..");

  static final List<String> PRESETS = RingliftChart.PRESETS;

  /** All that is off by default, and a value of each kind. */
  private static final Map<String, Object> EVERYTHING =
      Map.ofEntries(
          entry("monitoring.podMonitor", true),
          entry("monitoring.prometheusRule", true),
          entry("monitoring.dashboard", true),
          entry("monitoring.labels.release", "prometheus"),
          entry("networkPolicy.restrictEgress", true),
          entry("operator.settings.settleAfterPrepare", "240s"),
          entry("statusPage.enabled", true),
          entry("statusPage.service.enabled", true),
          entry("statusPage.service.from[0].podSelector.matchLabels.app", "oauth2-proxy"),
          entry("operator.priorityClassName", "cluster-services"),
          entry("agent.settings.replicationSlots", 4),
          entry("agent.settings.objectServer", "http://$(HOST_IP):6200"),
          entry("agent.updateStrategy.type", "OnDelete"),
          entry("image.pullSecrets[0]", "registry"));

  @Test
  void helmFindsNothingToSay() {
    LintResult result = RingliftChart.lint();

    assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
    assertThat(result.getMessages()).containsExactly("[INFO] Chart.yaml: icon is recommended");
  }

  @ParameterizedTest
  @FieldSource("PRESETS")
  void aPresetsManifestsAreThoseCheckedIn(String preset) throws IOException {
    List<Path> values = List.of(RingliftChart.preset(preset));
    assertGolden(preset, RingliftChart.render("swift", values, Map.of("crds.install", false)));
  }

  @Test
  void theManifestsWithEverythingOnAreThoseCheckedIn() throws IOException {
    Map<String, Object> values = new HashMap<>(EVERYTHING);
    values.put("crds.install", false);
    assertGolden("everything", RingliftChart.render("swift", List.of(), values));
  }

  private static void assertGolden(String name, String rendered) throws IOException {
    Path golden = GOLDEN.resolve(name + ".yaml");
    if (Boolean.getBoolean("ringlift.golden.write")) {
      Files.writeString(golden, rendered);
    }
    assertThat(rendered)
        .as(
            "the chart renders something else for %s: run bin/generate-golden, and look at the"
                + " difference",
            name)
        .isEqualTo(Files.readString(golden));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          operator.replicas         | two      | at '/operator/replicas': got string, want integer
          operator.replicas         | 0        | at '/operator/replicas': minimum: got 0, want 1
          operator.image.tga        | 1.1      | at '/operator/image': additional properties 'tga' not allowed
          operator.settings.settle  | soon     | at '/operator/settings/settle': 'soon' does not match pattern
          operator.settings.setle   | 20s      | at '/operator/settings': additional properties 'setle' not allowed
          operatr.replicas          | 2        | at '': additional properties 'operatr' not allowed
          agent.rings.from          | Nowhere  | at '/agent/rings/from': value must be one of
          agent.devices.hostPath    | srv/node | at '/agent/devices/hostPath': 'srv/node' does not match pattern
          agent.port                | 70000    | at '/agent/port': maximum
          agent.swiftConf.from      | Secret   | at '/agent/swiftConf/name': minLength
          agent.settings.objectServer | http://$(HOST_IP) | at '/agent/settings/objectServer': 'http://$(HOST_IP)' does not match pattern
          agent.updateStrategy.type | Recreate | at '/agent/updateStrategy/type': value must be one of
          swift.uid                 | 0        | at '/swift/uid': minimum: got 0, want 1
          statusPage.service.enabled | true    | at '/statusPage/service/from': minItems: got 0, want 1
          statusPage.enabled        | perhaps  | at '/statusPage/enabled': got string, want boolean
          crds.install              | maybe    | at '/crds/install': got string, want boolean
          """)
  void whatTheSchemaDoesNotKnowIsRefused(String path, String value, String sentence) {
    assertThatThrownBy(() -> RingliftChart.render("swift", List.of(), Map.of(path, value)))
        .hasMessageContaining(sentence);
  }

  @Test
  void aListOfNoRingsIsRefused(@TempDir Path folder) throws IOException {
    Path values = Files.writeString(folder.resolve("v.yaml"), "agent: {rings: {configMaps: []}}");
    assertThatThrownBy(() -> RingliftChart.render("swift", List.of(values), Map.of()))
        .hasMessageContaining("configMaps");
  }

  /** Else helm upgrade would replace each agent, in the middle of its work, for nothing. */
  @Test
  void noNewVersionOfTheChartAndNoSettingOfTheOperatorReplacesAgents() {
    DaemonSet before = only(DaemonSet.class, RingliftChart.render("swift", List.of(), Map.of()));
    DaemonSet after =
        only(
            DaemonSet.class,
            RingliftChart.render(
                "swift",
                List.of(),
                Map.of("operator.replicas", 3, "operator.settings.settle", "30s")));

    assertThat(after.getSpec().getTemplate()).isEqualTo(before.getSpec().getTemplate());
    assertThat(before.getSpec().getTemplate().getMetadata().getLabels().keySet())
        .noneMatch(label -> label.contains("version") || label.contains("chart"));
  }

  /** What is of one alone comes first; so the operator is upgraded, and no agent replaced. */
  @ParameterizedTest
  @CsvSource({
    "'',     '',   '',   $,    $",
    "new,    '',   '',   new,  new",
    "'',     own,  '',   own,  $",
    "new,    own,  '',   own,  new",
    "new,    '',   old,  new,  old",
  })
  void operatorAndAgentsMayHaveTagsOfTheirOwn(
      String both, String operator, String agent, String operators, String agents) {
    String all =
        RingliftChart.render(
            "swift",
            List.of(),
            Map.of("image.tag", both, "operator.image.tag", operator, "agent.image.tag", agent));

    assertThat(image(only(Deployment.class, all).getSpec().getTemplate()))
        .isEqualTo(
            "localhost/ringlift-operator:" + operators.replace("$", RingliftChart.version()));
    assertThat(image(only(DaemonSet.class, all).getSpec().getTemplate()))
        .isEqualTo("localhost/ringlift-agent:" + agents.replace("$", RingliftChart.version()));
  }

  private static String image(PodTemplateSpec pod) {
    return pod.getSpec().getContainers().getFirst().getImage();
  }

  /** Else preflight takes the agents for consumers that nobody named, and nothing ever begins. */
  @Test
  void theOperatorKnowsAgentsByTheirLabel() {
    DaemonSet agents = only(DaemonSet.class, RingliftChart.render("swift", List.of(), Map.of()));

    assertThat(agents.getSpec().getTemplate().getMetadata().getLabels())
        .containsEntry(ApiConstants.LABEL_COMPONENT, ApiConstants.COMPONENT_AGENT);
  }

  @Test
  void noPodMayMoreThanItMust() {
    String all = RingliftChart.render("swift", List.of(), Map.of());
    for (PodSpec pod :
        List.of(
            only(DaemonSet.class, all).getSpec().getTemplate().getSpec(),
            only(Deployment.class, all).getSpec().getTemplate().getSpec())) {
      assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
      assertThat(pod.getSecurityContext().getSeccompProfile().getType())
          .isEqualTo("RuntimeDefault");
      assertThat(pod.getHostNetwork()).isNull();
      assertThat(pod.getContainers())
          .allSatisfy(
              container -> {
                assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
                assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
                assertThat(container.getSecurityContext().getCapabilities().getDrop())
                    .containsExactly("ALL");
                assertThat(container.getSecurityContext().getPrivileged()).isNull();
              });
    }
  }

  /** Of the node an agent has the devices, recon's cache and rings; the operator has nothing. */
  @ParameterizedTest
  @CsvSource({
    "config-map, /srv/node /var/cache/swift",
    "swift-operator, /srv/node",
    "host-path, /etc/swift /etc/swift /srv/node /var/cache/swift"
  })
  void noPodSeesMoreOfItsNodeThanItMust(String preset, String folders) {
    String all = RingliftChart.render("swift", List.of(RingliftChart.preset(preset)), Map.of());
    PodSpec agent = only(DaemonSet.class, all).getSpec().getTemplate().getSpec();
    PodSpec operator = only(Deployment.class, all).getSpec().getTemplate().getSpec();

    assertThat(hostPaths(agent)).isEqualTo(folders);
    assertThat(hostPaths(operator)).isEmpty();
    for (PodSpec pod : List.of(agent, operator)) {
      assertThat(pod.getHostPID()).isNull();
      assertThat(pod.getHostIPC()).isNull();
      assertThat(pod.getHostUsers()).isNull();
      assertThat(pod.getInitContainers()).isEmpty();
      assertThat(pod.getSecurityContext().getSysctls()).isEmpty();
      assertThat(pod.getSecurityContext().getSupplementalGroups()).isEmpty();
      assertThat(pod.getContainers())
          .singleElement()
          .satisfies(
              container -> {
                assertThat(container.getSecurityContext().getCapabilities().getAdd()).isEmpty();
                assertThat(container.getSecurityContext().getProcMount()).isNull();
                assertThat(container.getEnv())
                    .noneMatch(
                        env ->
                            env.getValueFrom() != null
                                && env.getValueFrom().getSecretKeyRef() != null);
                assertThat(container.getVolumeMounts())
                    .filteredOn(mount -> mount.getName().equals("swift-conf"))
                    .allMatch(VolumeMount::getReadOnly);
              });
    }
  }

  private static String hostPaths(PodSpec pod) {
    return pod.getVolumes().stream()
        .filter(volume -> volume.getHostPath() != null)
        .map(volume -> volume.getHostPath().getPath())
        .sorted()
        .collect(Collectors.joining(" "));
  }

  @Test
  void everyAlertHasARunbook() throws IOException {
    List<String> headings =
        Files.readAllLines(ROOT.resolve("docs/runbooks.md")).stream()
            .filter(line -> line.startsWith("## "))
            .map(line -> line.substring(3))
            .toList();
    List<String> alerts = new ArrayList<>();
    String rules = Files.readString(RingliftChart.folder().resolve("files/alerts.yaml"));
    for (JsonNode alert : JSON.valueToTree(YAML.unmarshal(rules, List.class))) {
      String name = alert.path("alert").asText();
      alerts.add(name);
      assertThat(alert.path("annotations").path("runbook_url").asText())
          .isEqualTo("RUNBOOKS#" + name.toLowerCase(Locale.ROOT));
    }
    assertThat(headings).containsExactlyElementsOf(alerts);
  }

  @Test
  void theDashboardIsJsonWithADatasourceToChoose() throws IOException {
    JsonNode dashboard =
        JSON.readTree(RingliftChart.folder().resolve("files/dashboard.json").toFile());
    assertThat(dashboard.path("panels"))
        .isNotEmpty()
        .allSatisfy(
            panel ->
                assertThat(panel.path("datasource").path("uid").asText())
                    .isEqualTo("${datasource}"));
  }

  private static <T> T only(Class<T> kind, String manifests) {
    List<String> found =
        Arrays.stream(manifests.split("(?m)^---$", -1))
            .filter(manifest -> manifest.contains("\nkind: " + kind.getSimpleName() + "\n"))
            .toList();
    assertThat(found).hasSize(1);
    return YAML.unmarshal(found.getFirst(), kind);
  }
}
