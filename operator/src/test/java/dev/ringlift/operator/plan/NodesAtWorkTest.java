package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.LabelRules;
import dev.ringlift.api.v1alpha1.NodeSelection;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.operator.plan.Decision.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Steps of which not all nodes do their part at once. */
class NodesAtWorkTest {
  private final ModelCluster cluster = new ModelCluster(3, 4, 5);

  private void select(String maxConcurrent, boolean byZone) {
    cluster.wish = spec -> spec.nodes(new NodeSelection(null, maxConcurrent, byZone, List.of()));
  }

  private List<String> written(Plan plan) {
    return plan.decision() instanceof ChangeTasks change
        ? change.changes().stream().map(TaskChange::name).toList()
        : List.of();
  }

  @Test
  void theNextNodeBeginsWhenOneIsDone() {
    select("2", false);
    cluster.until(ChangeTasks.class, Reason.Relinking);

    assertThat(written(cluster.step()))
        .containsExactly("grow-c1-relink-node-a", "grow-c1-relink-node-b");
    Plan waiting = cluster.step();
    assertThat(waiting.decision()).isInstanceOf(Wait.class);
    assertThat(waiting.decision().message())
        .contains("0 of 3 nodes done; waiting for node-a, node-b, node-c.")
        .contains(" 1 waits for its turn (at most 2 at once).");
    assertThat(Objects.requireNonNull(Objects.requireNonNull(cluster.status).nodes()).waiting())
        .isEqualTo(3);
    cluster.finish(cluster.task("node-b", Step.Relink), Set.of());

    assertThat(written(cluster.step())).containsExactly("grow-c1-relink-node-c");
  }

  @Test
  void zonesFollowOneAnotherInBothSteps() {
    select("100%", true);
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 200 && !(cluster.plan().decision() instanceof Complete); i++) {
      order.addAll(written(cluster.step()));
      cluster.distribute();
      cluster.work(Set.of());
      cluster.pass(Duration.ofSeconds(20));
    }

    assertThat(order)
        .containsExactly(
            "grow-c1-relink-node-a",
            "grow-c1-relink-node-b",
            "grow-c1-relink-node-c",
            "grow-c1-cleanup-node-a",
            "grow-c1-cleanup-node-b",
            "grow-c1-cleanup-node-c");
  }

  @Test
  void aNodeThatFailedMakesRoomAndIsTriedAgainAfterTheOthers() {
    select("1", false);
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.finish(cluster.task("node-a", Step.Relink), Set.of("sda1"));

    assertThat(written(cluster.step())).containsExactly("grow-c1-relink-node-b");
    cluster.pass(Duration.ofHours(1));
    Plan full = cluster.step();
    assertThat(full.decision())
        .isInstanceOfSatisfying(
            Wait.class,
            wait -> assertThat(wait.after()).isEqualTo(ModelCluster.SETTINGS.recheck()));
    assertThat(full.decision().message()).contains("Device sda1 of node node-a failed");
    cluster.work(Set.of());
    assertThat(written(cluster.step())).containsExactly("grow-c1-relink-node-c");
    cluster.work(Set.of());
    assertThat(written(cluster.step())).containsExactly("grow-c1-relink-node-a");
    assertThat(cluster.task("node-a", Step.Relink).spec().attempt()).isEqualTo(2);
  }

  @Test
  void aSkippedNodeIsPausedAndWaitedForAndOthersTakeItsPlace() {
    select("1", true);
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.node("node-a").labels = Map.of(ApiConstants.LABEL_SKIP, "disk-swap");

    assertThat(written(cluster.step())).containsExactly("grow-c1-relink-node-a");
    assertThat(cluster.task("node-a", Step.Relink).spec().paused()).isTrue();
    assertThat(written(cluster.step())).containsExactly("grow-c1-relink-node-b");
    cluster.work(Set.of());
    assertThat(written(cluster.step())).containsExactly("grow-c1-relink-node-c");
    cluster.work(Set.of());
    Plan waiting = cluster.step();
    assertThat(waiting.phase()).isEqualTo(Phase.Relinking);
    assertThat(waiting.decision()).isInstanceOf(Wait.class);
    assertThat(waiting.decision().message())
        .contains("2 of 3 nodes done; waiting for node-a. Node node-a is held back by its label");
    assertThat(waiting.facts().problems())
        .extracting(Problem::node, Problem::reason)
        .containsExactly(tuple("node-a", Reason.NodeSkipped.name()));
    cluster.node("node-a").labels = Map.of(ApiConstants.LABEL_SKIP, "False");

    assertThat(written(cluster.step())).containsExactly("grow-c1-relink-node-a");
    assertThat(cluster.task("node-a", Step.Relink).spec().paused()).isFalse();
  }

  @Test
  void aNodeThatTheSelectorLeavesOutGetsNoTaskAndIsWaitedFor() {
    LabelRules selector = new LabelRules(Map.of("disks", "yes"), List.of());
    cluster.nodes.values().forEach(node -> node.labels = Map.of("disks", "yes"));
    cluster.wish = spec -> spec.nodes(new NodeSelection(selector, "100%", false, List.of()));
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.node("node-b").labels = Map.of();

    assertThat(written(cluster.step()))
        .containsExactly("grow-c1-relink-node-a", "grow-c1-relink-node-c");
    cluster.work(Set.of());
    Plan waiting = cluster.step();
    assertThat(waiting.phase()).isEqualTo(Phase.Relinking);
    assertThat(waiting.facts().problems())
        .extracting(Problem::node, Problem::reason)
        .containsExactly(tuple("node-b", Reason.NodeNotSelected.name()));
  }

  @Test
  void aNodeThatFallsSilentIsPausedBeforeTheNextBegins() {
    select("1", false);
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.node("node-a").alive = false;
    cluster.pass(Duration.ofMinutes(5));

    assertThat(written(cluster.step())).containsExactly("grow-c1-relink-node-a");
    assertThat(cluster.task("node-a", Step.Relink).spec().paused()).isTrue();
    assertThat(written(cluster.step())).containsExactly("grow-c1-relink-node-b");
  }
}
