package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.plan.StoredRing.Export;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is told to users who do a part of the work themselves. */
class ByHandTest {
  private final ModelCluster cluster = new ModelCluster(2, 4, 6);

  /** The whole way; what was announced under this reason. */
  private List<Announcement> announced(EventReason reason) {
    List<Announcement> all = new ArrayList<>();
    for (int i = 0; i < 200 && !ended(); i++) {
      PartitionPowerIncreaseStatus before = cluster.status;
      Plan plan = cluster.step();
      all.addAll(
          Announcements.of(before, Objects.requireNonNull(cluster.status), plan, cluster.now));
      // Nodes are late, so that each ring is looked at more than once.
      if (i % 2 == 0) {
        cluster.distribute();
      }
      cluster.work(Set.of());
      cluster.pass(Duration.ofSeconds(15));
    }
    assertThat(Objects.requireNonNull(cluster.status).phase()).isEqualTo(Phase.Complete);
    return all.stream().filter(one -> one.reason().equals(reason.name())).toList();
  }

  private boolean ended() {
    return cluster.status != null && Objects.requireNonNull(cluster.status.phase()).terminal();
  }

  @Test
  void aBuilderThatIsKeptElsewhereIsToldToFollowOnceForEachRing() {
    cluster.builderIsThere = false;

    List<Announcement> announced = announced(EventReason.BuilderToFollow);

    assertThat(announced)
        .allMatch(Announcement::warning)
        .extracting(one -> one.message().replaceFirst(".*(swift-ring-builder.*?)\\. .*", "$1"))
        .containsExactly(
            "swift-ring-builder object.builder prepare_increase_partition_power",
            "swift-ring-builder object.builder increase_partition_power",
            "swift-ring-builder object.builder finish_increase_partition_power",
            "swift-ring-builder object.builder prepare_increase_partition_power",
            "swift-ring-builder object.builder increase_partition_power",
            "swift-ring-builder object.builder finish_increase_partition_power");
    assertThat(announced.getLast().message()).contains("version " + cluster.ring.version());
    assertThat(Objects.requireNonNull(cluster.status).message())
        .startsWith("The ring has partition power 6 everywhere.")
        .contains("swift-ring-builder object.builder finish_increase_partition_power");
  }

  @Test
  void preflightWarnsThatNobodySeesTheBuilder() {
    cluster.builderIsThere = false;

    List<PreflightCheck> checks = Objects.requireNonNull(cluster.plan().facts().preflight());

    assertThat(checks)
        .filteredOn(check -> check.check().equals("BuilderReadable"))
        .singleElement()
        .satisfies(
            check -> {
              assertThat(check.result()).isEqualTo(PreflightCheck.Result.Warning);
              assertThat(check.message()).contains("kept elsewhere");
            });
    assertThat(cluster.plan().phase()).isEqualTo(Phase.Preparing);
  }

  @Test
  void aRingThatSomebodyHasToDeployIsNamedUntilEveryNodeHasIt() {
    cluster.export = new Export("swift-export", "object.ring.gz");
    cluster.step();
    cluster.pass(Duration.ofMinutes(5));

    Plan waiting = cluster.plan();

    assertThat(waiting.decision().reason()).isEqualTo(Reason.RingNotDistributed);
    assertThat(waiting.decision().message())
        .contains("Bring object.ring.gz of ConfigMap swift-export", "md5 " + cluster.ringMd5());
  }

  @Test
  void aRingToDeployIsAnnouncedOnceEach() {
    cluster.export = new Export("swift-export", "object.ring.gz");

    assertThat(announced(EventReason.RingToDeploy))
        .hasSize(6)
        .doesNotHaveDuplicates()
        .noneMatch(Announcement::warning)
        .last()
        .satisfies(
            last ->
                assertThat(last.message())
                    .contains(
                        "Bring object.ring.gz of ConfigMap swift-export to every storage node",
                        "md5 " + cluster.ringMd5()));
  }

  @Test
  void whoHasNothingToDoByHandIsToldNothing() {
    assertThat(announced(EventReason.RingToDeploy)).isEmpty();
    assertThat(Objects.requireNonNull(cluster.status).message())
        .isEqualTo("The ring has partition power 6 everywhere.");
  }
}
