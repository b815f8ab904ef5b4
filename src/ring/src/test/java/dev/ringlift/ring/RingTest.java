package dev.ringlift.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RingTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void isReadAsItWasWritten(int formatVersion) throws Exception {
    Ring written = Clusters.builder(5, 2.5, 6).toRing(formatVersion);

    Ring read = Ring.read(written.toBytes());

    assertThat(read.formatVersion()).isEqualTo(formatVersion);
    assertThat(read.partPower()).isEqualTo(5);
    assertThat(read.nextPartPower()).isNull();
    assertThat(read.version()).isEqualTo(7);
    assertThat(read.replicas()).isEqualTo(2.5);
    assertThat(read.replicaRows()).isEqualTo(3);
    assertThat(read.rowLength(2)).isEqualTo(16);
    assertThat(read.devices()).isEqualTo(written.devices());
    assertThat(read.toBytes()).isEqualTo(written.toBytes());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void keepsEachReplicaOfASplitPartitionWhereItWas(int formatVersion) throws Exception {
    Ring before = Clusters.builder(4, 3, 7).toRing(formatVersion);

    Ring after = before.after(Transition.PREPARE).after(Transition.INCREASE);

    assertThat(after.partPower()).isEqualTo(5);
    assertThat(after.nextPartPower()).isEqualTo(5);
    for (int replica = 0; replica < 3; replica++) {
      for (int partition = 0; partition < 32; partition++) {
        assertThat(after.deviceId(replica, partition))
            .isEqualTo(before.deviceId(replica, partition / 2));
      }
    }
    assertThat(Ring.read(after.toBytes()).toBytes()).isEqualTo(after.toBytes());
  }

  @Test
  void itsFileAndItsSuccessorAreNobodysToChange() throws Exception {
    Ring ring = Clusters.builder(4, 3, 7).toRing(1);
    byte[] spoilt = ring.toBytes();
    spoilt[spoilt.length / 2] ^= 1;

    assertThat(Ring.read(ring.toBytes()).partPower()).isEqualTo(ring.partPower());
    assertThat(ring.after(Transition.PREPARE).toBytes())
        .isEqualTo(Ring.read(ring.toBytes()).after(Transition.PREPARE).toBytes());
  }

  @Test
  void namesTheFileInItsHeaderAsSwiftDoes() throws Exception {
    Ring ring = Clusters.builder(2, 1, 1).toRing(1).named("object-3.ring.gz");

    assertThat(new String(ring.toBytes(), 10, 13, java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo("object-3.ring");
    assertThat(Ring.read(ring.toBytes()).toBytes()).isEqualTo(ring.toBytes());
  }

  @Test
  void refusesEveryTruncation() {
    byte[] whole = Clusters.builder(5, 2.5, 6).toRing(1).toBytes();

    IntStream.range(0, whole.length)
        .forEach(
            length ->
                assertThatThrownBy(() -> Ring.read(java.util.Arrays.copyOf(whole, length)))
                    .isInstanceOf(RingFormatException.class)
                    .hasMessageEndingWith("."));
  }

  @Test
  void refusesWhatIsNotCompressed() {
    assertThatThrownBy(() -> Ring.read(new byte[] {'R', '1', 'N', 'G', 0, 1}))
        .isInstanceOf(RingFormatException.class)
        .hasMessage("It is not a ring: it is not compressed by gzip.");
  }
}
