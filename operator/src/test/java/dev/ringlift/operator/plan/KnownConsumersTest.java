package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.Consumer.Kind;
import dev.ringlift.api.v1alpha1.Consumer.Proof;
import dev.ringlift.api.v1alpha1.Consumer.Role;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Risk;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.KnownConsumer;
import dev.ringlift.operator.plan.Audience.Group;
import dev.ringlift.operator.plan.Audience.Member;
import dev.ringlift.operator.plan.Audience.Workload;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.operator.plan.Decision.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * Where no pod mounts the ring, nobody sees who loads it: whoever was asked for one ring is asked
 * for the next, or the user says that it is gone.
 */
class KnownConsumersTest {
  private final ModelCluster cluster = new ModelCluster(2, 4, 5);
  private List<String> edge = List.of("edge-1:8080", "edge-2:8080");
  private int wanted = 2;
  private int there = 2;
  private boolean inner = true;

  KnownConsumersTest() {
    cluster.acknowledge = Set.of();
    look();
  }

  /** Proxies outside of Kubernetes, and a Deployment of proxies; all have the ring. */
  private void look() {
    List<Group> groups = new ArrayList<>();
    groups.add(
        new Group(
            new Consumer(Kind.Addresses, "edge", Role.Proxy, Proof.Recon, null, null, edge),
            null,
            edge.stream().map(this::member).toList()));
    if (inner) {
      List<Member> pods = new ArrayList<>();
      for (int pod = 1; pod <= there; pod++) {
        pods.add(member("inner-" + pod));
      }
      groups.add(
          new Group(
              new Consumer(Kind.Deployment, "inner", Role.Proxy, Proof.Recon, 8080, null, null),
              new Workload(true, wanted, there, there, there, null),
              pods));
    }
    cluster.consumers = groups.stream().map(Group::consumer).toList();
    cluster.audience = new Audience(groups, List.of());
  }

  private Member member(String name) {
    ReconAnswer answer =
        new ReconAnswer(
            cluster.now,
            Map.of("object.ring.gz", cluster.ringMd5()),
            "2.38.3",
            Duration.ZERO,
            null);
    return new Member(name, true, false, null, null, answer, null);
  }

  private void go(BooleanSupplier there) {
    for (int i = 0; i < 40 && !there.getAsBoolean(); i++) {
      cluster.step();
      cluster.distribute();
      cluster.work(Set.of());
      cluster.pass(Duration.ofSeconds(20));
      look();
    }
    assertThat(there.getAsBoolean()).isTrue();
  }

  private void untilIncrease() {
    go(() -> publishes(5));
  }

  private boolean publishes(int power) {
    return cluster.plan().decision() instanceof Publish publish
        && publish.ring().partPower() == power;
  }

  private void assertHeld(String... words) {
    Plan held = cluster.plan();
    assertThat(held.decision()).isInstanceOf(Stall.class);
    assertThat(held.decision().reason()).isEqualTo(Reason.ConsumerDropped);
    assertThat(held.decision().message()).contains(words).contains("DroppedConsumer");
    assertThat(held.facts().problems())
        .anySatisfy(problem -> assertThat(problem.reason()).isEqualTo("ConsumerDropped"));
  }

  @Test
  void whoHadToProveARingIsNamedInTheStatus() {
    cluster.step();

    assertThat(Objects.requireNonNull(cluster.status).consumers())
        .containsExactly(
            new KnownConsumer(Kind.Addresses, "edge", null, edge),
            new KnownConsumer(Kind.Deployment, "inner", 2, null));
  }

  @Test
  void oneOfSeveralProxiesThatIsDroppedHoldsTheIncreaseUntilItIsBack() {
    untilIncrease();
    inner = false;
    look();
    assertHeld("Deployment inner", "no longer among spec.consumers");

    inner = true;
    look();
    assertThat(publishes(5)).isTrue();
  }

  @Test
  void anAddressThatIsDroppedHoldsItUntilTheUserSaysThatNothingRunsThere() {
    untilIncrease();
    edge = List.of("edge-1:8080");
    look();
    assertHeld("Addresses edge", "edge-2:8080");

    cluster.acknowledge = Set.of(Risk.DroppedConsumer);
    assertThat(publishes(5)).isTrue();
  }

  @Test
  void whatWasAcknowledgedIsForgottenWithTheNextRingAndNoSooner() {
    untilIncrease();
    edge = List.of("edge-1:8080");
    look();
    cluster.acknowledge = Set.of(Risk.DroppedConsumer);
    assertThat(cluster.step().decision()).isInstanceOf(Publish.class);

    cluster.acknowledge = Set.of();
    look();
    assertThat(cluster.plan().decision().reason()).isNotEqualTo(Reason.ConsumerDropped);
    inner = false;
    look();
    assertHeld("Deployment inner");
  }

  @Test
  void aCancelForgetsNobody() {
    untilIncrease();
    edge = List.of("edge-2:8080");
    look();
    cluster.wish = spec -> spec.cancel(true);
    go(() -> Objects.equals(cluster.ring.nextPartPower(), 4));

    assertHeld("Addresses edge", "edge-1:8080");
  }

  @Test
  void aConsumerWithoutAPodIsDroppedAsWell() {
    untilIncrease();
    wanted = 0;
    there = 0;
    look();

    assertHeld("Deployment inner", "2 pod(s)");
  }

  @Test
  void aConsumerThatIsScaledDownIsHeldToThePodsThatAreLeft() {
    untilIncrease();
    wanted = 1;
    there = 1;
    look();

    assertThat(publishes(5)).isTrue();
  }

  @Test
  void aPodThatOughtToBeThereAndIsNotHoldsTheIncrease() {
    untilIncrease();
    there = 1;
    look();

    Plan held = cluster.plan();
    assertThat(held.decision()).isInstanceOf(Wait.class);
    assertThat(held.decision().message())
        .contains("Deployment inner: 1 of 2", "one of its pods is not there");
  }
}
