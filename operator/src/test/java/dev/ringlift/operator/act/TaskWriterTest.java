package dev.ringlift.operator.act;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkerSettings;
import dev.ringlift.operator.act.TaskWriter.Written;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** RelinkTasks, and what is in their way. */
@Tag("apiserver")
@ExtendWith(ApiServerExtension.class)
class TaskWriterTest {
  private static final int AT_ONCE = 2;

  private static TaskChange change(
      PartitionPowerIncrease increase, String node, int attempt, @Nullable String version) {
    return new TaskChange(
        "grow-c1-relink-" + node,
        new RelinkTaskSpec(
            increase.getMetadata().getUid(),
            1,
            node,
            0,
            Step.Relink,
            6,
            7,
            "d41d8cd98f00b204e9800998ecf8427e",
            1L,
            0,
            List.of("sda1"),
            attempt,
            false,
            RelinkerSettings.DEFAULTS,
            null,
            List.of()),
        version);
  }

  private static TaskChange create(PartitionPowerIncrease increase, String node) {
    return change(increase, node, 1, null);
  }

  private static PartitionPowerIncrease applyAnew(SimulatedCluster cluster) {
    cluster.server().kubectl("delete", "-n", cluster.namespace(), "ppi", "grow").orThrow();
    return cluster.apply("grow", 7);
  }

  private static List<RelinkTask> tasksOf(
      SimulatedCluster cluster, PartitionPowerIncrease increase) {
    return cluster.tasks().stream()
        .filter(task -> task.getSpec().increaseUid().equals(increase.getMetadata().getUid()))
        .toList();
  }

  @Test
  void aTaskThatAFormerIncreaseOfThisNameHasLeftBehindIsInNobodysWay(ApiServer server) {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 0)) {
      TaskWriter writer = new TaskWriter(cluster.client(), AT_ONCE);
      PartitionPowerIncrease former = cluster.apply("grow", 7);
      assertThat(writer.write(former, List.of(create(former, "n"))).undone()).isEmpty();
      // Nobody collects garbage here: it stays, as with --cascade=orphan.
      PartitionPowerIncrease anew = applyAnew(cluster);

      Written written = writer.write(anew, List.of(create(anew, "n")));

      assertThat(written).isEqualTo(Written.NOTHING);
      assertThat(tasksOf(cluster, former))
          .singleElement()
          .extracting(task -> task.getMetadata().getName())
          .isEqualTo("grow-c1-relink-n");
      assertThat(tasksOf(cluster, anew))
          .singleElement()
          .extracting(task -> task.getMetadata().getName())
          .asString()
          .startsWith("grow-c1-relink-n-");

      assertThat(writer.write(anew, List.of(create(anew, "n"))).undone())
          .as("made twice, it is one; it is only not seen yet")
          .containsExactly("grow-c1-relink-n");
      assertThat(tasksOf(cluster, anew)).hasSize(1);
    }
  }

  @Test
  void whereBothNamesAreTakenItSaysByWhom(ApiServer server) {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 0)) {
      TaskWriter writer = new TaskWriter(cluster.client(), AT_ONCE);
      PartitionPowerIncrease former = cluster.apply("grow", 7);
      writer.write(former, List.of(create(former, "n")));
      PartitionPowerIncrease anew = applyAnew(cluster);
      writer.write(anew, List.of(create(anew, "n")));
      String second = tasksOf(cluster, anew).getFirst().getMetadata().getName();
      cluster
          .server()
          .kubectl(
              "patch",
              "-n",
              cluster.namespace(),
              "relinktask",
              second,
              "--type=merge",
              "-p",
              "{\"metadata\":{\"labels\":null}}")
          .orThrow();

      Written written = writer.write(anew, List.of(create(anew, "n")));

      assertThat(written.undone()).isEmpty();
      assertThat(written.refused())
          .singleElement()
          .satisfies(
              problem -> {
                assertThat(problem.node()).isEqualTo("n");
                assertThat(problem.reason()).isEqualTo("TaskRejected");
                assertThat(problem.message()).contains("kubectl delete relinktask " + second);
              });
    }
  }

  @Test
  void whatIsTooMuchAtOnceOrComesTooLateIsLeftToTheNextLook(ApiServer server) {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 0)) {
      TaskWriter writer = new TaskWriter(cluster.client(), AT_ONCE);
      PartitionPowerIncrease increase = cluster.apply("grow", 7);

      assertThat(
              writer
                  .write(
                      increase,
                      List.of(create(increase, "a"), create(increase, "b"), create(increase, "c")))
                  .undone())
          .containsExactly("grow-c1-relink-c");
      assertThat(cluster.tasks()).hasSize(AT_ONCE);

      String version = cluster.tasks().getFirst().getMetadata().getResourceVersion();
      TaskChange another = change(increase, "a", 2, version);
      assertThat(writer.write(increase, List.of(another))).isEqualTo(Written.NOTHING);
      assertThat(writer.write(increase, List.of(another)))
          .as("made from a task that is no longer there so")
          .isEqualTo(new Written(List.of(), Set.of("grow-c1-relink-a")));
    }
  }
}
