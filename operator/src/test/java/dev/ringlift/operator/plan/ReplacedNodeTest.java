package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.ModelCluster.ModelNode;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A node whose disks and address another one has now. */
class ReplacedNodeTest {
  private final ModelCluster cluster = new ModelCluster(3, 4, 5);

  private void replaceNodeC() {
    ModelNode old = cluster.node("node-c");
    cluster.nodes.remove("node-c");
    ModelNode other = new ModelNode("node-d", "10.0.0.3", cluster.ringMd5(), cluster.now);
    old.devices.values().forEach(other::plugIn);
    cluster.nodes.put("node-d", other);
  }

  @Test
  void beforeTheIncreaseItsDevicesBelongToTheOther() {
    replaceNodeC();

    cluster.until(Complete.class, Reason.TargetReached);

    assertThat(cluster.tasks.values())
        .extracting(task -> task.spec().nodeName())
        .containsOnly("node-a", "node-b", "node-d");
  }

  @Test
  void inMidStepTheOtherDoesItsDevicesAndItsOwnTaskIsWaitedForUntilTheUserSaysThatTheyAreThese() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    replaceNodeC();
    cluster.step();
    cluster.work(Set.of());

    assertThat(cluster.task("node-d", Step.Relink).spec().devices())
        .containsExactly("sdc1", "sdc2");
    assertThat(cluster.step().facts().problems())
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .startsWith("Node node-c is gone, and its task grow-c1-relink-node-c is not done.")
        .contains("elsewhere now, name them in spec.nodes.excludeDevices");

    cluster.exclude("node-c/sdc1", "node-c/sdc2");
    cluster.pass(Duration.ofSeconds(5));

    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
    cluster.until(Complete.class, Reason.TargetReached);
    assertThat(cluster.task("node-d", Step.Cleanup).spec().devices()).as("not left out").hasSize(2);
  }

  @Test
  void onceItsTaskIsDoneNobodyWaitsForTheNodeThatIsGone() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.work(Set.of());
    replaceNodeC();
    cluster.step();
    cluster.work(Set.of());

    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }
}
