package dev.ringlift.testkit.kube;

import dev.ringlift.testkit.Folders;
import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.process.LoopbackPorts;
import dev.ringlift.testkit.process.ManagedProcess;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A real kube-apiserver with its etcd, on free ports of 127.0.0.1: RBAC, CRDs with CEL, server-side
 * apply, admission policies, service account tokens. There is no controller-manager (but in a
 * {@link WholeCluster}): nothing is garbage collected by its owner, namespaces don't go away, and
 * pods need no service account.
 *
 * <p>Its data is in one folder and outlives {@link #kill} and {@link #restart}. It never outlives
 * this JVM.
 */
public final class ApiServer implements AutoCloseable {
  private static final Duration READY_TIMEOUT = Duration.ofSeconds(90);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);

  /** What service accounts do: so that tests can hold their roles against it. */
  private static final String AUDIT_POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules:
      - {level: Metadata, userGroups: ["system:serviceaccounts"]}
      - {level: None}
      """;

  private final KubernetesAssets assets;
  private final Path folder;
  private final boolean ownFolder;
  private final Credentials credentials;
  private final Surroundings surroundings;
  private final int etcdPort = LoopbackPorts.free();
  private final List<ManagedProcess> processes = new ArrayList<>();
  private final KubernetesClient client;

  private ApiServer(
      KubernetesAssets assets, Path folder, boolean ownFolder, Surroundings surroundings)
      throws IOException {
    this.assets = assets;
    this.surroundings = surroundings;
    this.folder = folder;
    this.ownFolder = ownFolder;
    this.credentials = Credentials.create(folder, surroundings.users());
    Files.writeString(folder.resolve("audit-policy.yaml"), AUDIT_POLICY);
    launch();
    try {
      this.client = new KubernetesClientBuilder().withConfig(awaitCertificate()).build();
      awaitReady();
    } catch (RuntimeException | IOException e) {
      kill();
      throw e;
    }
  }

  /** Starts a server with the executables that KUBEBUILDER_ASSETS names, in a temporary folder. */
  public static ApiServer start() {
    try {
      return new ApiServer(
          KubernetesAssets.fromEnvironment(),
          Files.createTempDirectory("ringlift-api-"),
          true,
          Surroundings.none());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a server whose data and logs go to a folder that is the caller's, and stays. */
  public static ApiServer start(KubernetesAssets assets, Path folder) {
    return start(assets, folder, Surroundings.none());
  }

  static ApiServer start(KubernetesAssets assets, Path folder, Surroundings surroundings) {
    try {
      return new ApiServer(
          assets, Files.createDirectories(folder).toAbsolutePath(), false, surroundings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code https://<address>:<port>}. */
  public String url() {
    return "https://%s:%d".formatted(surroundings.address(), surroundings.port());
  }

  /** The administrator's kubeconfig. */
  public Path kubeconfig() {
    return folder.resolve("admin.kubeconfig");
  }

  /** Writes a kubeconfig for the bearer of a token into {@code file}, and gives {@code file}. */
  public Path kubeconfig(Path file, String token) {
    try {
      return Files.writeString(file, Credentials.kubeconfig(url(), certificate(), token));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A kubeconfig of one of the users in the surroundings, in a file of its own. */
  Path kubeconfigOf(String user) {
    Path file = folder.resolve(user.replace(':', '-') + ".kubeconfig");
    return kubeconfig(file, Objects.requireNonNull(credentials.users().get(user)));
  }

  /** The private key that signs service account tokens. */
  Path signingKey() {
    return credentials.signingKey();
  }

  /** The administrator's client; one for all, closed with the server. */
  public KubernetesClient client() {
    return client;
  }

  /** Logs of the API server and of etcd. */
  public List<Path> logs() {
    return List.of(folder.resolve("kube-apiserver.log"), folder.resolve("etcd.log"));
  }

  /** Each request of a service account: one event of audit.k8s.io/v1 a line, as JSON. */
  public Path auditLog() {
    return folder.resolve("audit.log");
  }

  /**
   * Creates a namespace with a name of its own, {@code prefix} and a random end; gives the name.
   */
  public String newNamespace(String prefix) {
    return client
        .namespaces()
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withGenerateName(prefix + "-")
                .endMetadata()
                .build())
        .create()
        .getMetadata()
        .getName();
  }

  /**
   * Applies CustomResourceDefinitions. Tests that run beside one another take turns: of two that
   * make a definition at the same time, one is refused.
   */
  public synchronized void define(Path definitions) {
    kubectl("apply", "-f", definitions.toString()).orThrow();
  }

  /** Runs real kubectl as the administrator. */
  public Command.Result kubectl(String... arguments) {
    return Command.of(kubectlCommand(arguments)).run();
  }

  /** {@code kubectl apply} of YAML or JSON as the administrator. */
  public Command.Result apply(String manifest) {
    return Command.of(kubectlCommand("apply", "-f", "-")).input(manifest).run();
  }

  /** The command line of a kubectl as the administrator, for one that runs beside the test. */
  public List<String> kubectlCommand(String... arguments) {
    List<String> words =
        new ArrayList<>(List.of(assets.executable("kubectl"), "--kubeconfig", "" + kubeconfig()));
    words.addAll(List.of(arguments));
    return words;
  }

  /**
   * A token of a service account as the kubelet gives it to a pod on {@code node}: bound to the
   * Node object, so that admission policies see the node's name. Account and node must be there.
   */
  public String nodeToken(String namespace, String serviceAccount, String node) {
    Node object = client.nodes().withName(node).require();
    TokenRequest request =
        new TokenRequestBuilder()
            .withNewSpec()
            .withExpirationSeconds(3600L)
            .withNewBoundObjectRef()
            .withApiVersion("v1")
            .withKind("Node")
            .withName(node)
            .withUid(object.getMetadata().getUid())
            .endBoundObjectRef()
            .endSpec()
            .build();
    return client
        .serviceAccounts()
        .inNamespace(namespace)
        .withName(serviceAccount)
        .tokenRequest(request)
        .getStatus()
        .getToken();
  }

  /** SIGKILL for API server and etcd. What was written is there after {@link #restart}. */
  public void kill() {
    processes.forEach(ManagedProcess::kill);
    processes.clear();
  }

  /** Kills the server where it runs, starts it on the same port, and waits until it is ready. */
  public void restart() {
    kill();
    launch();
    awaitReady();
  }

  /** SIGSTOP: clients find a server that takes connections and never answers. */
  public void freeze() {
    processes.forEach(ManagedProcess::freeze);
  }

  /** Ends {@link #freeze}. */
  public void thaw() {
    processes.forEach(ManagedProcess::thaw);
  }

  /** Ends the server in an orderly way and removes its folder if it was a temporary one. */
  @Override
  public void close() {
    client.close();
    // the API server before its etcd, or it would wait for that in vain
    for (ManagedProcess process : processes.reversed()) {
      process.terminate(STOP_TIMEOUT);
    }
    processes.clear();
    if (ownFolder) {
      try {
        Folders.delete(folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  Path certificate() {
    return folder.resolve("certificates/apiserver.crt");
  }

  private void launch() {
    String etcdUrl = "http://127.0.0.1:" + etcdPort;
    processes.add(
        ManagedProcess.builder("etcd", folder.resolve("etcd.log"))
            .command(
                assets.executable("etcd"),
                "--data-dir=" + folder.resolve("etcd"),
                "--listen-client-urls=" + etcdUrl,
                "--advertise-client-urls=" + etcdUrl,
                // a single member never hears from a peer; port 0 lets the kernel choose
                "--listen-peer-urls=http://127.0.0.1:0",
                "--unsafe-no-fsync=true",
                "--log-level=warn")
            .start());
    processes.add(
        ManagedProcess.builder("kube-apiserver", folder.resolve("kube-apiserver.log"))
            .command(
                assets.executable("kube-apiserver"),
                "--etcd-servers=" + etcdUrl,
                "--bind-address=" + surroundings.address(),
                "--advertise-address=" + surroundings.address(),
                "--secure-port=" + surroundings.port(),
                "--cert-dir=" + folder.resolve("certificates"),
                "--endpoint-reconciler-type=none",
                "--service-cluster-ip-range=" + surroundings.serviceRange(),
                "--authorization-mode=Node,RBAC",
                // pods would wait for default accounts, which the controller-manager makes
                surroundings.accounts()
                    ? "--enable-admission-plugins=NodeRestriction"
                    : "--disable-admission-plugins=ServiceAccount",
                "--audit-policy-file=" + folder.resolve("audit-policy.yaml"),
                "--audit-log-path=" + auditLog(),
                "--token-auth-file=" + credentials.tokens(),
                "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                "--service-account-key-file=" + credentials.verifyingKey(),
                "--service-account-signing-key-file=" + credentials.signingKey(),
                "--allow-privileged=true",
                "--profiling=false")
            .start());
  }

  /** The server makes its certificate first of all; with it comes the administrator's access. */
  private Config awaitCertificate() throws IOException {
    long deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
    while (!Files.exists(certificate()) || !Files.readString(certificate()).contains("END")) {
      pauseOrFail(deadline, "has made no certificate");
    }
    Path file = kubeconfig(kubeconfig(), credentials.adminToken());
    return Config.fromKubeconfig(file.toFile());
  }

  private void awaitReady() {
    // a client that does not try again by itself: this loop does, and sooner
    Config impatient =
        new ConfigBuilder(client.getConfiguration()).withRequestRetryBackoffLimit(0).build();
    long deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
    try (KubernetesClient probe = new KubernetesClientBuilder().withConfig(impatient).build()) {
      while (!isReady(probe)) {
        pauseOrFail(deadline, "is not ready");
      }
    }
  }

  private static boolean isReady(KubernetesClient probe) {
    try {
      return "ok".equals(probe.raw("/readyz"))
          // made a moment later, and everybody takes it for granted
          && probe.namespaces().withName("default").get() != null;
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  private void pauseOrFail(long deadline, String what) {
    for (ManagedProcess process : processes) {
      if (!process.isAlive()) {
        throw new IllegalStateException(
            "%s ended at its start:%n%s".formatted(process.name(), process.tail()));
      }
    }
    if (System.nanoTime() > deadline) {
      throw new IllegalStateException(
          "the API server %s after %s:%n%s"
              .formatted(what, READY_TIMEOUT, processes.getLast().tail()));
    }
    try {
      Thread.sleep(POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the API server started", e);
    }
  }
}
