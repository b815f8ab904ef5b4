package dev.ringlift.operator.page;

import static dev.ringlift.operator.page.SampleCluster.failed;
import static dev.ringlift.operator.page.SampleCluster.progress;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.operator.page.NodeGrid.Device;
import dev.ringlift.operator.page.NodeGrid.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class GridMapperTest {
  private static final Instant NOW = SampleIncrease.BEGAN;
  private static final String UID = SampleIncrease.uid("grow");

  private final SampleCluster cluster = new SampleCluster();

  private NodeGrid grid(PartitionPowerIncrease increase) {
    return new GridMapper(Duration.ofSeconds(10))
        .map(
            increase,
            new GridMapper.Sources(
                cluster.tasks("", UID), cluster.storageNodes(""), cluster.leases("")),
            NOW);
  }

  private NodeGrid relinking() {
    return grid(new SampleIncrease("grow", Phase.Relinking).build());
  }

  @Test
  void aNodeIsTheSumOfItsDevices() {
    cluster.addNode("storage-1", 2, NOW);
    cluster.putTask(
        UID, "storage-1", Step.Relink, State.Running, progress("d1", 512), progress("d2", 100));

    Node node = relinking().nodes().getFirst();

    assertThat(node.state()).isEqualTo(NodeGrid.State.Running);
    assertThat(node.done()).isEqualTo(612);
    assertThat(node.total()).isEqualTo(1024);
    assertThat(node.filesPerSecond()).isEqualTo(250);
    assertThat(node.trouble()).isNull();
    assertThat(node.devices())
        .extracting(Device::state)
        .containsExactly(NodeGrid.State.Done, NodeGrid.State.Running);
  }

  @Test
  void whatCountsIsTheLatestStepOfThePresentCycle() {
    cluster.addNode("storage-1", 1, NOW);
    cluster.putTask(UID, "storage-1", Step.Relink, State.Succeeded, progress("d1", 512));
    cluster.putTask(UID, "storage-1", Step.Cleanup, State.Running, progress("d1", 3));

    assertThat(relinking().step()).isEqualTo("Cleanup");
    assertThat(relinking().nodes().getFirst().done()).isEqualTo(3);

    NodeGrid second = grid(new SampleIncrease("grow", Phase.Preparing).cycle(2).build());
    assertThat(second.step()).isNull();
    assertThat(second.nodes().getFirst().state()).isEqualTo(NodeGrid.State.Idle);
  }

  @Test
  void aNodeWithoutItsTaskWaitsForItsTurn() {
    cluster.addNode("storage-1", 1, NOW);
    cluster.addNode("storage-2", 1, NOW);
    cluster.putTask(UID, "storage-1", Step.Relink, State.Running, progress("d1", 3));

    assertThat(relinking().nodes().get(1).state()).isEqualTo(NodeGrid.State.Waiting);
  }

  @Test
  void troubleHasItsWords() {
    cluster.addNode("storage-1", 2, NOW.minusSeconds(311));
    cluster.addNode("storage-2", 1, NOW);
    cluster.putNode(
        "storage-3",
        List.of(SampleCluster.device("d1", true), SampleCluster.device("d2", false)),
        SampleCluster.MD5);
    cluster.heard("storage-3", NOW);
    cluster.putTask(
        UID, "storage-2", Step.Relink, State.Failed, failed("d1", "Input/output error"));
    cluster.putTask(
        UID, "storage-3", Step.Relink, State.Running, progress("d1", 9), progress("d3", 0));

    List<Node> nodes = relinking().nodes();

    assertThat(nodes.get(0).state()).isEqualTo(NodeGrid.State.Lost);
    assertThat(nodes.get(0).trouble()).isEqualTo("Its agent has not been heard of.");
    assertThat(nodes.get(1).state()).isEqualTo(NodeGrid.State.Failed);
    assertThat(nodes.get(1).errors()).isEqualTo(3);
    assertThat(nodes.get(1).devices().getFirst().trouble()).isEqualTo("Input/output error");
    assertThat(nodes.get(2).trouble()).isEqualTo("d2: It is not mounted.");
    assertThat(nodes.get(2).devices())
        .extracting(Device::trouble)
        .containsExactly(null, "It is not mounted.", "It is not there.");
  }

  @Test
  void whatTheOperatorSaysOfANodeIsShownThere() {
    cluster.addNode("storage-1", 1, NOW);

    NodeGrid grid =
        grid(
            new SampleIncrease("grow", Phase.Preflight)
                .problem("storage-1", "d1", "Too few inodes.")
                .build());

    assertThat(grid.nodes().getFirst().trouble()).isEqualTo("Too few inodes.");
    assertThat(grid.nodes().getFirst().devices().getFirst().trouble()).isEqualTo("Too few inodes.");
  }

  @Test
  void whoHasNotThePresentRingIsMarkedUntilTheEnd() {
    cluster.addNode("storage-1", 1, NOW);
    cluster.putNode("storage-2", List.of(SampleCluster.device("d1", true)), "f".repeat(32));
    cluster.heard("storage-2", NOW);

    assertThat(relinking().nodes()).extracting(Node::staleRing).containsExactly(false, true);
    assertThat(grid(new SampleIncrease("grow", Phase.Complete).build()).nodes())
        .extracting(Node::staleRing)
        .containsExactly(false, false);
  }

  @Test
  void devicesOfManyNodesAreLeftOutButForThoseInTrouble() {
    for (int i = 0; i < 200; i++) {
      cluster.addNode("node-%03d".formatted(i), 12, i == 77 ? Instant.EPOCH : NOW);
    }

    NodeGrid grid = relinking();

    assertThat(grid.aggregated()).isTrue();
    assertThat(grid.nodes()).hasSize(200).allMatch(node -> node.deviceCount() == 12);
    assertThat(grid.nodes())
        .filteredOn(node -> !node.devices().isEmpty())
        .extracting(Node::name)
        .containsExactly("node-077");
  }

  @Test
  void ofTooManyNodesThoseInTroubleStay() {
    for (int i = 0; i < GridMapper.NODES + 10; i++) {
      cluster.addNode("node-%05d".formatted(i), 1, i > GridMapper.NODES ? Instant.EPOCH : NOW);
    }

    NodeGrid grid = relinking();

    assertThat(grid.nodes()).hasSize(GridMapper.NODES);
    assertThat(grid.omitted()).isEqualTo(10);
    assertThat(grid.nodes()).filteredOn(node -> node.trouble() != null).hasSize(9);
    assertThat(grid.nodes()).extracting(Node::name).isSorted();
  }
}
