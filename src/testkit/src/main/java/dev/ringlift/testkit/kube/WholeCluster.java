package dev.ringlift.testkit.kube;

import dev.ringlift.testkit.kube.Surroundings.User;
import dev.ringlift.testkit.process.ManagedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A whole Kubernetes on one machine: API server, controller-manager, scheduler, and nodes that run
 * containers. Needs root, containerd, runc and util-linux, and what {@link
 * KubernetesAssets#forNodes} asks for.
 *
 * <p>What is not there: a network of pods (they have to take the host's), DNS, kube-proxy. All
 * nodes share the network and the file system of this machine; each has an address of its own in
 * the loopback network, and its own {@code /srv/node}, {@code /srv/sites} and {@code
 * /var/cache/swift}.
 */
public final class WholeCluster implements AutoCloseable {
  private static final Duration STOP = Duration.ofSeconds(20);

  /** What a kubelet sets for the whole machine. */
  private static final List<String> KERNEL_SETTINGS =
      List.of(
          "vm/overcommit_memory",
          "vm/panic_on_oom",
          "kernel/panic",
          "kernel/panic_on_oops",
          "kernel/keys/root_maxkeys",
          "kernel/keys/root_maxbytes");

  private final ApiServer server;
  private final List<ManagedProcess> controllers = new ArrayList<>();
  private final Map<String, Machine> machines = new LinkedHashMap<>();
  private final Map<Path, String> kernelSettings = new LinkedHashMap<>();

  /**
   * Starts all but the nodes.
   *
   * @param folder for everything; stays
   * @param nodes their names
   * @param images archives of the images that each node is to have
   */
  public WholeCluster(KubernetesAssets assets, Path folder, List<String> nodes, List<Path> images) {
    String network = Surroundings.freeNetwork();
    List<User> users = new ArrayList<>();
    users.add(new User("system:kube-controller-manager", ""));
    users.add(new User("system:kube-scheduler", ""));
    nodes.forEach(node -> users.add(new User("system:node:" + node, "system:nodes")));
    for (String setting : KERNEL_SETTINGS) {
      Path file = Path.of("/proc/sys", setting);
      kernelSettings.put(file, read(file));
    }
    server = ApiServer.start(assets, folder.resolve("api"), Surroundings.cluster(network, users));
    try {
      startControllers(assets, folder);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    List<Path> everyNodes = new ArrayList<>(List.of(assets.pauseImage()));
    everyNodes.addAll(images);
    for (String node : nodes) {
      String address = network + "." + (101 + machines.size());
      machines.put(
          node, new Machine(server, assets, node, address, folder.resolve(node), everyNodes));
    }
  }

  private void startControllers(KubernetesAssets assets, Path folder) {
    String manager = server.kubeconfigOf("system:kube-controller-manager").toString();
    controllers.add(
        ManagedProcess.builder("kube-controller-manager", folder.resolve("controller-manager.log"))
            .command(
                assets.executable("kube-controller-manager"),
                "--kubeconfig=" + manager,
                "--authentication-kubeconfig=" + manager,
                "--authorization-kubeconfig=" + manager,
                "--bind-address=127.0.0.1",
                "--secure-port=0",
                "--leader-elect=false",
                "--use-service-account-credentials=true",
                "--root-ca-file=" + server.certificate(),
                "--service-account-private-key-file=" + server.signingKey(),
                // a node that is gone is to be seen soon, and not at each hitch of a busy machine
                "--node-monitor-grace-period=20s",
                "--node-monitor-period=2s",
                "--controllers=*,-cloud-node-lifecycle-controller,-service-lb-controller,-node-route-controller")
            .start());
    String scheduler = server.kubeconfigOf("system:kube-scheduler").toString();
    controllers.add(
        ManagedProcess.builder("kube-scheduler", folder.resolve("scheduler.log"))
            .command(
                assets.executable("kube-scheduler"),
                "--kubeconfig=" + scheduler,
                "--authentication-kubeconfig=" + scheduler,
                "--authorization-kubeconfig=" + scheduler,
                "--bind-address=127.0.0.1",
                "--secure-port=0",
                "--leader-elect=false")
            .start());
  }

  /** The API server, with the administrator's access. */
  public ApiServer server() {
    return server;
  }

  /** All nodes, running or not. */
  public List<Machine> machines() {
    return List.copyOf(machines.values());
  }

  /** Starts all nodes, and waits until they are ready. */
  public void startMachines() {
    machines.values().forEach(Machine::start);
    machines.values().forEach(Machine::awaitReady);
  }

  @Override
  public void close() {
    machines.values().forEach(Machine::powerOff);
    machines.keySet().forEach(WholeCluster::removeCgroups);
    controllers.forEach(controller -> controller.terminate(STOP));
    server.close();
    kernelSettings.forEach(WholeCluster::restore);
  }

  private static void removeCgroups(String node) {
    try (Stream<Path> found =
        Files.find(Path.of("/sys/fs/cgroup"), 2, (path, a) -> path.endsWith("kube-" + node))) {
      for (Path root : found.toList()) {
        try (Stream<Path> folders = Files.walk(root).filter(Files::isDirectory)) {
          for (Path folder : folders.sorted((a, b) -> b.compareTo(a)).toList()) {
            folder.toFile().delete();
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void restore(Path file, String value) {
    try {
      if (!read(file).equals(value)) {
        Files.writeString(file, value);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
