package dev.ringlift.e2e.demo;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.e2e.cluster.ClusterLayout;
import dev.ringlift.e2e.cluster.ProcessSettings;
import dev.ringlift.e2e.cluster.Programs;
import dev.ringlift.e2e.cluster.RingPlacement;
import dev.ringlift.e2e.cluster.SwiftCluster;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.Ring;
import dev.ringlift.testkit.Folders;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.KubernetesAssets;
import dev.ringlift.testkit.process.ManagedProcess;
import dev.ringlift.testkit.tree.SyntheticTree;
import dev.ringlift.testkit.tree.TreeSettings;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The story of {@code bin/demo}, told in order by {@link #tell}. Whatever it starts ends with it,
 * and its folder goes, however it ends: by the end of the story, or by Ctrl-C, through {@link
 * #close}. After {@code kill -9} the kernel ends the processes, and the folder stays.
 */
final class Demo implements AutoCloseable {
  private static final int DEVICES_PER_NODE = 4;
  private static final int REPLICAS = 3;
  private static final String NAMESPACE = "swift";
  private static final String INCREASE = "demo";
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration STUCK = Duration.ofMinutes(3);
  private static final Duration SWEEP = Duration.ofSeconds(20);

  private final DemoOptions options;
  private final Screen screen;
  private final Path folder;
  private volatile @Nullable ApiServer server;
  private volatile @Nullable SwiftCluster cluster;
  private volatile boolean folderStays;
  private boolean closed;

  /**
   * @param folder an empty one, that becomes the demo's
   */
  Demo(DemoOptions options, Screen screen, Path folder) {
    this.options = options;
    this.screen = screen;
    this.folder = folder;
    this.folderStays = options.keep();
  }

  /** The demo could not go on, for this reason. */
  static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1;

    Broken(String sentence) {
      super(sentence);
    }
  }

  /** Tells the story; true when all held. */
  boolean tell() {
    int from = options.partPower();
    screen.title(
        "Ringlift: a live Swift ring goes from partition power %d to %d".formatted(from, from + 1));
    ApiServer api = startServer();
    SwiftCluster made = makeCluster(api);
    Ring ring = made.publishNewRing(from, REPLICAS);
    SyntheticTree tree = writeObjects(made, ring);
    startPrograms(made);
    screen.good("status page, to look at in a browser: " + made.statusPage(made.operator()));

    screen.blank();
    screen.text("$ kubectl apply -f - <<EOF\n" + made.apply(INCREASE, from + 1) + "EOF");
    Duration took = follow(made);

    boolean held = verify(new Verification(made, tree, from + 1));
    if (held) {
      screen.title(
          "Complete: %s files on %d devices went from power %d to %d in %s, no byte was copied."
              .formatted(
                  LiveTable.number(tree.files()),
                  options.nodes() * DEVICES_PER_NODE,
                  from,
                  from + 1,
                  Screen.seconds(took)));
    }
    return held;
  }

  private ApiServer startServer() {
    return step(
        "starting a Kubernetes API server",
        started -> "Kubernetes API server at " + started.url(),
        () -> {
          ApiServer started =
              ApiServer.start(KubernetesAssets.fromEnvironment(), folder.resolve("kubernetes"));
          server = started;
          started
              .client()
              .resource(
                  new NamespaceBuilder()
                      .withNewMetadata()
                      .withName(NAMESPACE)
                      .endMetadata()
                      .build())
              .create();
          return started;
        });
  }

  private SwiftCluster makeCluster(ApiServer api) {
    return step(
        "making storage nodes",
        made ->
            "%d storage nodes with %d devices each, in %s"
                .formatted(options.nodes(), DEVICES_PER_NODE, folder),
        () -> {
          SwiftCluster made =
              new SwiftCluster(
                  api,
                  NAMESPACE,
                  folder,
                  new ClusterLayout(options.nodes(), DEVICES_PER_NODE, "storage-", "127.0.8"),
                  ProcessSettings.quick()
                      .withStatusPage()
                      .withAgent("RINGLIFT_AGENT_STATUS_INTERVAL", "500ms"),
                  Programs.ofThisCheckout());
          cluster = made;
          return made;
        });
  }

  private SyntheticTree writeObjects(SwiftCluster made, Ring ring) {
    return step(
        "writing %s objects".formatted(LiveTable.number(options.objects())),
        written ->
            "%s objects in Swift's layout, %s files with all replicas"
                .formatted(LiveTable.number(options.objects()), LiveTable.number(written.files())),
        () ->
            SyntheticTree.create(
                TreeSettings.of(
                    options.objects(), options.partPower(), Instant.now().minusSeconds(3600)),
                new RingPlacement(ring, made.hosts())));
  }

  private void startPrograms(SwiftCluster made) {
    step(
        "starting the operator and the agents",
        nodes ->
            "operator and %d agents, each a process; every node sees the ring".formatted(nodes),
        () -> {
          made.startOperator();
          made.startAgents();
          String md5 = Md5.hex(made.published("object.ring.gz"));
          Instant began = Instant.now();
          while (made.storageNodes().stream()
                  .filter(
                      node ->
                          node.getStatus() != null
                              && node.getStatus().rings().stream()
                                  .anyMatch(ring -> ring.md5().equals(md5)))
                  .count()
              < options.nodes()) {
            watchOver(made, began);
          }
          return options.nodes();
        });
  }

  private Duration follow(SwiftCluster made) {
    ViewReader reader = new ViewReader(made, INCREASE);
    Instant changed = Instant.now();
    View last = reader.read();
    while (true) {
      View view = reader.read();
      screen.show(view);
      if (view.phase() == Phase.Complete) {
        return view.elapsed();
      }
      if (view.phase() == Phase.Failed) {
        throw new Broken("The increase failed: " + view.message());
      }
      if (!view.totals().equals(last.totals()) || !view.message().equals(last.message())) {
        changed = Instant.now();
      }
      last = view;
      watchOver(made, changed);
    }
  }

  /** Waits a moment; fails when a program has ended, or nothing has happened for long. */
  private void watchOver(SwiftCluster made, Instant lastChange) {
    for (ManagedProcess dead : made.dead()) {
      throw new Broken("%s has ended:%n%s".formatted(dead.name(), dead.tail()));
    }
    if (Duration.between(lastChange, Instant.now()).compareTo(STUCK) > 0) {
      throw new Broken("nothing has happened for %d minutes".formatted(STUCK.toMinutes()));
    }
    try {
      Thread.sleep(LOOK);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Broken("interrupted");
    }
  }

  private boolean verify(Verification verification) {
    screen.blank();
    List<Verification.Finding> findings = new ArrayList<>();
    findings.add(find("looking at ring and builder", verification::ring));
    findings.add(find("looking for every object", verification::objects));
    findings.add(find("looking for what was left behind", () -> swept(verification)));
    return findings.stream().allMatch(Verification.Finding::holds);
  }

  /** The agents sweep up when they see the last ring, which is a moment after Complete. */
  private static Verification.Finding swept(Verification verification) {
    Instant patience = Instant.now().plus(SWEEP);
    Verification.Finding finding = verification.leftovers();
    while (!finding.holds() && Instant.now().isBefore(patience)) {
      try {
        Thread.sleep(LOOK);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return finding;
      }
      finding = verification.leftovers();
    }
    return finding;
  }

  private Verification.Finding find(String doing, Supplier<Verification.Finding> work) {
    screen.begin(doing);
    Instant began = Instant.now();
    Verification.Finding finding = work.get();
    if (finding.holds()) {
      screen.done(finding.sentence(), Duration.between(began, Instant.now()));
    } else {
      screen.bad(finding.sentence());
      finding.details().forEach(screen::text);
    }
    return finding;
  }

  private <T> T step(String doing, Function<T, String> done, Supplier<T> work) {
    screen.begin(doing);
    Instant began = Instant.now();
    T result = work.get();
    screen.done(done.apply(result), Duration.between(began, Instant.now()));
    return result;
  }

  /** What a user needs to look around in what is kept. */
  String whatIsKept() {
    ApiServer running = server;
    return running == null
        ? "files: " + folder
        : """
          files and logs: %s
          export KUBECONFIG=%s
          kubectl -n %s get ppi,relinktasks,storagenodes"""
            .formatted(folder, running.kubeconfig(), NAMESPACE);
  }

  /** The folder with the logs stays, because something went wrong. */
  void keepFolder() {
    folderStays = true;
  }

  /**
   * Ends all processes, and removes the folder unless it is to stay. For any thread, many times.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    screen.restore();
    SwiftCluster made = cluster;
    ApiServer started = server;
    if (made != null) {
      made.close();
    }
    if (started != null) {
      started.kill();
    }
    if (!folderStays) {
      try {
        Folders.delete(folder);
      } catch (IOException e) {
        screen.bad("%s could not be removed: %s".formatted(folder, e.getMessage()));
      }
    }
  }
}
