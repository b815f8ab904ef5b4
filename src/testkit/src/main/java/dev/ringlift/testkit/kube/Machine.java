package dev.ringlift.testkit.kube;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.process.ManagedProcess;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A node of a {@link WholeCluster}: containerd and a kubelet, with PID and mount namespaces of
 * their own. Network and users are this machine's.
 */
public final class Machine {
  private static final Duration READY = Duration.ofMinutes(3);
  private static final String SCRIPT = "machine.sh";

  private final ApiServer server;
  private final String name;
  private final String address;
  private final Path folder;
  private final String kubelet;
  private final List<Path> images;
  private @Nullable ManagedProcess process;

  Machine(
      ApiServer server,
      KubernetesAssets assets,
      String name,
      String address,
      Path folder,
      List<Path> images) {
    this.server = server;
    this.name = name;
    this.address = address;
    this.folder = folder;
    this.kubelet = assets.executable("kubelet");
    this.images = List.copyOf(images);
    try {
      Files.createDirectories(devicesRoot());
      Files.createDirectories(reconCache());
      Files.createDirectories(sites());
      Files.createDirectories(folder.resolve("cni"));
      configure();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void configure() throws IOException {
    configure(SCRIPT);
    Files.copy(
        server.kubeconfigOf("system:node:" + name),
        folder.resolve("kubelet.kubeconfig"),
        StandardCopyOption.REPLACE_EXISTING);
    // Pods have the host's network; a node is NotReady all the same while it has no other.
    Files.writeString(
        folder.resolve("cni/10-loopback.conflist"),
        """
        {"cniVersion": "0.4.0", "name": "loopback", "plugins": [{"type": "loopback"}]}
        """);
    configure("containerd.toml");
    configure("kubelet.yaml");
  }

  /** Writes a file of this package's resources, with what is this node's own. */
  private void configure(String file) throws IOException {
    try (InputStream resource = Machine.class.getResourceAsStream(file)) {
      String text = new String(Objects.requireNonNull(resource).readAllBytes(), UTF_8);
      Files.writeString(
          folder.resolve(file),
          text.replace("FOLDER", folder.toString())
              .replace("NODE", name)
              .replace("ADDRESS", address));
    }
  }

  /** Of its Node object. */
  public String name() {
    return name;
  }

  /** Its own in the loopback network, and in its Node's status. */
  public String address() {
    return address;
  }

  /** Where all that it has of its own is. */
  public Path folder() {
    return folder;
  }

  /** What the node has as {@code /srv/node}. */
  public Path devicesRoot() {
    return folder.resolve("srv-node");
  }

  /** What the node has as {@code /var/cache/swift}. */
  public Path reconCache() {
    return folder.resolve("var-cache-swift");
  }

  /** What the node has as {@code /srv/sites}: for further Swift clusters on it. */
  public Path sites() {
    return folder.resolve("sites");
  }

  /** Logs of containers, in folders by pod and container. */
  public Path podLogs() {
    return folder.resolve("pod-logs");
  }

  /** Log of its containerd and kubelet. */
  public Path log() {
    return folder.resolve("machine.log");
  }

  /** Switches it on; {@link #awaitReady} waits for its Node. */
  public void start() {
    List<String> command =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "--propagation=private",
                "--pid",
                "--fork",
                "--kill-child=KILL",
                "--mount-proc",
                "bash",
                folder.resolve(SCRIPT).toString(),
                name,
                folder.toString(),
                kubelet));
    images.forEach(image -> command.add(image.toString()));
    process = ManagedProcess.builder(name, log()).command(command).start();
  }

  /** Waits until its Node is ready; the first time it is given its address. */
  public void awaitReady() {
    long deadline = System.nanoTime() + READY.toNanos();
    while (!isReady()) {
      ManagedProcess running = Objects.requireNonNull(process, "it is started first");
      if (!running.isAlive() || System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "node %s is not ready:%n%s".formatted(name, running.tail()));
      }
      pause();
    }
  }

  /** Gives an image that it has a further name. */
  public void tagImage(String image, String name) {
    long pid = Objects.requireNonNull(process, "it is started first").pid();
    Command.of(
            "nsenter",
            "--mount",
            "--target=" + pid,
            "ctr",
            "--address=/run/containerd/containerd.sock",
            "--namespace=k8s.io",
            "images",
            "tag",
            image,
            name)
        .run()
        .orThrow();
  }

  private boolean isReady() {
    Node node = client().nodes().withName(name).get();
    if (node == null) {
      return false;
    }
    if (node.getSpec() != null && !node.getSpec().getTaints().isEmpty()) {
      introduce(node);
    }
    return node.getStatus().getConditions().stream()
        .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  /** What a cloud provider would do: say its address, and that it may be used. */
  private void introduce(Node node) {
    List<Taint> others =
        node.getSpec().getTaints().stream()
            .filter(taint -> !taint.getKey().endsWith("/uninitialized"))
            .toList();
    if (others.size() == node.getSpec().getTaints().size()) {
      return;
    }
    PatchContext merge = PatchContext.of(PatchType.JSON_MERGE);
    client()
        .nodes()
        .withName(name)
        .subresource("status")
        .patch(
            merge,
            "{\"status\": {\"addresses\": [{\"type\": \"InternalIP\", \"address\": \"%s\"}]}}"
                .formatted(address));
    // as a whole: whoever else changes taints does it afterwards
    Map<String, Object> untainted = Map.of("spec", Map.of("taints", others));
    client()
        .nodes()
        .withName(name)
        .patch(merge, client().getKubernetesSerialization().asJson(untainted));
  }

  private KubernetesClient client() {
    return server.client();
  }

  /** Pulls the plug: everything on it ends at once, and nothing is told to anybody. */
  public void powerOff() {
    ManagedProcess running = process;
    if (running == null) {
      return;
    }
    // the kernel ends the first process of the namespace last of all
    List<ProcessHandle> first =
        ProcessHandle.of(running.pid()).stream().flatMap(ProcessHandle::children).toList();
    running.kill();
    first.forEach(handle -> handle.onExit().orTimeout(1, TimeUnit.MINUTES).join());
  }

  private static void pause() {
    try {
      Thread.sleep(Duration.ofMillis(200));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a node started", e);
    }
  }
}
