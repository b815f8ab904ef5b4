package dev.ringlift.ring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RingFileNameTest {

  @ParameterizedTest
  @CsvSource({
    "object.ring.gz, 0, RING",
    "object-1.ring.gz, 1, RING",
    "object-12.builder, 12, BUILDER",
    "object.builder, 0, BUILDER"
  })
  void namesPolicyAndKind(String fileName, int policyIndex, RingFileName.Kind kind) {
    assertThat(RingFileName.parse(fileName)).contains(new RingFileName(policyIndex, kind));
    assertThat(new RingFileName(policyIndex, kind).fileName()).isEqualTo(fileName);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "account.ring.gz",
        "container.builder",
        "object-0.ring.gz",
        "object-01.builder",
        "object.ring",
        "objects.builder",
        "object-99999999999.builder"
      })
  void saysNothingOfOtherFiles(String fileName) {
    assertThat(RingFileName.parse(fileName)).isEmpty();
  }

  @Test
  void makesTheNamesOfAPolicy() {
    assertThat(RingFileName.ring(0)).isEqualTo("object.ring.gz");
    assertThat(RingFileName.builder(2)).isEqualTo("object-2.builder");
  }
}
