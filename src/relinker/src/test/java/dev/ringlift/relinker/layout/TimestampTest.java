package dev.ringlift.relinker.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Timestamps as Swift 2.38.3 reads and writes them. */
class TimestampTest {
  @ParameterizedTest
  @CsvSource({
    "1700000000.12345, 1700000000.12345",
    "1700000000, 1700000000.00000",
    "1.5, 0000000001.50000",
    "1700000000.123456, 1700000000.12346",
    "1700000000.12345_1, 1700000000.12345_0000000000000001",
    "1700000000.12345_ffffffffffffffff, 1700000000.12345_ffffffffffffffff",
    "1e3, 0000001000.00000"
  })
  void theInternalFormIsCanonical(String text, String internal) {
    assertThat(Objects.requireNonNull(Timestamp.parse(text)).internal()).isEqualTo(internal);
  }

  @ParameterizedTest
  @CsvSource({"''", "x", "-1", "10000000000", "1_", "1_x", "1_00000000000000000", "1.2.3", "1__1"})
  void whatIsNoTimestampIsNone(String text) {
    // Swift takes a lone underscore for an offset of zero; so does Ringlift.
    if (text.equals("1_")) {
      assertThat(Timestamp.parse(text)).isEqualTo(new Timestamp(100_000, 0));
    } else {
      assertThat(Timestamp.parse(text)).isNull();
    }
  }

  @Test
  void offsetsOrderAsUnsignedNumbers() {
    assertThat(new Timestamp(1, -1)).isGreaterThan(new Timestamp(1, 1));
    assertThat(new Timestamp(2, 0)).isGreaterThan(new Timestamp(1, -1));
  }
}
