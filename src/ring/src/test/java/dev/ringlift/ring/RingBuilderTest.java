package dev.ringlift.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RingBuilderTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void isReadAsItWasWritten() throws Exception {
    RingBuilder written = Clusters.builder(6, 3, 12);

    RingBuilder read = RingBuilder.read(written.toBytes());

    assertThat(read.partPower()).isEqualTo(6);
    assertThat(read.replicas()).isEqualTo(3.0);
    assertThat(read.version()).isEqualTo(13);
    assertThat(read.id()).isEqualTo(written.id()).hasSize(32);
    assertThat(read.devices()).isEqualTo(written.devices());
    assertThat(read.toBytes()).isEqualTo(written.toBytes());
    assertThat(RingPair.difference(written.toRing(1), read)).isEmpty();
  }

  @Test
  void goesThroughAWholeIncreaseInStep() throws Exception {
    RingBuilder builder = Clusters.builder(6, 3, 12);
    Ring ring = builder.toRing(1);

    for (Transition transition :
        List.of(Transition.PREPARE, Transition.INCREASE, Transition.FINISH)) {
      builder = RingBuilder.read(builder.after(transition, NOW).toBytes());
      ring = ring.after(transition);
      assertThat(RingPair.difference(ring, builder)).isEmpty();
      assertThat(builder.toRing(1).toBytes()).isEqualTo(ring.toBytes());
    }

    assertThat(builder.partPower()).isEqualTo(7);
    assertThat(builder.nextPartPower()).isNull();
    assertThat(builder.version()).isEqualTo(16);
  }

  @Test
  void refusesWhatIsNotTheNextStep() throws Exception {
    RingBuilder fresh = Clusters.builder(3, 1, 1);
    RingBuilder prepared = fresh.after(Transition.PREPARE, NOW);
    RingBuilder increased = prepared.after(Transition.INCREASE, NOW);

    assertRefused(fresh, Transition.INCREASE, Transition.CANCEL, Transition.FINISH);
    assertRefused(prepared, Transition.PREPARE, Transition.FINISH);
    assertRefused(increased, Transition.PREPARE, Transition.INCREASE, Transition.CANCEL);
    assertRefused(
        prepared.after(Transition.CANCEL, NOW),
        Transition.PREPARE,
        Transition.INCREASE,
        Transition.CANCEL);
  }

  private static void assertRefused(RingBuilder builder, Transition... transitions) {
    for (Transition transition : transitions) {
      assertThatThrownBy(() -> builder.after(transition, NOW))
          .isInstanceOf(TransitionRefusedException.class)
          .hasMessageEndingWith(".");
    }
  }

  @Test
  void spreadsTheReplicasOfAPartitionOverZonesAndSharesEvenly() {
    RingBuilder builder = Clusters.builder(6, 3, 12);

    for (int partition = 0; partition < builder.partitions(); partition++) {
      Set<Integer> zones = new HashSet<>();
      for (int replica = 0; replica < 3; replica++) {
        int id = builder.deviceId(replica, partition);
        zones.add(Objects.requireNonNull(builder.devices().get(id)).zone());
      }
      assertThat(zones).hasSize(3);
    }
    assertThat(builder.partitionsByDevice()).containsOnly(16);
  }

  @Test
  void keepsHolesAndRefusesATableThatPointsIntoOne() {
    List<@Nullable RingDevice> devices =
        Arrays.asList(Clusters.device(0, 1), null, Clusters.device(2, 1));

    RingBuilder builder = RingBuilder.create(1, List.of(new int[] {0, 2}), devices);

    assertThat(builder.devices().get(1)).isNull();
    assertThat(builder.toRing(2).devices()).isEqualTo(devices);
    assertThatThrownBy(() -> RingBuilder.create(1, List.of(new int[] {0, 1}), devices))
        .hasMessage("It assigns replica 0 of partition 1 to device 1, which it does not have.");
  }

  @Test
  void namesTheDifferenceToAForeignRing() throws Exception {
    RingBuilder builder = Clusters.builder(1, List.of(1, 0));
    Ring ring = builder.toRing(1);

    assertThat(RingPair.difference(ring, builder.after(Transition.PREPARE, NOW)))
        .contains(
            "Ring and builder differ: the ring has next partition power none and the builder 2.");
    assertThat(RingPair.difference(ring, Clusters.builder(1, List.of(0, 1))))
        .contains(
            "Ring and builder differ: replica 0 of partition 0 is on device 1 in the ring and on"
                + " device 0 in the builder.");
  }
}
