package dev.ringlift.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeviceReportTest {
  @Test
  void figuresHaveTwoDigits() {
    assertThat(DeviceReport.rough(0, 0)).isZero();
    assertThat(DeviceReport.rough(99, 0)).isEqualTo(99);
    assertThat(DeviceReport.rough(123_456_789, 0)).isEqualTo(120_000_000);
  }

  @Test
  void figuresStayUntilTheyAreWrongByATwentieth() {
    assertThat(DeviceReport.rough(1_040_000, 1_000_000)).isEqualTo(1_000_000);
    assertThat(DeviceReport.rough(960_000, 1_000_000)).isEqualTo(1_000_000);
    assertThat(DeviceReport.rough(940_000, 1_000_000)).isEqualTo(940_000);
    assertThat(DeviceReport.rough(0, 1_000_000)).isZero();
  }
}
