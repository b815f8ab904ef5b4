package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.operator.plan.StoredRing.Revision;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingDevice;
import dev.ringlift.ring.Transition;
import dev.ringlift.ring.TransitionRefusedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is said of a ring that another hand changed. */
class RingChangeTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private final RingBuilder builder =
      RingBuilder.create(3, List.of(row(0, 1), row(2, 3)), devices(4));

  private static int[] row(int even, int odd) {
    int[] row = new int[8];
    for (int partition = 0; partition < row.length; partition++) {
      row[partition] = partition % 2 == 0 ? even : odd;
    }
    return row;
  }

  private static List<@Nullable RingDevice> devices(int count) {
    List<@Nullable RingDevice> devices = new ArrayList<>();
    for (int id = 0; id < count; id++) {
      String ip = "10.0.0." + (id + 1);
      devices.add(new RingDevice(id, 1, 1, ip, 6200, ip, 6200, "sd" + id, 100, ""));
    }
    return devices;
  }

  private String change(RingBuilder now, boolean withBackup) {
    Ring before = builder.toRing(1);
    Ring ring = now.toRing(1);
    return RingChange.between(
        new PublishedRing(Md5.hex(before.toBytes()), 3, null, before.version(), 4, builder.id()),
        withBackup ? before : null,
        new StoredRing.Pair(
            new Revision("1"),
            Md5.hex(ring.toBytes()),
            ring,
            now,
            (newRing, newBuilder) -> List.of(),
            null),
        null);
  }

  @Test
  void devicesThatWereAddedRemovedAndEditedAreNamed() {
    List<@Nullable RingDevice> theirs = devices(5);
    theirs.set(1, null);
    theirs.set(2, new RingDevice(2, 1, 2, "10.0.0.3", 6200, "10.0.0.3", 6200, "sd2", 100, ""));
    RingBuilder now = RingBuilder.create(3, List.of(row(0, 4), row(2, 3)), theirs);

    assertThat(change(now, true))
        .contains("1 device added (d4 10.0.0.5:6200/sd4)")
        .contains("1 device removed (d1 10.0.0.2:6200/sd1)")
        .contains("1 device edited (d2 10.0.0.3:6200/sd2)")
        .contains("4 of 16 replicas of partitions assigned to another device");
  }

  @Test
  void aDeviceInAnotherMachineIsNamedWithWhereItIsNow() {
    List<@Nullable RingDevice> theirs = devices(4);
    theirs.set(2, new RingDevice(2, 1, 1, "10.0.0.9", 6200, "10.0.0.9", 6200, "sd2", 100, ""));

    assertThat(change(RingBuilder.create(3, List.of(row(0, 1), row(2, 3)), theirs), true))
        .contains("1 device edited (d2 10.0.0.3:6200/sd2 now 10.0.0.9:6200/sd2)");
  }

  @Test
  void ofManyDevicesTheFirstAreNamedAndAllCounted() {
    assertThat(change(RingBuilder.create(3, List.of(row(0, 1), row(2, 3)), devices(9)), true))
        .contains("5 devices added (d4 10.0.0.5:6200/sd4, d5 ", "d6 10.0.0.7:6200/sd6 and others)");
  }

  @Test
  void partitionsOfADoubledRingAreWhereTheirParentsWere() throws TransitionRefusedException {
    RingBuilder doubled = builder.after(Transition.PREPARE, NOW).after(Transition.INCREASE, NOW);

    assertThat(change(doubled, true))
        .contains("partition power 4 (next 4), not 3 (no next one)")
        .contains("version %d, not %d".formatted(builder.version() + 2, builder.version()))
        .doesNotContain("assigned")
        .doesNotContain("lower");
  }

  @Test
  void withoutABackupTheBareFactsOfTheStatusAreHeldAgainstIt() {
    assertThat(change(RingBuilder.create(3, List.of(row(0, 1), row(2, 3)), devices(9)), false))
        .contains("9 devices, not 4");
  }

  @Test
  void aFileThatWasOnlyWrittenAnewIsCalledSo() {
    Ring ring = builder.toRing(1);
    String other = "0".repeat(32);
    assertThat(
            RingChange.between(
                new PublishedRing(other, 3, null, ring.version(), 4, builder.id()),
                ring,
                new StoredRing.Pair(
                    new Revision("1"),
                    Md5.hex(ring.toBytes()),
                    ring,
                    builder,
                    (newRing, newBuilder) -> List.of(),
                    null),
                null))
        .isEqualTo("the same content was written as another file");
  }
}
