package dev.ringlift.operator;

import static dev.ringlift.operator.IncreaseRunTest.ring;
import static dev.ringlift.operator.IncreaseRunTest.ringMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.operator.cluster.DyingClient;
import dev.ringlift.operator.cluster.KindOfWrite;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.ring.RingPair;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * No operator lives for more than a few writes: each dies before a write of a kind that none has
 * died of yet, or else before the second to seventh of its own, and another goes on. What it did
 * not come to say is lost, but not a step. The user asks for whatever makes an operator write.
 */
@Tag("apiserver")
@Execution(ExecutionMode.CONCURRENT)
@Tag("full")
@ExtendWith(ApiServerExtension.class)
class KilledAtEachWriteTest {
  private static final int LIVES = 300;
  private static final String INCREASES = "ringlift.dev/partitionpowerincreases";
  private static final Path ROLE =
      Path.of("..", "helm", "ringlift", "templates", "access", "020-operator-role.yaml");

  /** What the role grants, and this increase makes no use of. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          // which of several operators leads: KilledTest and TwoOperatorsTest
          "create coordination.k8s.io/leases",
          "update coordination.k8s.io/leases",
          "patch coordination.k8s.io/leases",
          // a broken part of a ring that agents install: HostPathRingStoreTest
          "delete configmaps",
          // started anew as Deployments are
          "patch apps/statefulsets",
          "patch apps/daemonsets");

  @Test
  void anIncreaseComesToItsEndHoweverOftenAndAtWhateverWriteOperatorsDie(ApiServer server)
      throws RingFormatException, IOException {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 3);
        BusyUser user = new BusyUser(cluster)) {
      long firstVersion = cluster.newBuilder(6).version();
      Set<KindOfWrite> killers = ConcurrentHashMap.newKeySet();
      int lives = 0;
      while (!user.isGone()) {
        assertThat(++lives).as("lives").isLessThan(LIVES);
        live(cluster, user, killers, 2 + lives % 6);
      }

      assertThat(asGranted(killers))
          .as("kinds of writes, of each of which an operator has died")
          .containsExactlyInAnyOrderElementsOf(granted());
      assertThat(killers)
          .contains(
              new KindOfWrite("patch", "configmaps", true),
              new KindOfWrite("patch", "configmaps", false),
              new KindOfWrite("apply", "configmaps", false));
      assertThat(user.sawComplete()).isTrue();
      assertThat(ring(ringMap(cluster)).partPower()).isEqualTo(7);
      assertThat(ring(ringMap(cluster)).nextPartPower()).isNull();
      assertThat(
              RingPair.difference(
                  ring(ringMap(cluster)), IncreaseRunTest.builder(ringMap(cluster))))
          .isEmpty();
      assertThat(ring(ringMap(cluster)).version())
          .as("each ring was published once")
          .isEqualTo(firstVersion + 3);
      assertThat(cluster.tasks())
          .as("each node did each step once")
          .hasSize(9)
          .allSatisfy(task -> assertThat(task.getSpec().attempt()).isEqualTo(1))
          .allSatisfy(task -> assertThat(task.getSpec().round()).isZero());
      List<String> published =
          cluster.events().stream()
              .filter(event -> event.getReason().equals("RingPublished"))
              .map(Event::getMessage)
              .toList();
      assertThat(published).doesNotHaveDuplicates();
    }
  }

  private static void live(
      SimulatedCluster cluster, BusyUser user, Set<KindOfWrite> killers, int fatalWrite) {
    CountDownLatch death = new CountDownLatch(1);
    AtomicInteger writes = new AtomicInteger();
    try (KubernetesClient mortal =
        DyingClient.before(
            write -> {
              boolean last = writes.incrementAndGet() >= fatalWrite;
              return killers.add(write) || last;
            },
            cluster.client(),
            death::countDown)) {
      cluster.startOperator(SimulatedCluster.SETTINGS, mortal);
      await("it dies, or there is nothing more to write")
          .dontCatchUncaughtExceptions() // any of its threads may be the one that dies
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> {
                user.act();
                return death.getCount() == 0 || user.isGone();
              });
      cluster.stopOperator();
    }
  }

  private static Set<String> asGranted(Collection<KindOfWrite> writes) {
    return writes.stream()
        .filter(write -> !write.rehearsal())
        .flatMap(
            write ->
                switch (write.toString()) {
                  // backups, which it makes by that
                  case "apply configmaps" -> Stream.of("patch configmaps", "create configmaps");
                  // the finalizer, of what is there
                  case "apply " + INCREASES -> Stream.of("patch " + INCREASES);
                  default -> Stream.of(write.toString());
                })
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Each kind of write that the chart's role lets an operator make; others are refused anyway. */
  private static Set<String> granted() throws IOException {
    String yaml = Files.readString(ROLE).replaceAll("\\{\\{.*}}", "");
    Set<String> granted = new TreeSet<>();
    for (PolicyRule rule : new KubernetesSerialization().unmarshal(yaml, Role.class).getRules()) {
      String group = rule.getApiGroups().getFirst();
      for (String resource : rule.getResources()) {
        for (String verb : rule.getVerbs()) {
          granted.add(verb + " " + (group.isEmpty() ? "" : group + "/") + resource);
        }
      }
    }
    granted.removeIf(kind -> kind.matches("(get|list|watch) .*"));
    assertThat(granted).containsAll(ELSEWHERE);
    granted.removeAll(ELSEWHERE);
    return granted;
  }
}
