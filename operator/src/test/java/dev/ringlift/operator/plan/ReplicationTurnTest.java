package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.Consumer.Kind;
import dev.ringlift.api.v1alpha1.Consumer.Proof;
import dev.ringlift.api.v1alpha1.Consumer.Role;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.RingStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.plan.Audience.Group;
import dev.ringlift.operator.plan.Audience.Member;
import dev.ringlift.operator.plan.Decision.Approve;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Wait;
import dev.ringlift.ring.Transition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Between two doublings, replication has its turn. */
class ReplicationTurnTest {
  private static final String A = "10.0.0.1:6200";
  private static final String B = "10.0.0.2:6200";

  private final ModelCluster cluster = new ModelCluster(2, 4, 6);

  ReplicationTurnTest() {
    cluster.replicates = false;
  }

  private static Consumer servers(Role role) {
    return new Consumer(Kind.Addresses, "servers", role, Proof.Recon, null, null, List.of(A, B));
  }

  private void telling(Role role, @Nullable Instant first, @Nullable Instant second) {
    cluster.consumers = List.of(servers(role));
    cluster.audience =
        new Audience(
            List.of(new Group(servers(role), null, List.of(member(A, first), member(B, second)))),
            List.of());
  }

  private Member member(String address, @Nullable Instant replicated) {
    Map<String, String> rings = Map.of("object.ring.gz", cluster.ringMd5());
    return new Member(
        address,
        true,
        false,
        null,
        null,
        new ReconAnswer(cluster.now, rings, null, null, replicated),
        null);
  }

  /** To where the ring of the first Finish is everywhere and has settled. */
  private void finishFirstCycle(Role role) {
    for (int i = 0; i < 100; i++) {
      telling(role, null, null);
      Plan plan = cluster.step();
      if (plan.decision() instanceof Publish publish && publish.transition() == Transition.FINISH) {
        for (int looks = 0; looks < 6; looks++) {
          cluster.distribute();
          telling(role, null, null);
          if (!(cluster.plan().decision() instanceof Publish)) {
            cluster.step();
          }
          cluster.pass(Duration.ofSeconds(10));
        }
        return;
      }
      cluster.distribute();
      cluster.work(Set.of());
      cluster.pass(Duration.ofSeconds(15));
    }
    throw new AssertionError("the first cycle never ended");
  }

  private Instant everywhere() {
    RingStatus ring = Objects.requireNonNull(Objects.requireNonNull(cluster.status).ring());
    return Instant.parse(Objects.requireNonNull(ring.lastProofTime()));
  }

  @Test
  void theNextCycleWaitsForAPassThatBeganWhenTheFinishRingHadSettled() {
    finishFirstCycle(Role.Object);
    Instant settled = everywhere().plus(ModelCluster.SETTINGS.settle());

    telling(Role.Object, settled, settled.minusMillis(1));
    Plan held = cluster.plan();
    assertThat(held.phase()).isEqualTo(Phase.Finishing);
    assertThat(held.decision()).isInstanceOf(Wait.class);
    assertThat(held.decision().reason()).isEqualTo(Reason.AwaitingReplication);
    assertThat(held.decision().message())
        .contains("Addresses servers, 10.0.0.2:6200: its last pass began at")
        .doesNotContain(A);
    cluster.wish = spec -> spec.paused(true);
    assertThat(cluster.plan().decision().message()).contains("its last pass began at", "Paused:");
    cluster.wish = spec -> spec;

    telling(Role.Object, settled, null);
    assertThat(cluster.plan().decision().message()).contains(B + ": tells of no pass");

    telling(Role.Object, settled, settled);
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  @Test
  void aNodeThatNobodyTellsOfNeedsAnApproval() {
    finishFirstCycle(Role.Other);
    telling(Role.Other, null, null);

    Plan held = cluster.step();
    assertThat(held.phase()).isEqualTo(Phase.AwaitingApproval);
    assertThat(held.decision()).isInstanceOf(Wait.class);
    assertThat(held.decision().reason()).isEqualTo(Reason.ApprovalRequired);
    assertThat(held.decision().message())
        .contains(
            "on 2 of 2 nodes (node-a, node-b)",
            "kubectl annotate ppi grow ringlift.dev/approve=Prepare/2.");

    cluster.approve = "Prepare/2";
    Plan approved = cluster.step();
    assertThat(approved.decision()).isInstanceOf(Approve.class);
    cluster.takeAnnotations(approved);
    assertThat(cluster.approve).as("used, and removed").isNull();

    Plan next = cluster.plan();
    assertThat(next.decision()).isInstanceOf(Publish.class);
    assertThat(((Publish) next.decision()).transition()).isEqualTo(Transition.PREPARE);
  }

  @Test
  void aPassThatDoesNotComeCanBeApprovedPast() {
    finishFirstCycle(Role.Object);
    telling(Role.Object, null, null);
    assertThat(cluster.step().decision().reason()).isEqualTo(Reason.AwaitingReplication);

    cluster.approve = "Prepare/1";
    Plan refused = cluster.step();
    assertThat(refused.decision().reason()).isEqualTo(Reason.AwaitingReplication);
    SpentAnnotation spent = cluster.takeAnnotations(refused).getFirst();
    assertThat(Objects.requireNonNull(spent.refusal()).message()).contains("=Prepare/2.");

    cluster.approve = "Prepare/2";
    assertThat(cluster.step().decision()).isInstanceOf(Approve.class);
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  @Test
  void aPodTellsOfTheNodeOnWhichItRunsAndOfNoOther() {
    finishFirstCycle(Role.Object);
    Instant settled = everywhere().plus(ModelCluster.SETTINGS.settle());
    Consumer pods =
        new Consumer(Kind.DaemonSet, "object", Role.Object, Proof.Recon, 6200, null, null);
    Member told = member("pod x", settled);
    Member onNode = new Member(told.name(), true, false, null, null, told.answer(), null, "node-a");
    cluster.audience =
        new Audience(
            List.of(
                new Group(pods, new Audience.Workload(true, 1, 1, 1, 1, null), List.of(onNode))),
            List.of());

    assertThat(cluster.plan().decision().message()).contains("on 1 of 2 nodes (node-b)");
  }
}
