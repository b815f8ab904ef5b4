package dev.ringlift.operator.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingDevice;
import dev.ringlift.ring.RingFormatException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadFilesTest {
  private final ReadFiles files = new ReadFiles();

  private static RingBuilder builder(int partPower) {
    return RingBuilder.create(
        partPower,
        1,
        List.of(new RingDevice(0, 1, 1, "10.0.0.1", 6200, "10.0.0.1", 6200, "d1", 100, "")));
  }

  @Test
  void theSameBytesAreReadOnce() throws Exception {
    byte[] file = builder(4).toRing(1).toBytes();
    Ring ring = files.ring(file);

    assertThat(files.ring(file.clone())).isSameAs(ring);
    assertThat(files.builder(builder(4).toBytes())).isSameAs(files.builder(builder(4).toBytes()));
  }

  @Test
  void ofOtherBytesNothingIsTakenOver() throws Exception {
    for (int partPower = 2; partPower < 10; partPower++) {
      assertThat(files.ring(builder(partPower).toRing(1).toBytes()).partPower())
          .isEqualTo(partPower);
    }
    assertThat(files.ring(builder(2).toRing(1).toBytes()).partPower()).isEqualTo(2);

    byte[] almost = builder(2).toRing(1).toBytes();
    almost[almost.length - 1] ^= 1;
    assertThatThrownBy(() -> files.ring(almost)).isInstanceOf(RingFormatException.class);
    assertThatThrownBy(() -> files.ring(almost)).isInstanceOf(RingFormatException.class);
  }
}
