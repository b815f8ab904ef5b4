package dev.ringlift.operator.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.ring.Md5;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A Deployment whose pods mount the ring, with what a controller and kubelets do for it. Each pod
 * has a loopback address of its own, where it answers as Swift's recon does.
 */
public final class SimulatedWorkload implements AutoCloseable {
  private static final String TEMPLATE_HASH = "pod-template-hash";

  private final KubernetesClient client;
  private final String namespace;
  private final String name;
  private final boolean subPath;
  private final int port;
  private final List<HttpServer> servers = new ArrayList<>();
  private final Map<String, byte[]> rings = new ConcurrentHashMap<>();

  private SimulatedWorkload(SimulatedCluster cluster, String name, boolean subPath, int port) {
    this.client = cluster.client();
    this.namespace = cluster.namespace();
    this.name = name;
    this.subPath = subPath;
    this.port = port;
  }

  /** Without pods yet. */
  public static SimulatedWorkload create(
      SimulatedCluster cluster, String name, int replicas, boolean subPath, int port) {
    SimulatedWorkload workload = new SimulatedWorkload(cluster, name, subPath, port);
    workload
        .client
        .resource(
            new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace(workload.namespace)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withNewSelector()
                .addToMatchLabels("app", name)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", name)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("swift")
                .withImage("swift")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build())
        .create();
    return workload;
  }

  public Deployment deployment() {
    return client.apps().deployments().inNamespace(namespace).withName(name).require();
  }

  /** A running pod of the Deployment's present template. */
  public void startPod(String pod, @Nullable String address) {
    Deployment deployment = deployment();
    Map<String, String> annotations =
        Objects.requireNonNullElse(
            deployment.getSpec().getTemplate().getMetadata().getAnnotations(), Map.of());
    Pod made =
        client
            .resource(
                new PodBuilder()
                    .withNewMetadata()
                    .withNamespace(namespace)
                    .withName(pod)
                    .addToLabels("app", name)
                    .addToLabels(TEMPLATE_HASH, "abc")
                    .withAnnotations(annotations)
                    .addNewOwnerReference()
                    .withApiVersion("apps/v1")
                    .withKind("ReplicaSet")
                    .withName(name + "-abc")
                    .withUid(deployment.getMetadata().getUid())
                    .withController(true)
                    .endOwnerReference()
                    .endMetadata()
                    .withNewSpec()
                    .addNewVolume()
                    .withName("rings")
                    .withNewConfigMap()
                    .withName(SimulatedCluster.MAP)
                    .endConfigMap()
                    .endVolume()
                    .addNewContainer()
                    .withName("swift")
                    .withImage("swift")
                    .addNewVolumeMount()
                    .withName("rings")
                    .withMountPath("/etc/swift" + (subPath ? "/" + SimulatedCluster.RING : ""))
                    .withSubPath(subPath ? SimulatedCluster.RING : null)
                    .endVolumeMount()
                    .endContainer()
                    .endSpec()
                    .build())
            .create();
    made.setStatus(
        new PodStatusBuilder()
            .withPhase("Running")
            .withPodIP(address == null ? "127.0.0.1" : address)
            .build());
    client.resource(made).updateStatus();
    if (address != null) {
      serve(pod, address);
    }
  }

  public void deletePod(String pod) {
    client.pods().inNamespace(namespace).withName(pod).withGracePeriod(0).delete();
  }

  /** What a Deployment's controller says when all its pods are of the present template. */
  public void rollOut(int replicas) {
    Deployment deployment = deployment();
    deployment.setStatus(
        new DeploymentStatusBuilder()
            .withObservedGeneration(deployment.getMetadata().getGeneration())
            .withReplicas(replicas)
            .withUpdatedReplicas(replicas)
            .withAvailableReplicas(replicas)
            .withReadyReplicas(replicas)
            .build());
    client.resource(deployment).updateStatus();
  }

  /** The ring file that the pod sees from now on. */
  public void deliver(String pod, byte[] ring) {
    rings.put(pod, ring);
  }

  /** For which ring the pod was told to look. */
  public @Nullable String told(String pod) {
    Map<String, String> annotations =
        client.pods().inNamespace(namespace).withName(pod).require().getMetadata().getAnnotations();
    return annotations == null
        ? null
        : annotations.get(ApiConstants.ANNOTATION_RING_MD5 + SimulatedCluster.RING);
  }

  /** For which ring pods of the present template are started. */
  public @Nullable String stamp() {
    Map<String, String> annotations =
        deployment().getSpec().getTemplate().getMetadata().getAnnotations();
    return annotations == null
        ? null
        : annotations.get(ApiConstants.ANNOTATION_RESTARTED_FOR + SimulatedCluster.RING);
  }

  private void serve(String pod, String address) {
    try {
      HttpServer server = HttpServer.create(new InetSocketAddress(address, port), 0);
      server.createContext("/recon/ringmd5", exchange -> answer(pod, exchange));
      server.start();
      servers.add(server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answer(String pod, HttpExchange exchange) throws IOException {
    byte[] ring = Objects.requireNonNull(rings.get(pod), "the pod has a ring");
    try (exchange) {
      exchange.sendResponseHeaders(200, 0);
      exchange
          .getResponseBody()
          .write(
              "{\"/etc/swift/%s\": \"%s\"}"
                  .formatted(SimulatedCluster.RING, Md5.hex(ring))
                  .getBytes(UTF_8));
    }
  }

  @Override
  public void close() {
    servers.forEach(server -> server.stop(0));
  }
}
