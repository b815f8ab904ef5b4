package dev.ringlift.e2e.story;

import dev.ringlift.e2e.cluster.SwiftCluster;
import dev.ringlift.testkit.process.Command;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Does what swift-operator's rebalance Job does to its ConfigMap, each time in an empty folder:
 * unpacks tar and rings, makes builders that are missing, adds devices, rebalances, packs, and puts
 * the map back over the resourceVersion that it read, with its own keys alone.
 */
final class RebalanceJob {
  private static final String NAME = "swift-ring-rebalance";
  private static final String TAR = "swiftrings.tar.gz";
  private static final List<String> KINDS = List.of("account", "container", "object");

  private final Story story;
  private final Path folder;
  private int runs;

  RebalanceJob(Story story, Path folder) {
    this.story = story;
    this.folder = folder;
  }

  /** Runs it where rings were made by other means before: their builder is there, and no tar. */
  void runFirst(Path builder) throws IOException {
    Path etc = newFolder();
    ConfigMap map = get(etc);
    Files.copy(builder, etc.resolve("object.builder"));
    for (String kind : List.of("account", "container")) {
      ringBuilder(etc, kind + ".builder", "create", "6", "1", "1");
      ringBuilder(etc, kind + ".builder", "add", "r1z1-127.0.0.1:6201/d1", "10");
    }
    rebalanceAndPush(etc, map);
  }

  /** Runs it, as it does when a disk was added. */
  void runForNewDevice(String device) throws IOException {
    Path etc = newFolder();
    ConfigMap map = get(etc);
    ringBuilder(etc, "object.builder", "add", device, "100");
    rebalanceAndPush(etc, map);
  }

  private Path newFolder() throws IOException {
    return Files.createDirectories(folder.resolve("run" + runs++));
  }

  private ConfigMap get(Path etc) throws IOException {
    ConfigMap map =
        client()
            .configMaps()
            .inNamespace(story.cluster().namespace())
            .withName(SwiftCluster.RINGS)
            .require();
    Map<String, String> files = map.getBinaryData();
    if (files.containsKey(TAR)) {
      write(etc.resolve(TAR), files.get(TAR));
      Command.of("tar", "-xzf", TAR).in(etc).run().orThrow();
    }
    for (String kind : KINDS) {
      String ring = kind + ".ring.gz";
      if (files.containsKey(ring)) {
        write(etc.resolve(ring), files.get(ring));
      }
    }
    return map;
  }

  private static void write(Path file, String base64) throws IOException {
    Files.write(file, Base64.getDecoder().decode(base64));
  }

  private void rebalanceAndPush(Path etc, ConfigMap map) throws IOException {
    KINDS.parallelStream()
        .forEach(
            kind -> {
              ringBuilder(etc, kind + ".builder", "rebalance");
              ringBuilder(etc, kind + ".builder", "write_ring");
            });
    String pack = "tar -czf " + TAR + " *.builder *.ring.gz backups/*.builder";
    Command.of("bash", "-c", pack).in(etc).run().orThrow();
    ConfigMapBuilder put =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName(SwiftCluster.RINGS)
            .withNamespace(story.cluster().namespace())
            .withResourceVersion(map.getMetadata().getResourceVersion())
            .withFinalizers("openstack.org/swiftring")
            .addNewOwnerReference()
            .withApiVersion("swift.openstack.org/v1beta1")
            .withKind("SwiftRing")
            .withName("swift-ring")
            .withUid("7b0c3e0e-0000-4000-8000-000000000000")
            .endOwnerReference()
            .endMetadata();
    List<String> keys = new ArrayList<>(List.of(TAR));
    KINDS.forEach(kind -> keys.add(kind + ".ring.gz"));
    for (String key : keys) {
      byte[] content = Files.readAllBytes(etc.resolve(key));
      put.addToBinaryData(key, Base64.getEncoder().encodeToString(content));
    }
    Path body = etc.resolve("put.json");
    Files.writeString(body, client().getKubernetesSerialization().asJson(put.build()));
    String url =
        "/api/v1/namespaces/%s/configmaps/%s"
            .formatted(story.cluster().namespace(), SwiftCluster.RINGS);
    story.server().kubectl("replace", "--raw", url, "-f", body.toString()).orThrow();
  }

  /** Exit code 1 is a warning: nothing to do, or not well balanced. */
  private void ringBuilder(Path etc, String... arguments) {
    Command.Result result = story.swift().command("swift-ring-builder", arguments).in(etc).run();
    if (result.exitCode() > 1) {
      result.orThrow();
    }
  }

  /** From now on the API server shows the Job at work. */
  void begin() {
    Job job =
        new JobBuilder()
            .withNewMetadata()
            .withNamespace(story.cluster().namespace())
            .withName(NAME)
            .addToLabels("job-name", NAME)
            .endMetadata()
            .withNewSpec()
            .withNewTemplate()
            .withNewSpec()
            .withRestartPolicy("OnFailure")
            .addNewContainer()
            .withName(NAME)
            .withImage("swift-proxy-server")
            .withCommand("/usr/local/bin/swift-ring-tool", "all")
            .addNewEnv()
            .withName("CM_NAME")
            .withValue(SwiftCluster.RINGS)
            .endEnv()
            .endContainer()
            .endSpec()
            .endTemplate()
            .endSpec()
            .build();
    client().resource(job).create();
  }

  /** The Job has ended; it stays there, as swift-operator leaves it. */
  void end() {
    client()
        .batch()
        .v1()
        .jobs()
        .inNamespace(story.cluster().namespace())
        .withName(NAME)
        .editStatus(
            job ->
                new JobBuilder(job)
                    .editOrNewStatus()
                    .withStartTime("2026-03-01T10:00:00Z")
                    .withCompletionTime("2026-03-01T10:01:00Z")
                    .withSucceeded(1)
                    .addNewCondition()
                    .withType("SuccessCriteriaMet")
                    .withStatus("True")
                    .endCondition()
                    .addNewCondition()
                    .withType("Complete")
                    .withStatus("True")
                    .endCondition()
                    .endStatus()
                    .build());
  }

  private KubernetesClient client() {
    return story.cluster().client();
  }
}
