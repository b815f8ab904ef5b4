package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.Consumer.Kind;
import dev.ringlift.api.v1alpha1.Consumer.Proof;
import dev.ringlift.api.v1alpha1.Consumer.Role;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Risk;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck.Result;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.RingStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.plan.Audience.Group;
import dev.ringlift.operator.plan.Audience.Member;
import dev.ringlift.operator.plan.Audience.Mount;
import dev.ringlift.operator.plan.Audience.Workload;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.operator.plan.Decision.Wait;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an increase does with consumers: nothing goes on without them, and nobody is overlooked. */
class ConsumerBarrierTest {
  private static final Workload TWO = new Workload(true, 2, 2, 2, 2, null);

  private final ModelCluster cluster = new ModelCluster(2, 4, 5);

  ConsumerBarrierTest() {
    cluster.consumers = List.of(proxy(Proof.Recon, 8080, null));
    cluster.acknowledge = Set.of();
    telling(cluster.ringMd5());
  }

  private static Consumer proxy(Proof proof, @Nullable Integer port, @Nullable String duration) {
    return new Consumer(Kind.Deployment, "proxy", Role.Proxy, proof, port, duration, null);
  }

  /** Both pods of the proxy have this ring, and said so just now. */
  private void telling(String md5) {
    telling(md5, "2.38.3");
  }

  private void telling(String md5, String version) {
    cluster.audience =
        new Audience(
            List.of(
                new Group(
                    cluster.consumers.getFirst(),
                    TWO,
                    List.of(member("a", md5, version), member("b", md5, version)))),
            List.of());
  }

  private Member member(String name, String md5, String version) {
    return new Member(
        "pod " + name,
        true,
        false,
        cluster.now.minusSeconds(600),
        null,
        new ReconAnswer(
            cluster.now, Map.of("object.ring.gz", md5), version, Duration.ofMillis(20), null),
        null);
  }

  private void mounted(Mount... mounts) {
    cluster.audience = new Audience(cluster.audience.groups(), List.of(mounts));
  }

  private static Mount mount(String owner, Set<String> consumers) {
    return new Mount("x-1", "uid", owner, false, consumers, true, false, false, null);
  }

  private PreflightCheck check(Check check) {
    return Objects.requireNonNull(cluster.plan().facts().preflight()).stream()
        .filter(candidate -> candidate.check().equals(check.name()))
        .findFirst()
        .orElseThrow();
  }

  private String refusal(Check check) {
    PreflightCheck found = check(check);
    assertThat(found.result()).isEqualTo(Result.Failed);
    assertThat(cluster.plan().decision()).isInstanceOf(Stall.class);
    return found.message();
  }

  @Test
  void nothingGoesOnUntilTheProxiesHaveTheRingToo() {
    Plan published = cluster.step();
    assertThat(published.decision()).isInstanceOf(Publish.class);
    cluster.distribute();
    cluster.pass(Duration.ofMinutes(10));
    cluster.step();
    cluster.pass(Duration.ofMinutes(4));
    telling("f".repeat(32));

    Plan held = cluster.step();
    assertThat(held.phase()).isEqualTo(Phase.Preparing);
    assertThat(held.decision()).isInstanceOf(Wait.class);
    assertThat(held.decision().reason()).isEqualTo(Reason.RingNotDistributed);
    assertThat(held.decision().message())
        .contains("2 of 2 nodes and 2 other consumers", "Deployment proxy: 2 of 2", "pod a");
    RingStatus ring = Objects.requireNonNull(Objects.requireNonNull(cluster.status).ring());
    assertThat(ring.consumersTotal()).isEqualTo(4);
    assertThat(ring.consumersCurrent()).isEqualTo(2);
    assertThat(condition(ConditionType.Degraded).getStatus()).isEqualTo("False");

    cluster.pass(Duration.ofMinutes(2));
    telling("f".repeat(32));
    cluster.step();
    assertThat(condition(ConditionType.Degraded).getReason()).isEqualTo("ConsumerRingOutdated");
    assertThat(condition(ConditionType.Degraded).getMessage()).contains("Deployment proxy");

    telling(cluster.ringMd5());
    assertThat(cluster.step().decision().reason()).isEqualTo(Reason.Settling);
    ring = Objects.requireNonNull(Objects.requireNonNull(cluster.status).ring());
    assertThat(ring.spreadSeconds()).as("the nodes had it, the proxies came later").isEqualTo(360);
    assertThat(condition(ConditionType.Degraded).getStatus()).isEqualTo("False");
  }

  /** To where the Increase ring would be published at the next step. */
  private void untilIncrease() {
    for (int i = 0; i < 40; i++) {
      cluster.distribute();
      telling(cluster.ringMd5());
      Plan plan = cluster.plan();
      if (plan.decision() instanceof Publish publish && publish.ring().partPower() == 5) {
        return;
      }
      cluster.step();
      cluster.work(Set.of());
      cluster.pass(Duration.ofSeconds(20));
    }
    throw new AssertionError("never came to the Increase ring");
  }

  @Test
  void aProxyThatFallsSilentHoldsTheIncrease() {
    untilIncrease();

    cluster.pass(Duration.ofSeconds(61));

    Plan held = cluster.plan();
    assertThat(held.decision()).isInstanceOf(Wait.class);
    assertThat(held.decision().message()).contains("Deployment proxy", "last answered at");
  }

  @Test
  void aProxyThatIsNoLongerHeldToAProofHoldsTheIncreaseUntilThatIsAcknowledged() {
    untilIncrease();

    cluster.consumers = List.of(proxy(Proof.Wait, null, "0s"));
    telling("f".repeat(32));

    Plan held = cluster.step();
    assertThat(held.decision()).isInstanceOf(Stall.class);
    assertThat(held.decision().reason()).isEqualTo(Reason.ConsumerUnproven);
    assertThat(held.decision().message()).contains("Deployment proxy", "UnprovenConsumer");
    assertThat(condition(ConditionType.Degraded).getReason()).isEqualTo("ConsumerUnproven");

    cluster.acknowledge = Set.of(Risk.UnprovenConsumer);
    assertThat(cluster.step().decision().reason()).isEqualTo(Reason.Settling);
    cluster.pass(ModelCluster.SETTINGS.settle());
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  @Test
  void aProxyThatIsDroppedInTheMiddleHoldsTheIncreaseUntilThatIsAcknowledged() {
    untilIncrease();

    cluster.consumers = List.of();
    cluster.audience = Audience.NONE;

    Plan held = cluster.step();
    assertThat(held.decision()).isInstanceOf(Stall.class);
    assertThat(held.decision().reason()).isEqualTo(Reason.NoProxyProof);
    assertThat(held.decision().message()).contains("No proxy is among", "acknowledge");

    cluster.acknowledge = Set.of(Risk.NoProxyProof, Risk.DroppedConsumer);
    assertThat(cluster.step().decision().reason()).isEqualTo(Reason.Settling);
  }

  @Test
  void aProxyThatIsScaledToNothingIsNoProxy() {
    nobodyRuns();
    assertThat(refusal(Check.ProxyAmongConsumers)).contains("Deployment proxy: scaled to 0");

    telling(cluster.ringMd5());
    untilIncrease();
    nobodyRuns();
    assertThat(cluster.plan().decision().reason()).isEqualTo(Reason.NoProxyProof);

    Consumer second =
        new Consumer(
            Kind.Addresses, "edge", Role.Proxy, Proof.Recon, null, null, List.of("edge:8080"));
    cluster.consumers = List.of(cluster.consumers.getFirst(), second);
    cluster.audience =
        new Audience(
            List.of(
                cluster.audience.groups().getFirst(),
                new Group(second, null, List.of(member("edge", cluster.ringMd5(), "2.38.3")))),
            List.of());
    assertThat(cluster.plan().decision().reason()).isEqualTo(Reason.ConsumerDropped);

    cluster.acknowledge = Set.of(Risk.DroppedConsumer);
    assertThat(cluster.plan().decision()).as("another one is asked").isInstanceOf(Publish.class);
  }

  private void nobodyRuns() {
    Workload none = new Workload(true, 0, 0, 0, 0, null);
    cluster.audience =
        new Audience(List.of(new Group(cluster.consumers.getFirst(), none, List.of())), List.of());
  }

  @Test
  void aSubPathThatComesInTheMiddleHoldsTheIncrease() {
    untilIncrease();
    mounted(
        new Mount("x", "u", "Deployment proxy", false, Set.of("proxy"), false, true, false, null));

    assertThat(cluster.plan().decision()).isInstanceOf(Stall.class);
    assertThat(cluster.plan().decision().message()).contains("subPath", "Restart");
  }

  @Test
  void withoutAProxyNothingBeginsUnlessThatIsAcknowledged() {
    cluster.consumers = List.of();
    cluster.audience = Audience.NONE;

    assertThat(refusal(Check.ProxyAmongConsumers)).contains("role Proxy", "NoProxyProof");

    cluster.acknowledge = Set.of(Risk.NoProxyProof);
    assertThat(check(Check.ProxyAmongConsumers).result()).isEqualTo(Result.Warning);
    assertThat(cluster.plan().decision()).isInstanceOf(Publish.class);
  }

  @Test
  void whoMountsTheRingAndIsNoConsumerIsNamed() {
    mounted(
        mount("Deployment expirer", Set.of()),
        mount("Deployment expirer", Set.of()),
        mount("Deployment proxy", Set.of("proxy")),
        new Mount("agent", "u", "DaemonSet agent", true, Set.of(), true, false, false, null));

    assertThat(refusal(Check.ConsumersCovered))
        .startsWith("Deployment expirer mounts the ring (pod x-1 and 1 more)")
        .doesNotContain("Deployment proxy", "DaemonSet agent");
  }

  @Test
  void whoComesToMountTheRingInTheMiddleHoldsTheIncreaseUntilItIsNamed() {
    cluster.step();
    cluster.distribute();
    telling(cluster.ringMd5());
    mounted(mount("Deployment expirer", Set.of()));

    cluster.step();
    assertThat(Objects.requireNonNull(cluster.status).message())
        .contains("Deployment expirer mounts the ring (pod x-1)");
    assertThat(condition(ConditionType.Degraded).getReason()).isEqualTo("ConsumerUncovered");
    assertThat(condition(ConditionType.RingDistributed).getStatus()).isEqualTo("False");

    mounted(mount("Deployment expirer", Set.of("expirer")));
    cluster.step();
    assertThat(condition(ConditionType.RingDistributed).getStatus()).isEqualTo("True");
  }

  @Test
  void aSubPathNeedsARestart() {
    Mount subPath =
        new Mount("x", "u", "Deployment proxy", false, Set.of("proxy"), false, true, false, null);
    mounted(subPath);
    assertThat(refusal(Check.ConsumersCovered)).contains("Deployment proxy", "subPath", "Restart");

    cluster.consumers = List.of(proxy(Proof.Restart, null, null));
    telling(cluster.ringMd5());
    mounted(subPath);
    assertThat(check(Check.ConsumersCovered).result()).isEqualTo(Result.Passed);
  }

  @Test
  void anEnvironmentWarns() {
    mounted(new Mount("x", "u", "Deployment tool", false, Set.of(), false, false, true, null));

    assertThat(check(Check.ConsumersCovered).result()).isEqualTo(Result.Warning);
    assertThat(check(Check.ConsumersCovered).message()).contains("Deployment tool");
  }

  @Test
  void aProxyThatCanNotBeAskedHoldsTheIncreaseBackBeforeItsFirstChange() {
    cluster.pass(Duration.ofMinutes(2));

    assertThat(refusal(Check.ConsumersProof)).contains("Deployment proxy", "last answered at");
  }

  @Test
  void whoProvesNothingHasToBeAcknowledgedAndKeepsTheIncreaseDegraded() {
    cluster.consumers = List.of(proxy(Proof.Wait, null, "2m"));
    telling(cluster.ringMd5());
    assertThat(refusal(Check.ConsumersProof)).contains("Deployment proxy", "UnprovenConsumer");

    cluster.acknowledge = Set.of(Risk.UnprovenConsumer);
    assertThat(check(Check.ConsumersProof).result()).isEqualTo(Result.Warning);
    cluster.step();
    cluster.distribute();
    cluster.step();
    assertThat(condition(ConditionType.Degraded).getReason()).isEqualTo("ConsumerUnproven");
    cluster.pass(Duration.ofSeconds(119));
    assertThat(cluster.plan().decision().reason()).isEqualTo(Reason.RingNotDistributed);
    cluster.pass(Duration.ofSeconds(1));
    assertThat(cluster.plan().decision().reason()).isEqualTo(Reason.Settling);
  }

  @Test
  void aSwiftThatIsTooOldIsRefused() {
    telling(cluster.ringMd5(), "2.12.1");

    assertThat(refusal(Check.SwiftVersion)).contains("pod a", "2.12.1", "2.13.0");
    assertThat(ConsumerChecks.isTooOld("1.13.1")).isTrue();
    assertThat(ConsumerChecks.isTooOld("2.13.0")).isFalse();
    assertThat(ConsumerChecks.isTooOld("10.0")).isFalse();
    assertThat(ConsumerChecks.isTooOld("our-own")).isFalse();
  }

  @Test
  void podsAreToldOfEachRingOnceAndOnlyOfARingThatIsThere() {
    mounted(mount("Deployment proxy", Set.of("proxy")));
    assertThat(Errands.of(cluster.observe(), cluster.plan())).isEqualTo(Errands.NONE);
    cluster.step();
    assertThat(Errands.of(cluster.observe(), cluster.plan()).notices())
        .as("it has not been seen in the store")
        .isEmpty();
    cluster.step();

    assertThat(Errands.of(cluster.observe(), cluster.plan()).notices())
        .containsExactly(new Errands.Notice("x-1", "uid", cluster.ringMd5()));

    mounted(
        new Mount(
            "x-1", "uid", "D", false, Set.of("proxy"), true, false, false, cluster.ringMd5()));
    assertThat(Errands.of(cluster.observe(), cluster.plan()).notices()).isEmpty();
  }

  @Test
  void aTemplateThatLosesItsStampIsStampedAgainAlsoWhileTheNextRingIsDecidedOn() {
    cluster.consumers = List.of(proxy(Proof.Restart, null, null));
    telling(cluster.ringMd5());
    cluster.step();
    cluster.step();
    String stamp = Errands.of(cluster.observe(), cluster.plan()).restarts().getFirst().stamp();
    cluster.wish = spec -> spec.cancel(true);
    Plan decided = cluster.plan();
    assertThat(decided.decision()).isInstanceOf(Publish.class);
    cluster.say(decided); // and then the operator dies
    cluster.wish = spec -> spec.cancel(false);

    assertThat(Errands.of(cluster.observe(), cluster.plan()).restarts())
        .singleElement()
        .satisfies(restart -> assertThat(restart.stamp()).isEqualTo(stamp));
  }

  @Test
  void podTemplatesAreStampedForNoRingOfAnotherHand() {
    cluster.consumers = List.of(proxy(Proof.Restart, null, null));
    telling(cluster.ringMd5());
    cluster.step();
    cluster.step();
    String ours = Errands.of(cluster.observe(), cluster.plan()).restarts().getFirst().stamp();
    assertThat(ours).startsWith(cluster.ringMd5());

    Runnable putBack = cluster.keep();
    cluster.reweigh("sda1", 50);
    cluster.step();
    assertThat(Errands.of(cluster.observe(), cluster.plan())).isEqualTo(Errands.NONE);

    cluster.pass(Duration.ofSeconds(30));
    putBack.run();
    cluster.step();
    assertThat(Errands.of(cluster.observe(), cluster.plan()).restarts().getFirst().stamp())
        .as("pods may have been started with the other one in between")
        .startsWith(cluster.ringMd5())
        .isNotEqualTo(ours);
  }

  private Condition condition(ConditionType type) {
    return Objects.requireNonNull(Conditions.find(cluster.status, type));
  }
}
