package dev.ringlift.e2e.cluster;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.ring.KeptFile;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.process.JavaProcess;
import dev.ringlift.testkit.process.ManagedProcess;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A Swift cluster on one machine: Nodes and a namespace in an API server, storage nodes in a
 * folder, and operator and agents as processes that can be killed and started again. Closing it
 * ends the processes; API server and folder are the caller's.
 */
public final class SwiftCluster implements AutoCloseable {
  /** The ConfigMap with ring and builder. */
  public static final String RINGS = RingLayout.RINGS;

  private static final Duration START = Duration.ofSeconds(90);
  private static final Duration STOP = Duration.ofSeconds(10);
  private static final String OPERATOR = "operator";

  private final ApiServer server;
  private final Path folder;
  private final String namespace;
  private final List<StorageHost> hosts;
  private final ProcessSettings settings;
  private final Programs programs;
  private final RingLayout layout;
  private final RingCourier courier;
  private final Map<String, ManagedProcess> processes = new ConcurrentHashMap<>();
  private Path operatorKubeconfig;
  private Function<String, Path> agentKubeconfig;

  /**
   * Makes namespace, Nodes and folders, and installs the CustomResourceDefinitions; starts no
   * program.
   */
  public SwiftCluster(
      ApiServer server,
      String namespace,
      Path folder,
      ClusterLayout nodes,
      ProcessSettings settings,
      Programs programs) {
    this(server, namespace, folder, nodes, settings, programs, RingLayout.ONE_MAP);
  }

  /** The same, of a site that keeps its ring in this way. */
  public SwiftCluster(
      ApiServer server,
      String namespace,
      Path folder,
      ClusterLayout nodes,
      ProcessSettings settings,
      Programs programs,
      RingLayout layout) {
    this.server = server;
    this.namespace = namespace;
    this.folder = folder;
    this.settings = settings;
    this.programs = programs;
    this.layout = layout;
    this.operatorKubeconfig = server.kubeconfig();
    this.agentKubeconfig = node -> server.kubeconfig();
    this.hosts = new CopyOnWriteArrayList<>(nodes.hosts(folder));
    hosts.forEach(StorageHost::makeFolders);
    installDefinitions();
    hosts.forEach(this::register);
    this.courier =
        new RingCourier(server.client(), namespace, layout, hosts, settings.ringSpread());
  }

  private void installDefinitions() {
    String crds = programs.crds().toString();
    server.kubectl("apply", "--server-side", "--force-conflicts", "-f", crds).orThrow();
    server.kubectl("wait", "--for=condition=Established", "--timeout=60s", "-f", crds).orThrow();
  }

  /** Deletes the Node object, as an administrator does once the machine is gone. */
  public void deleteNode(String node) {
    client().nodes().withName(node).delete();
  }

  /** Makes the Node object anew that was deleted: the machine is back. */
  public void returnNode(String node) {
    register(host(node));
  }

  /**
   * A machine is gone, its Node with it, and its disks are in a new one, which has its own ring
   * directory. No agent may run on the former.
   *
   * @param address of the new one; may be that of the former
   */
  public void replaceNode(String former, String name, String address) {
    StorageHost before = host(former);
    StorageHost after =
        new StorageHost(name, address, before.zone(), before.devices(), folder.resolve(name));
    deleteNode(former);
    courier.forget(former);
    after.takeDisks(before);
    register(after);
    hosts.set(hosts.indexOf(before), after);
    courier.bringTo(name, after.ringDirectory(), Duration.ZERO);
  }

  private void register(StorageHost host) {
    Node node =
        new NodeBuilder()
            .withNewMetadata()
            .withName(host.name())
            .addToLabels("topology.kubernetes.io/zone", "zone-" + host.zone())
            .endMetadata()
            .withNewStatus()
            .addNewAddress()
            .withType("InternalIP")
            .withAddress(host.address())
            .endAddress()
            .endStatus()
            .build();
    client().nodes().resource(node).create();
    client().nodes().resource(node).patchStatus();
  }

  /** The administrator's client. */
  public KubernetesClient client() {
    return server.client();
  }

  public String namespace() {
    return namespace;
  }

  public List<StorageHost> hosts() {
    return hosts;
  }

  /** The node of this name. */
  public StorageHost host(String name) {
    return hosts.stream().filter(host -> host.name().equals(name)).findFirst().orElseThrow();
  }

  /** How this site keeps its ring. */
  public RingLayout layout() {
    return layout;
  }

  /** Who brings the rings to the nodes. */
  public RingCourier courier() {
    return courier;
  }

  /** Writes ring and builder of policy 0 where this site has them, which it makes if need be. */
  public void publish(byte[] ring, byte[] builder) {
    for (ConfigMap map : layout.maps(ring, builder)) {
      map.getMetadata().setNamespace(namespace);
      client().resource(map).serverSideApply();
    }
  }

  /** Makes a ring of all devices by our own library, and publishes it. */
  public Ring publishNewRing(int partPower, double replicas) {
    RingBuilder builder = ClusterLayout.ringBuilder(hosts, partPower, replicas);
    Ring ring = builder.toRing(1);
    publish(ring.toBytes(), builder.toBytes());
    return ring;
  }

  /** The ring of policy 0 as it is in the ConfigMap now. */
  public Ring ring() {
    try {
      return Ring.read(published("object.ring.gz"));
    } catch (RingFormatException e) {
      throw new IllegalStateException("the published ring is none: " + e.getMessage(), e);
    }
  }

  /** The file of this name that the ConfigMap holds now, whole or in parts. */
  public byte[] published(String file) {
    return file(client().configMaps().inNamespace(namespace).withName(RINGS).require(), file)
        .orElseThrow(() -> new IllegalStateException("the ConfigMap has no " + file));
  }

  /** The file of this name if a ConfigMap has it, whole or in parts, which must be there still. */
  public Optional<byte[]> file(ConfigMap map, String file) {
    try {
      Optional<KeptFile> kept = KeptFile.find(file, key -> layout.value(map, key));
      return kept.isEmpty() ? Optional.empty() : Optional.of(kept.get().content(this::part));
    } catch (RingFormatException e) {
      throw new IllegalStateException(file + " is not published rightly: " + e.getMessage(), e);
    }
  }

  private Optional<byte[]> part(String where, String name) {
    return Optional.ofNullable(client().configMaps().inNamespace(namespace).withName(where).get())
        .flatMap(map -> layout.value(map, name));
  }

  /**
   * Whose rights the programs have that are started from now on; the administrator's if nothing is
   * said.
   *
   * @param operator the operator's kubeconfig
   * @param agents the agent's kubeconfig, by its node
   */
  public void runAs(Path operator, Function<String, Path> agents) {
    operatorKubeconfig = operator;
    agentKubeconfig = agents;
  }

  /** Starts the operator. */
  public ManagedProcess startOperator() {
    return startOperator(OPERATOR);
  }

  /** Starts an operator that is called so in messages, and has a log of its own. */
  public ManagedProcess startOperator(String name) {
    ManagedProcess.Builder process = program(name, programs.operator(), operatorKubeconfig);
    process.environment("RINGLIFT_NAMESPACE", namespace);
    process.environment("RINGLIFT_HTTP_PORT", "0");
    settings.operatorEnvironment().forEach(process::environment);
    return start(name, process);
  }

  /** The operator, running or not. */
  public ManagedProcess operator() {
    return process(OPERATOR);
  }

  /** Where an operator serves its status page, once it says so. */
  public String statusPage(ManagedProcess operator) {
    String words = "The status page is at ";
    String line = operator.awaitOutput(words + "http", START);
    return line.substring(line.indexOf(words) + words.length()).strip();
  }

  /** Starts the agent of each node. */
  public void startAgents() {
    hosts.forEach(host -> startAgent(host.name()));
  }

  /** Starts the agent of this node. */
  public ManagedProcess startAgent(String node) {
    StorageHost host = host(node);
    ManagedProcess.Builder process =
        program(agentName(node), programs.agent(), agentKubeconfig.apply(node));
    process.environment("RINGLIFT_AGENT_NODE_NAME", node);
    process.environment("RINGLIFT_AGENT_NAMESPACE", namespace);
    process.environment("RINGLIFT_AGENT_DEVICES_ROOT", host.devicesRoot().toString());
    process.environment("RINGLIFT_AGENT_RING_DIRECTORY", host.ringDirectory().toString());
    process.environment("RINGLIFT_AGENT_RECON_CACHE_PATH", host.reconCache().toString());
    process.environment("RINGLIFT_AGENT_MOUNT_CHECK", "false");
    process.environment("RINGLIFT_AGENT_HTTP_PORT", "0");
    settings.agentEnvironment().forEach(process::environment);
    return start(agentName(node), process);
  }

  /** The agent of this node, running or not. */
  public ManagedProcess agent(String node) {
    return process(agentName(node));
  }

  private static String agentName(String node) {
    return "agent-" + node;
  }

  private ManagedProcess.Builder program(String name, Path jar, Path kubeconfig) {
    return ManagedProcess.builder(name, folder.resolve("logs").resolve(name + ".log"))
        .command(JavaProcess.jar(jar, settings.javaOptions().toArray(String[]::new)))
        .environment("KUBECONFIG", kubeconfig.toString());
  }

  private ManagedProcess start(String name, ManagedProcess.Builder process) {
    ManagedProcess running = processes.get(name);
    if (running != null && running.isAlive()) {
      throw new IllegalStateException(name + " runs already");
    }
    ManagedProcess started = process.start();
    processes.put(name, started);
    return started;
  }

  private ManagedProcess process(String name) {
    return Optional.ofNullable(processes.get(name)).orElseThrow();
  }

  /** Operator and agents that were started and don't run any more. */
  public List<ManagedProcess> dead() {
    return processes.values().stream().filter(process -> !process.isAlive()).toList();
  }

  /** Applies an increase of policy 0 to this power; the manifest is as a user would write it. */
  public String apply(String name, int targetPartPower) {
    return apply(name, targetPartPower, "");
  }

  /** The same, with more lines in its spec, each indented by two. */
  public String apply(String name, int targetPartPower, String more) {
    String manifest =
        """
        apiVersion: ringlift.dev/v1alpha1
        kind: PartitionPowerIncrease
        metadata:
          name: %s
          namespace: %s
        spec:
          policyIndex: 0
          targetPartPower: %d
          ring: {%s}
          acknowledge: [NoProxyProof]
        %s\
        """
            .formatted(name, namespace, targetPartPower, layout.source(), more);
    server.apply(manifest).orThrow();
    return manifest;
  }

  /** The increase of this name. */
  public Optional<PartitionPowerIncrease> increase(String name) {
    return Optional.ofNullable(
        client()
            .resources(PartitionPowerIncrease.class)
            .inNamespace(namespace)
            .withName(name)
            .get());
  }

  /** All tasks. */
  public List<RelinkTask> tasks() {
    return client().resources(RelinkTask.class).inNamespace(namespace).list().getItems();
  }

  /** What the agents say of their nodes. */
  public List<StorageNode> storageNodes() {
    return client().resources(StorageNode.class).inNamespace(namespace).list().getItems();
  }

  /** Asks all programs to end, and waits for them; gives their exit codes by name. */
  public Map<String, Integer> terminate() {
    Map<String, Integer> codes = new ConcurrentHashMap<>();
    processes.entrySet().parallelStream()
        .forEach(process -> codes.put(process.getKey(), process.getValue().terminate(STOP)));
    return codes;
  }

  /** Kills all programs. */
  @Override
  public void close() {
    courier.close();
    processes.values().forEach(ManagedProcess::kill);
  }
}
