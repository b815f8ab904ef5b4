package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.Halt;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.ring.RingPair;
import dev.ringlift.ring.Transition;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A store that has ring and builder in different places, and died between the two writes. */
class HalfWrittenTest {
  private final ModelCluster cluster = new ModelCluster(2, 4, 6);

  /** Comes to the given transition, and dies once its builder is written. */
  private Publish dieIn(Transition transition) {
    for (int i = 0; i < 200; i++) {
      Plan plan = cluster.plan();
      if (plan.decision() instanceof Publish publish && publish.transition() == transition) {
        cluster.say(plan);
        cluster.writeBuilderOnly(publish);
        return publish;
      }
      cluster.step();
      cluster.distribute();
      cluster.work(Set.of());
      cluster.pass(Duration.ofSeconds(5));
    }
    throw new AssertionError("never came to " + transition);
  }

  @ParameterizedTest
  @EnumSource(names = {"PREPARE", "INCREASE", "FINISH"})
  void theRingAloneIsWrittenAndTheIncreaseGoesOn(Transition transition) {
    Publish half = dieIn(transition);

    Plan plan = cluster.until(Publish.class, Reason.PublishingRing);

    assertThat(plan.decision())
        .isInstanceOfSatisfying(
            Publish.class,
            publish -> {
              assertThat(publish.completes()).isTrue();
              assertThat(publish.builder()).isNull();
              assertThat(publish.transition()).isEqualTo(transition);
              assertThat(publish.intent().md5()).isEqualTo(half.intent().md5());
              assertThat(publish.ring().toBytes()).isEqualTo(half.ring().toBytes());
            });
    cluster.step();
    assertThat(RingPair.difference(cluster.ring, cluster.builder)).isEmpty();
    cluster.until(Complete.class, Reason.TargetReached);
    assertThat(cluster.ring.partPower()).isEqualTo(6);
  }

  @Test
  void theRingWaitsForANodeThatWasLostMeanwhile() {
    dieIn(Transition.INCREASE);
    cluster.node("node-b").alive = false;
    cluster.pass(Duration.ofMinutes(2));

    Plan lost = cluster.plan();

    assertThat(lost.decision()).isNotInstanceOf(Publish.class);
    assertThat(lost.decision().message()).contains("node-b");
  }

  @Test
  void withoutAnIntentItIsABuilderOfAnotherRing() {
    dieIn(Transition.PREPARE);
    cluster.status = null;

    Plan plan = cluster.plan();

    assertThat(plan.phase()).isEqualTo(Phase.Preflight);
    assertThat(plan.decision()).isInstanceOf(Stall.class);
    assertThat(plan.decision().message())
        .contains("the ring has next partition power none and the builder 5");
  }

  @Test
  void aBuilderThatWouldWriteAnotherRingThanTheIntentSaysStopsTheIncrease() {
    Publish half = dieIn(Transition.INCREASE);
    cluster.builder = new ModelCluster(3, 5, 6).builder;

    Plan plan = cluster.until(Halt.class, Reason.RingChangedExternally);

    assertThat(plan.decision().message()).contains("Put the builder there that wrote this ring.");
    assertThat(Objects.requireNonNull(cluster.publication()).md5()).isEqualTo(half.intent().md5());
  }

  @Test
  void aRingOfAnotherHandIsNotWrittenOver() {
    dieIn(Transition.INCREASE);
    cluster.ring = new ModelCluster(3, 4, 6).ring;

    Plan plan = cluster.plan();

    assertThat(plan.decision()).isInstanceOf(Halt.class);
    assertThat(plan.decision().reason()).isEqualTo(Reason.RingChangedExternally);
  }
}
