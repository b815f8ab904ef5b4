package dev.ringlift.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import dev.ringlift.testkit.process.Command;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The schema, its defaults and its rules, on a real API server. */
@Tag("apiserver")
@ExtendWith(ApiServerExtension.class)
class SchemaTest {
  private final ApiServer server;
  private final String namespace;

  SchemaTest(ApiServer server) {
    this.server = server;
    this.namespace = server.newNamespace("schema");
  }

  @BeforeEach
  void installDefinitions() {
    String crds = Path.of("../../crds").toString();
    assertThat(server.kubectl("apply", "--server-side", "-f", crds).orThrow().err())
        .as("warnings of the API server")
        .isEmpty();
    server.kubectl("wait", "--for=condition=Established", "--timeout=60s", "-f", crds).orThrow();
  }

  @Test
  void whatTheUserLeavesOutGetsItsDefault() {
    apply(increase("targetPartPower: 7, ring: {configMaps: [rings]}")).orThrow();

    assertThat(stored().getSpec())
        .isEqualTo(PartitionPowerIncreaseSpec.of(0, 7, RingSource.inConfigMaps("rings")));
    assertThat(server.kubectl("explain", "ppi.spec.targetPartPower").orThrow().out())
        .contains("Partition power to end at");
  }

  @Test
  void swiftOperatorsConfigMapNeedsNoName() {
    apply(increase("targetPartPower: 7, ring: {type: SwiftOperator}")).orThrow();

    assertThat(stored().getSpec().ring()).isEqualTo(RingSource.ofSwiftOperator("swift-ring-files"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "targetPartPower: 33, ring: {configMaps: [rings]} | should be less than or equal to 32",
        "targetPartPower: 0, ring: {configMaps: [rings]} | should be greater than or equal to 1",
        "targetPartPower: many, ring: {configMaps: [rings]} | must be of type integer",
        "ring: {configMaps: [rings]} | spec.targetPartPower: Required value",
        "targetPartPower: 7 | spec.ring: Required value",
        "targetPartPower: 7, ring: {configMaps: []} | should have at least 1 items",
        "targetPartPower: 7, ring: {configMaps: [a], type: Floppy} | Unsupported value: \"Floppy\"",
        "targetPartPower: 7, ring: {} | configMaps has to name the ConfigMaps",
        "targetPartPower: 7, ring: {type: SwiftOperator, configMaps: [a, b]} | goes with one ConfigMap",
        "targetPartPower: 7, ring: {type: SwiftOperator, builder: Absent} | and with the builder in it",
        "targetPartPower: 7, ring: {configMaps: [a], encoding: Hex} | Unsupported value: \"Hex\"",
        "targetPartPower: 7, ring: {configMaps: [a], builder: Lost} | Unsupported value: \"Lost\"",
        "targetPartPower: 7, ring: {configMaps: [a, b, a]} | Duplicate value: \"a\"",
        "targetPartPower: 7, ring: {configMaps: [a, b, c, d, e, f, g, h, i]} | must have at most 8 items",
        "targetPartPower: 7, ring: {configMaps: [a], type: External, encoding: Base64} | encoding Base64 goes with type ConfigMap only",
        "targetPartPower: 7, ring: {configMaps: [a]}, gates: {increase: Maybe} | Unsupported value: \"Maybe\"",
        "targetPartPower: 7, ring: {configMaps: [a]}, acknowledge: [Everything] | Unsupported value: \"Everything\"",
        "targetPartPower: 7, ring: {configMaps: [a]}, reclaimAge: week | spec.reclaimAge in body should match",
        "targetPartPower: 7, ring: {configMaps: [a]}, reclaimAge: '' | spec.reclaimAge in body should match",
        "targetPartPower: 7, ring: {configMaps: [a]}, nodes: {maxConcurrent: 0%} | maxConcurrent in body should match",
        "targetPartPower: 7, ring: {configMaps: [a]}, nodes: {excludeDevices: [{node: n}]} | excludeDevices[0].device: Required value",
        "targetPartPower: 7, ring: {configMaps: [a]}, windows: [{start: '0 22 * * *'}] | windows[0].duration: Required value",
        "targetPartPower: 7, ring: {configMaps: [a]}, consumers: [{kind: Deployment, name: p, role: Proxy}] | proof Recon needs a port",
        "targetPartPower: 7, ring: {configMaps: [a]}, consumers: [{kind: Deployment, name: p, role: Proxy, proof: Wait}] | proof Wait needs to know how long",
        "targetPartPower: 7, ring: {configMaps: [a]}, consumers: [{kind: Addresses, name: p, role: Proxy}] | kind Addresses, and it alone, names addresses",
        "targetPartPower: 7, ring: {configMaps: [a]}, consumers: [{kind: Addresses, name: p, role: Proxy, proof: Restart, addresses: ['h:1']}] | can't be restarted",
        "targetPartPower: 7, policyIndex: -1, ring: {configMaps: [a]} | should be greater than or equal to 0",
        "targetPartPower: 7, ring: {configMaps: [a]}, tagetPartPower: 8 | unknown field \"spec.tagetPartPower\"",
      })
  void nonsenseIsRefusedWithTheFieldAndTheReason(String spec, String reason) {
    Command.Result result = apply(increase(spec));

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.err()).contains(reason);
  }

  /** Names become parts of paths and URLs, and stand in events and logs. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ring: {configMaps: ['../../kube-system/configmaps/rings']} | spec.ring.configMaps[0]",
        "ring: {configMaps: [kube-system/rings]} | spec.ring.configMaps[0]",
        "ring: {configMaps: ['rings?resourceVersion=0']} | spec.ring.configMaps[0]",
        "ring: {configMaps: [..]} | spec.ring.configMaps[0]",
        "ring: {configMaps: [\"rings\\nINFO\"]} | spec.ring.configMaps[0]",
        "ring: {configMaps: [a]}, consumers: [{kind: Deployment, name: ../x, role: Proxy, port: 80}] | spec.consumers[0].name",
        "ring: {configMaps: [a]}, consumers: [{kind: Addresses, name: \"p\\nINFO\", role: Proxy, addresses: ['h:1']}] | spec.consumers[0].name",
        "ring: {configMaps: [a]}, consumers: [{kind: Addresses, name: p, role: Proxy, addresses: [\"h:1\\r\\nX: y\"]}] | spec.consumers[0].addresses[0]",
        "ring: {configMaps: [a]}, nodes: {excludeDevices: [{node: n, device: ../d1}]} | excludeDevices[0].device",
        "ring: {configMaps: [a]}, nodes: {excludeDevices: [{node: \"n\\nINFO\", device: d1}]} | excludeDevices[0].node",
        "ring: {configMaps: [a]}, windows: [{start: \"0 22 * * *\\nINFO\", duration: 8h}] | windows[0].start",
        "ring: {configMaps: [a]}, windows: [{start: '0 22 * * *', duration: 8h, timeZone: \"UTC\\nINFO\"}] | windows[0].timeZone",
      })
  void aNameThatIsMoreThanANameIsRefused(String spec, String field) {
    Command.Result result = apply(increase("targetPartPower: 7, " + spec));

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.err()).contains(field + " in body should match");
  }

  @ParameterizedTest
  @CsvSource({
    "'../d1', devices[0]",
    "/etc, devices[0]",
    "\"d1\\nINFO\", devices[0]",
    "\"d1\\0\", devices[0]"
  })
  void noTaskNamesADeviceElsewhere(String device, String field) {
    Command.Result result =
        apply(
            """
            apiVersion: ringlift.dev/v1alpha1
            kind: RelinkTask
            metadata: {name: elsewhere}
            spec:
              {increaseUid: u, cycle: 1, nodeName: node-1, policyIndex: 0, step: Relink, partPower: 6, nextPartPower: 7,
               ringMd5: d41d8cd98f00b204e9800998ecf8427e, devices: [%s]}
            """
                .formatted(device));

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.err()).contains("spec." + field + " in body should match");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"spec\":{\"targetPartPower\":8}} | targetPartPower is immutable",
        "{\"spec\":{\"policyIndex\":1}} | policyIndex is immutable",
        "{\"spec\":{\"ring\":{\"configMaps\":[\"others\"]}}} | ring is immutable",
        "{\"spec\":{\"ring\":{\"builder\":\"Absent\"}}} | ring is immutable",
      })
  void whatAnIncreaseIsAboutCannotBeChanged(String patch, String reason) {
    apply(increase("targetPartPower: 7, ring: {configMaps: [rings]}")).orThrow();

    Command.Result result = patch("ppi", patch);

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.err()).contains(reason);
    assertThat(stored().getMetadata().getGeneration()).isEqualTo(1);
  }

  @Test
  void howHardItWorksCanBeChanged() {
    apply(increase("targetPartPower: 7, ring: {configMaps: [rings]}")).orThrow();

    patch("ppi", "{\"spec\":{\"relinker\":{\"filesPerSecond\":100}}}").orThrow();

    assertThat(stored().getSpec().relinker().filesPerSecond()).isEqualTo(100);
  }

  @Test
  void thereIsNoWayBackFromACancel() {
    apply(increase("targetPartPower: 7, ring: {configMaps: [rings]}")).orThrow();
    patch("ppi", "{\"spec\":{\"cancel\":true}}").orThrow();

    Command.Result result = patch("ppi", "{\"spec\":{\"cancel\":false}}");

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.err()).contains("a cancel can't be taken back");
  }

  @Test
  void thereIsNoCancelOnceTheRingHasBeenIncreased() {
    apply(increase("targetPartPower: 7, ring: {configMaps: [rings]}")).orThrow();
    patchStatus("{\"status\":{\"pastPointOfNoReturn\":true}}").orThrow();

    Command.Result result = patch("ppi", "{\"spec\":{\"cancel\":true}}");

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.err()).contains("the ring has been increased: there is no way back");
    patch("ppi", "{\"spec\":{\"paused\":true}}").orThrow();
    patchStatus("{\"status\":{\"pastPointOfNoReturn\":false}}").orThrow();
    patch("ppi", "{\"spec\":{\"cancel\":true}}").orThrow();
  }

  @Test
  void theReclaimAgeStaysOnceAnIncreaseHasStarted() {
    apply(increase("targetPartPower: 7, ring: {configMaps: [rings]}")).orThrow();
    patch("ppi", "{\"spec\":{\"reclaimAge\":\"336h\"}}").orThrow();
    patchStatus("{\"status\":{\"startTime\":\"2026-01-01T00:00:00Z\"}}").orThrow();

    Command.Result result = patch("ppi", "{\"spec\":{\"reclaimAge\":\"168h\"}}");

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.err()).contains("reclaimAge is immutable once the increase has started");
  }

  @Test
  void aTaskStaysTheTaskThatItIs() {
    apply(
            """
            apiVersion: ringlift.dev/v1alpha1
            kind: RelinkTask
            metadata: {name: x}
            spec:
              {increaseUid: u, cycle: 1, nodeName: node-1, policyIndex: 0, step: Relink, partPower: 6, nextPartPower: 7,
               ringMd5: d41d8cd98f00b204e9800998ecf8427e, devices: [d1]}
            """)
        .orThrow();

    assertThat(patch("relinktask", "{\"spec\":{\"verify\":\"Full\"}}").err())
        .contains("the step Verify, and no other, says how much is looked at: Sample or Full");
    patch("relinktask", "{\"spec\":{\"attempt\":2,\"devices\":[\"d1\",\"d2\"]}}").orThrow();
    Command.Result result = patch("relinktask", "{\"spec\":{\"step\":\"Cleanup\"}}");

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.err())
        .contains(
            "only ring, round, devices, excluded, attempt, paused and relinker of a task may change");

    String otherRing = "\"ringMd5\":\"00000000000000000000000000000000\"";
    assertThat(patch("relinktask", "{\"spec\":{%s}}".formatted(otherRing)).err())
        .contains("a task whose ring changes begins a new round");
    patch("relinktask", "{\"spec\":{\"paused\":true,\"round\":1,%s}}".formatted(otherRing))
        .orThrow();
    assertThat(patch("relinktask", "{\"spec\":{\"round\":0}}").err())
        .contains("a task whose ring changes begins a new round");
  }

  private static String increase(String spec) {
    return """
        apiVersion: ringlift.dev/v1alpha1
        kind: PartitionPowerIncrease
        metadata: {name: x}
        spec: {%s}
        """
        .formatted(spec);
  }

  private Command.Result apply(String manifest) {
    return Command.of(server.kubectlCommand("apply", "-n", namespace, "-f", "-"))
        .input(manifest)
        .run();
  }

  private Command.Result patch(String kind, String patch) {
    return server.kubectl("patch", kind, "x", "-n", namespace, "--type=merge", "-p", patch);
  }

  private Command.Result patchStatus(String patch) {
    return server.kubectl(
        "patch", "ppi", "x", "-n", namespace, "--subresource=status", "--type=merge", "-p", patch);
  }

  private PartitionPowerIncrease stored() {
    return server
        .client()
        .resources(PartitionPowerIncrease.class)
        .inNamespace(namespace)
        .withName("x")
        .require();
  }
}
