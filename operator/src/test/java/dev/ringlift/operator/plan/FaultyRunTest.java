package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.Gates;
import dev.ringlift.api.v1alpha1.NodeSelection;
import dev.ringlift.api.v1alpha1.NodeSelection.ExcludedDevice;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.operator.plan.Decision.Adopt;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Halt;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.operator.plan.ModelCluster.ModelNode;
import dev.ringlift.operator.plan.Observation.Task;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingPair;
import dev.ringlift.ring.Transition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole increases with faults in any order: operators that die between any two writes, agents that
 * come and go, disks that fail and appear, links that lack though all was said to be well, disks
 * that the user leaves out and takes back, rings that arrive late, another hand that changes the
 * ring, and puts it back or has it accepted, a user who pauses, approves, or cancels. At each ring
 * that is written, the invariants of {@link Planner} are held against what is true in the cluster,
 * not against what the planner was told. Once the faults stop, the increase must come to its end.
 */
class FaultyRunTest {
  private static final int RUNS = 150;
  private static final int FAULTY_STEPS = 300;
  private static final List<Verify> VERIFY = List.of(Verify.values());
  private static final List<Gate> GATES = List.of(Gate.Relink, Gate.Increase, Gate.Cleanup);

  static LongStream seeds() {
    return LongStream.range(0, RUNS);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void whateverHappensNothingIsDoneTooEarlyAndItEnds(long seed) {
    Run run = new Run(new Random(seed));
    for (int i = 0; i < FAULTY_STEPS && !run.ended(); i++) {
      run.somethingHappens();
    }
    run.faultsStop();
    for (int i = 0; i < 400 && !run.ended(); i++) {
      run.allGoesWell();
    }

    assertThat(run.cluster.status).isNotNull();
    assertThat(Objects.requireNonNull(run.cluster.status).phase())
        .as(() -> "ends, but: " + Objects.requireNonNull(run.cluster.status).message())
        .isEqualTo(run.cancelledAt == null ? Phase.Complete : Phase.Cancelled);
    assertThat(run.cluster.ring.partPower())
        .isEqualTo(run.cancelledAt == null ? run.cluster.target : run.cancelledAt);
    assertThat(run.cluster.ring.nextPartPower()).isNull();
    assertThat(RingPair.difference(run.cluster.ring, run.cluster.builder)).isEmpty();
    if (run.cancelledAt != null) {
      return;
    }
    assertThat(run.published)
        .as("each ring once, in order")
        .hasSize(3 * (run.cluster.target - 3))
        .doesNotHaveDuplicates();
  }

  private static final class Run {
    final Random random;
    final ModelCluster cluster;
    final Set<String> bad = new HashSet<>();
    final List<String> published = new ArrayList<>();

    /** What has really been done to each disk: {@code Step/ring md5/round}, by disk. */
    final Map<String, Set<String>> done = new HashMap<>();

    /** Disks whose links are not as they should be, though their agent said that all went well. */
    final Set<String> wrong = new HashSet<>();

    /** Since when each node has had its present ring. */
    final Map<String, Instant> ringSince = new HashMap<>();

    /** Whether ring and builder stand in different places. */
    final boolean split;

    /** Undoes what another hand did; null while the ring is the operator's. */
    @Nullable Runnable putBack;

    /** Whether each gate asks. */
    final boolean manual;

    /** Whether the user may take it back. */
    final boolean fickle;

    /** How many nodes may work at once; each is a zone of its own. */
    final int limit;

    final boolean byZone;

    /** Disks that the user wants to be left out. */
    final Set<String> excluded = new HashSet<>();

    boolean paused;
    boolean faulty = true;

    /** The ring's power when the user took it back; null if he has not. */
    @Nullable Integer cancelledAt;

    boolean otherPowers;
    boolean noticed;
    int disks;

    Run(Random random) {
      this.random = random;
      this.split = random.nextBoolean();
      int nodes = 2 + random.nextInt(2);
      this.cluster = new ModelCluster(nodes, 3, 4 + random.nextInt(2));
      this.manual = random.nextInt(3) == 0;
      this.fickle = random.nextInt(3) == 0;
      cluster.verify = VERIFY.get(random.nextInt(VERIFY.size()));
      Gates.Gate gate = manual ? Gates.Gate.Manual : Gates.Gate.Automatic;
      String maxConcurrent = List.of("1", "50%", "100%").get(random.nextInt(3));
      this.limit = NodeTurns.limit(maxConcurrent, nodes);
      this.byZone = random.nextBoolean();
      cluster.wish =
          spec ->
              spec.gates(new Gates(gate, gate, gate))
                  .nodes(new NodeSelection(null, maxConcurrent, byZone, named()))
                  .paused(paused)
                  .cancel(cancelledAt != null);
    }

    boolean ended() {
      return cluster.status != null
          && cluster.status.phase() != null
          && cluster.status.phase().terminal();
    }

    void somethingHappens() {
      ModelNode node = anyNode();
      switch (random.nextInt(22)) {
        case 0, 1, 2, 3 -> operate(random.nextInt(3) == 0);
        case 4 -> cluster.pass(Duration.ofSeconds(random.nextInt(400)));
        case 5, 6 -> takeRing(node);
        case 7, 8, 9 -> agentWorks(node);
        case 10 -> node.alive = !node.alive || random.nextInt(3) > 0;
        case 11 -> toggleBad(node);
        case 12 -> plugIn(node);
        case 13 -> anotherHand();
        case 14 -> paused = random.nextInt(4) == 0;
        case 15 -> approveSomething();
        case 16 -> mayCancel();
        case 17 ->
            node.labels = random.nextInt(3) == 0 ? Map.of(ApiConstants.LABEL_SKIP, "") : Map.of();
        case 18 -> cluster.retry = random.nextBoolean() ? "all" : node.name;
        case 19 -> changeVerify();
        case 20 -> toggleExcluded(node);
        default -> cluster.pass(Duration.ofSeconds(5));
      }
    }

    private void toggleExcluded(ModelNode node) {
      List<String> disks = List.copyOf(node.devices.keySet());
      String disk = disks.get(random.nextInt(disks.size()));
      if (!excluded.remove(disk) && random.nextInt(3) == 0) {
        excluded.add(disk);
      }
    }

    private List<ExcludedDevice> named() {
      return cluster.nodes.values().stream()
          .flatMap(
              node ->
                  node.devices.keySet().stream()
                      .filter(excluded::contains)
                      .map(disk -> new ExcludedDevice(node.name, disk)))
          .toList();
    }

    /** The disks that may be left out: none, if any partition has all its replicas on them. */
    private Set<String> leftOut() {
      for (int partition = 0; partition < cluster.ring.partitions(); partition++) {
        boolean left = false;
        for (int replica = 0; replica < cluster.ring.replicaRows(); replica++) {
          int id = cluster.ring.deviceId(replica, partition);
          left |=
              !excluded.contains(Objects.requireNonNull(cluster.ring.devices().get(id)).device());
        }
        if (!left) {
          return Set.of();
        }
      }
      return excluded;
    }

    private Set<String> required(ModelNode node) {
      Set<String> required = new HashSet<>(node.devices.keySet());
      required.removeAll(leftOut());
      return required;
    }

    private void changeVerify() {
      if (random.nextInt(10) == 0) {
        cluster.verify = VERIFY.get(random.nextInt(VERIFY.size()));
      }
    }

    private void approveSomething() {
      if (manual) {
        int cycle =
            cluster.status == null || cluster.status.cycle() == null
                ? 1
                : cluster.status.cycle().number();
        cluster.approve = GATES.get(random.nextInt(GATES.size())) + "/" + cycle;
      }
    }

    /** As the API server allows it. */
    private void mayCancel() {
      boolean past =
          cluster.status != null && Boolean.TRUE.equals(cluster.status.pastPointOfNoReturn());
      if (fickle && cancelledAt == null && !past && random.nextInt(12) == 0) {
        cancelledAt = cluster.ring.partPower();
      }
    }

    void faultsStop() {
      faulty = false;
      excluded.retainAll(leftOut()); // what is refused would hold back a further cycle
      bad.clear();
      paused = false;
      if (putBack != null) {
        putBack.run();
        putBack = null;
      }
      cluster.nodes.values().forEach(node -> node.alive = true);
      cluster.nodes.values().forEach(node -> node.labels = Map.of());
      cluster.beat();
    }

    void allGoesWell() {
      cluster.nodes.values().forEach(this::takeRing);
      approveSomething();
      cluster.retry = "all"; // what failed too often would wait for it
      operate(false);
      cluster.nodes.values().forEach(this::agentWorks);
      cluster.pass(Duration.ofSeconds(20));
    }

    private ModelNode anyNode() {
      List<ModelNode> nodes = List.copyOf(cluster.nodes.values());
      return nodes.get(random.nextInt(nodes.size()));
    }

    private void toggleBad(ModelNode node) {
      List<String> disks = List.copyOf(node.devices.keySet());
      String disk = disks.get(random.nextInt(disks.size()));
      if (!bad.remove(disk) && random.nextInt(3) == 0) {
        bad.add(disk);
      }
    }

    private void plugIn(ModelNode node) {
      if (disks < 3) {
        node.plugIn(ModelCluster.disk("new" + disks++));
      }
    }

    private void takeRing(ModelNode node) {
      if (node.alive && !node.ringMd5.equals(cluster.ringMd5())) {
        node.ringMd5 = cluster.ringMd5();
        ringSince.put(node.name, cluster.now);
      }
    }

    private void agentWorks(ModelNode node) {
      for (Task task : List.copyOf(cluster.tasks.values())) {
        if (!task.spec().nodeName().equals(node.name) || !cluster.agentMay(task)) {
          continue;
        }
        Set<String> failing = new HashSet<>(bad);
        if (task.spec().step() == Step.Verify) {
          failing.addAll(wrong);
        }
        cluster.finish(task, failing);
        RelinkTaskStatus status = Objects.requireNonNull(statusOf(task.name()));
        status.devices().stream()
            .filter(device -> device.state() == RelinkTaskStatus.DeviceState.Succeeded)
            .forEach(device -> noteDone(device.name(), task.spec()));
        if (status.state() == State.Failed && random.nextBoolean()) {
          cluster.pass(Duration.ofSeconds(random.nextInt(600)));
        }
      }
    }

    /** What is done in a round already is passed over in it, right or wrong. */
    private void noteDone(String disk, RelinkTaskSpec spec) {
      Set<String> all = done.computeIfAbsent(disk, name -> new HashSet<>());
      String inThisRound = result(spec.step(), spec.ringMd5(), spec.round());
      if (all.add(inThisRound) && spec.step() == Step.Relink) {
        wrong.remove(disk);
        if (faulty && random.nextInt(8) == 0) {
          wrong.add(disk);
        }
      }
      all.add(result(spec.step(), spec.ringMd5(), "of " + Rounds.ofPublication(spec.round())));
      if (spec.verify() != null) {
        all.add(result(spec.verify(), spec.ringMd5(), spec.round()));
      }
    }

    private static String result(Object what, String ringMd5, Object round) {
      return "%s/%s/%s".formatted(what, ringMd5, round);
    }

    /** Changes the ring; or, when it is changed, puts it back or has it accepted. */
    private void anotherHand() {
      if (putBack == null) {
        if (random.nextInt(4) == 0) {
          changeRing();
        }
        return;
      }
      switch (random.nextInt(3)) {
        case 0 -> cluster.acceptRing = cluster.ringMd5();
        case 1 -> cluster.acceptRing = "0".repeat(32);
        default -> {
          // One that comes and goes between two looks of the operator is not seen.
          if (noticed) {
            putBack.run();
            putBack = null;
          }
        }
      }
    }

    private void changeRing() {
      putBack = cluster.keep();
      noticed = false;
      Integer next = cluster.ring.nextPartPower();
      otherPowers =
          next != null
              && cancelledAt == null // or it would be the very ring that the operator makes
              && next > cluster.ring.partPower()
              && RingPair.difference(cluster.ring, cluster.builder).isEmpty()
              && random.nextBoolean();
      if (otherPowers) {
        cluster.transitByAnotherHand(Transition.CANCEL);
      } else {
        cluster.reweigh("sda1", 1 + random.nextInt(1000));
      }
    }

    private @Nullable RelinkTaskStatus statusOf(String task) {
      return Objects.requireNonNull(cluster.tasks.get(task)).status();
    }

    /** One run of the operator; it may die, or lose a write, between any two writes. */
    private void operate(boolean dies) {
      if (ended()) {
        return;
      }
      Plan plan = cluster.plan();
      int writes = dies ? random.nextInt(4) : Integer.MAX_VALUE;
      if (plan.decision() instanceof Publish publish) {
        if (writes < 1) {
          return;
        }
        cluster.say(plan);
        if (writes < 2) {
          return;
        }
        if (dies && putBack == null && random.nextInt(3) == 0) {
          changeRing(); // faster than the operator, whose write is then refused
          String theirs = cluster.ringMd5();
          cluster.write(publish);
          assertThat(cluster.ringMd5()).isEqualTo(theirs);
          return;
        }
        checkBeforePublishing(publish);
        if (split && !publish.completes() && writes < 3) {
          cluster.writeBuilderOnly(publish);
          return;
        }
        cluster.write(publish);
        putBack = null; // what another hand changed before the beginning is what it began with
        published.add(publish.intent().md5());
        return;
      }
      for (TaskChange task : taskChanges(plan)) {
        if (writes-- < 1) {
          return;
        }
        if (!cluster.tasks.containsKey(task.name())) {
          checkBeforeWork(task.spec());
        }
        cluster.change(task);
        checkAtWork(task.spec());
      }
      if (writes-- > 0) {
        cluster.say(plan);
        noteWhatWasSaid(plan);
        if (writes > 0) {
          cluster.takeAnnotations(plan);
        }
      }
    }

    private static List<TaskChange> taskChanges(Plan plan) {
      return switch (plan.decision()) {
        case ChangeTasks change -> change.changes();
        case Halt halt -> halt.pauses();
        default -> List.of();
      };
    }

    private void noteWhatWasSaid(Plan plan) {
      if (plan.decision() instanceof Halt) {
        noticed = true;
        if (otherPowers) {
          done.clear(); // whoever had that ring may have undone it
        }
      } else if (plan.decision() instanceof Adopt && putBack != null) {
        assertThat(cluster.acceptRing).isEqualTo(cluster.ringMd5());
        assertThat(RingPair.difference(cluster.ring, cluster.builder)).isEmpty();
        putBack = null;
      }
    }

    private void checkBeforePublishing(Publish publish) {
      RingBuilder builder = publish.completes() ? cluster.builder : publish.builder();
      assertThat(RingPair.difference(publish.ring(), Objects.requireNonNull(builder))).isEmpty();
      assertThat(publish.intent().fromMd5()).isEqualTo(cluster.ringMd5());
      assertThat(Objects.requireNonNull(cluster.publication()).md5())
          .as("the intent is written first")
          .isEqualTo(publish.intent().md5());
      assertThat(paused).as("publishes while paused").isFalse();
      if (publish.transition() == Transition.CANCEL) {
        assertThat(cancelledAt).isEqualTo(cluster.ring.partPower());
        return; // it waits for nobody
      }
      boolean first = published.isEmpty();
      for (ModelNode node : cluster.nodes.values()) {
        if (required(node).isEmpty() && node.lastBeat.isBefore(cluster.now.minusSeconds(50))) {
          continue; // the user knows it to be dead
        }
        assertThat(node.ringMd5).as("ring of " + node.name).isEqualTo(cluster.ringMd5());
        assertThat(Duration.between(node.lastBeat, cluster.now))
            .as("last beat of " + node.name)
            .isLessThanOrEqualTo(Duration.ofSeconds(50));
        if (!first) {
          Instant since = Objects.requireNonNull(ringSince.get(node.name), node.name);
          assertThat(Duration.between(since, cluster.now))
              .as("settled on " + node.name)
              .isGreaterThanOrEqualTo(ModelCluster.SETTINGS.settle());
        }
      }
      if (publish.transition() == Transition.INCREASE) {
        checkDone(Step.Relink);
        checkVerified();
        assertThat(cancelledAt).as("increases what was cancelled").isNull();
        assertApproved(Gate.Increase, publish.intent().cycle());
        assertThat(Objects.requireNonNull(cluster.status).pastPointOfNoReturn()).isTrue();
      } else if (publish.transition() == Transition.FINISH) {
        checkDone(Step.Cleanup);
      }
    }

    private void checkBeforeWork(RelinkTaskSpec spec) {
      boolean relink = spec.step() != Step.Cleanup;
      if (relink || cancelledAt == null || cancelledAt != spec.partPower()) {
        assertApproved(relink ? Gate.Relink : Gate.Cleanup, spec.cycle());
      }
    }

    private void checkAtWork(RelinkTaskSpec written) {
      assertThat(cluster.tasks.values())
          .filteredOn(task -> !task.spec().paused() && !task.hasEnded())
          .extracting(Task::spec)
          .filteredOn(spec -> spec.step() == written.step() && spec.cycle() == written.cycle())
          .extracting(RelinkTaskSpec::nodeName)
          .as("nodes at work")
          .hasSizeLessThanOrEqualTo(byZone ? 1 : limit);
    }

    private void assertApproved(Gate gate, int cycle) {
      if (manual) {
        assertThat(Gate.isApproved(cluster.status, gate + "/" + cycle))
            .as(gate + " of cycle " + cycle)
            .isTrue();
      }
    }

    private void checkDone(Step step) {
      for (ModelNode node : cluster.nodes.values()) {
        for (String disk : required(node)) {
          assertThat(done.getOrDefault(disk, Set.of()))
              .as(step + " of " + disk + " on " + node.name)
              .contains(
                  result(step, cluster.ringMd5(), "of " + RingGuard.round(cluster.publication())));
        }
      }
    }

    /** Each disk in the very round of its node's last relinking, as full as the user wants it. */
    private void checkVerified() {
      if (cluster.verify == Verify.None) {
        return;
      }
      assertThat(wrong).as("increases what is not linked").isSubsetOf(leftOut());
      for (Task task : cluster.tasks.values()) {
        RelinkTaskSpec spec = task.spec();
        if (spec.step() == Step.Relink && spec.ringMd5().equals(cluster.ringMd5())) {
          for (String disk : required(cluster.node(spec.nodeName()))) {
            assertThat(done.getOrDefault(disk, Set.of()))
                .as(cluster.verify + " of " + disk)
                .contains(result(cluster.verify, spec.ringMd5(), spec.round()));
          }
        }
      }
    }
  }
}
