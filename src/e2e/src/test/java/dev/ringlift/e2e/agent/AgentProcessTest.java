package dev.ringlift.e2e.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceError;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.api.v1alpha1.RelinkerSettings;
import dev.ringlift.e2e.cluster.ClusterLayout;
import dev.ringlift.e2e.cluster.ProcessSettings;
import dev.ringlift.e2e.cluster.Programs;
import dev.ringlift.e2e.cluster.RingPlacement;
import dev.ringlift.e2e.cluster.SwiftCluster;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.Transition;
import dev.ringlift.ring.TransitionRefusedException;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import dev.ringlift.testkit.tree.SyntheticTree;
import dev.ringlift.testkit.tree.TreeCheck;
import dev.ringlift.testkit.tree.TreeSettings;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The agent as a process, given its tasks by hand: what it does when it is killed or stopped. */
@Tag("e2e")
@ExtendWith(ApiServerExtension.class)
class AgentProcessTest {
  private static final AtomicInteger NETWORK = new AtomicInteger();
  private static final int PART_POWER = 6;
  private static final int OBJECTS = 400;
  private static final int SLOWLY = 40;
  private static final String POLICY_RING = "object.ring.gz";

  @TempDir Path folder;
  private SwiftCluster cluster;
  private String node;
  private RingBuilder builder;
  private SyntheticTree tree;

  @BeforeEach
  void setUp(ApiServer server) throws TransitionRefusedException {
    String namespace = server.newNamespace("agent");
    cluster =
        new SwiftCluster(
            server,
            namespace,
            folder,
            new ClusterLayout(1, 2, namespace + "-node-", "127.9." + NETWORK.incrementAndGet()),
            ProcessSettings.quick(),
            Programs.ofThisCheckout());
    node = cluster.hosts().getFirst().name();
    builder = ClusterLayout.ringBuilder(cluster.hosts(), PART_POWER, 2);
    tree =
        SyntheticTree.create(
            TreeSettings.of(OBJECTS, PART_POWER, Instant.now().minusSeconds(3600)),
            new RingPlacement(builder.toRing(1), cluster.hosts()));
    publish(Transition.PREPARE);
    cluster.startAgent(node);
  }

  @AfterEach
  void tearDown() {
    cluster.close();
  }

  @Test
  void goesOnWhereItWasAfterItWasKilledInEachStep() throws TransitionRefusedException {
    workAndKill(Step.Relink);
    publish(Transition.INCREASE);
    workAndKill(Step.Cleanup);
    publish(Transition.FINISH);

    TreeCheck check =
        tree.check(PART_POWER + 1, new RingPlacement(cluster.ring(), cluster.hosts()));
    assertThat(check.firstFaults()).isEmpty();
    assertThat(check.ok()).isTrue();
    await("what the runs left is swept up")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(cluster.host(node).device("d1"))
                    .isDirectoryNotContaining("glob:**relink*"));
  }

  private void workAndKill(Step step) {
    String task = create(step, md5(), SLOWLY, "d1", "d2");
    RelinkTaskStatus before =
        awaitStatus(task, status -> status.files() > 20 && status.state() == State.Running);
    cluster.agent(node).kill();

    edit(task, RelinkerSettings.DEFAULTS);
    cluster.startAgent(node);
    RelinkTaskStatus done = awaitStatus(task, status -> status.state() == State.Succeeded);

    assertThat(done.startTime()).isEqualTo(before.startTime());
    assertThat(done.files()).isGreaterThan(before.files());
    assertThat(done.errors()).isZero();
  }

  @Test
  void stopsWithinTwoSecondsSaysSoAndGivesItsLeaseBack() {
    String task = create(Step.Relink, md5(), SLOWLY, "d1", "d2");
    awaitStatus(task, status -> status.files() > 20);

    Instant asked = Instant.now();
    cluster.agent(node).terminate(Duration.ofSeconds(10));

    assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(2));
    RelinkTaskStatus status = status(task);
    assertThat(status.state()).isEqualTo(State.Pending);
    assertThat(status.message()).startsWith("The agent was stopped");
    assertThat(
            cluster
                .client()
                .leases()
                .inNamespace(cluster.namespace())
                .withName(ApiConstants.AGENT_LEASE_PREFIX + node)
                .require()
                .getSpec()
                .getHolderIdentity())
        .isNullOrEmpty();
  }

  @Test
  void waitsForTheTasksRingAndStopsWhenItChanges() throws TransitionRefusedException {
    String unseen = create(Step.Relink, "0".repeat(32), 0, "d1", "d2");
    assertThat(awaitStatus(unseen, status -> status.message() != null).state())
        .isEqualTo(State.Pending);
    cluster
        .client()
        .resources(RelinkTask.class)
        .inNamespace(cluster.namespace())
        .withName(unseen)
        .delete();

    String seen = create(Step.Relink, md5(), SLOWLY, "d1", "d2");
    awaitStatus(seen, status -> status.files() > 20);
    publish(Transition.CANCEL);

    RelinkTaskStatus stopped = awaitStatus(seen, status -> status.state() == State.Pending);
    assertThat(stopped.message()).startsWith("Waits for the ring ");
  }

  @Test
  void failsADeviceThatIsNotThereByName() {
    String task = create(Step.Relink, md5(), 0, "d1", "d2", "d3");

    RelinkTaskStatus failed = awaitStatus(task, status -> status.state() == State.Failed);

    assertThat(failed.message()).startsWith("d3: There is no device d3");
    assertThat(failed.devices())
        .extracting(device -> device.name() + " " + device.state())
        .containsExactly("d1 Succeeded", "d2 Succeeded", "d3 Failed");
  }

  @Test
  void verifiesWhatWasRelinkedAndNamesTheFileWhoseLinkIsGone() throws IOException {
    String relink = create(Step.Relink, md5(), 0, "d1", "d2");
    awaitStatus(relink, status -> status.state() == State.Succeeded);
    RelinkTaskStatus right =
        awaitStatus(
            create(Step.Verify, md5(), 0, "d1", "d2"), status -> status.state() != State.Running);
    assertThat(right.state()).isEqualTo(State.Succeeded);
    assertThat(right.files()).isGreaterThan(0);
    Path objects = cluster.host(node).device("d1").resolve("objects");
    Path link = linkIn(objects);
    Files.delete(link);

    RelinkTaskStatus wrong =
        awaitStatus(
            create(Step.Verify, md5(), 0, "d1", "d2"), status -> status.state() == State.Failed);

    Path target = objects.relativize(link);
    int partition = Integer.parseInt(target.getName(0).toString()) / 2;
    assertThat(wrong.errors()).isEqualTo(1);
    assertThat(wrong.message()).startsWith("d1: 1 file or directory is not as relink leaves them.");
    assertThat(wrong.firstErrors())
        .containsExactly(
            new DeviceError(
                "d1",
                "d1/objects/" + partition + "/" + target.subpath(1, 4),
                "The file has no link at its new place"));
    assertThat(link).doesNotExist();
  }

  /** A file in a partition that only relinking can have made. */
  private static Path linkIn(Path objects) throws IOException {
    try (Stream<Path> files =
        Files.find(objects, 4, (path, attributes) -> attributes.isRegularFile())) {
      return files
          .filter(file -> file.toString().endsWith(".data"))
          .filter(
              file ->
                  Integer.parseInt(objects.relativize(file).getName(0).toString())
                      >= 1 << PART_POWER)
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  private void publish(Transition transition) throws TransitionRefusedException {
    builder = builder.after(transition, Instant.now());
    Ring ring = builder.toRing(1);
    cluster.publish(ring.toBytes(), builder.toBytes());
  }

  private String md5() {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("MD5").digest(cluster.published(POLICY_RING)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }

  private String create(Step step, String ringMd5, int filesPerSecond, String... devices) {
    Ring ring = cluster.ring();
    Integer next = ring.nextPartPower();
    RelinkTask task = new RelinkTask();
    task.setMetadata(
        new ObjectMetaBuilder()
            .withGenerateName("task-")
            .withNamespace(cluster.namespace())
            .addToLabels(ApiConstants.LABEL_NODE, node)
            .build());
    task.setSpec(
        new RelinkTaskSpec(
            "an-increase",
            1,
            node,
            0,
            step,
            ring.partPower(),
            next == null ? ring.partPower() : next,
            ringMd5,
            builder.version(),
            0,
            List.of(devices),
            1,
            false,
            RelinkerSettings.of(0, filesPerSecond),
            step == Step.Verify ? Verify.Full : null));
    return cluster.client().resource(task).create().getMetadata().getName();
  }

  private void edit(String task, RelinkerSettings settings) {
    cluster
        .client()
        .resources(RelinkTask.class)
        .inNamespace(cluster.namespace())
        .withName(task)
        .edit(
            found -> {
              RelinkTaskSpec spec = found.getSpec();
              found.setSpec(
                  new RelinkTaskSpec(
                      spec.increaseUid(),
                      spec.cycle(),
                      spec.nodeName(),
                      spec.policyIndex(),
                      spec.step(),
                      spec.partPower(),
                      spec.nextPartPower(),
                      spec.ringMd5(),
                      spec.ringVersion(),
                      spec.round(),
                      spec.devices(),
                      spec.attempt(),
                      spec.paused(),
                      settings,
                      spec.verify()));
              return found;
            });
  }

  private RelinkTaskStatus status(String task) {
    RelinkTask found =
        cluster
            .client()
            .resources(RelinkTask.class)
            .inNamespace(cluster.namespace())
            .withName(task)
            .require();
    RelinkTaskStatus status = found.getStatus();
    return status == null
        ? new RelinkTaskStatus(
            State.Pending, null, 0, 0, null, null, 0, 0, 0, 0, 0, List.of(), List.of(), null, null)
        : status;
  }

  private RelinkTaskStatus awaitStatus(String task, Predicate<RelinkTaskStatus> wanted) {
    return await("the task gets that far: " + cluster.agent(node).log())
        .atMost(Duration.ofSeconds(90))
        .until(() -> status(task), wanted);
  }
}
