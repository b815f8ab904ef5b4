package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When windows are open, and what does not make one. */
class WindowsTest {
  private static final Instant NOW = Instant.parse("2026-03-04T12:00:00Z"); // a Wednesday

  private static Windows of(String start, String duration, String zone) {
    return Windows.of(List.of(new Window(start, duration, zone)));
  }

  @ParameterizedTest
  @CsvSource({
    "0 22 * * *, 8h, UTC, 2026-03-04T21:59:59Z, false",
    "0 22 * * *, 8h, UTC, 2026-03-04T22:00:00Z, true",
    "0 22 * * *, 8h, UTC, 2026-03-05T05:59:59Z, true",
    "0 22 * * *, 8h, UTC, 2026-03-05T06:00:00Z, false",
    "0 22 * * *, 8h, Asia/Tokyo, 2026-03-04T13:30:00Z, true",
    "0 22 * * 1-5, 60h, UTC, 2026-03-08T12:00:00Z, true",
    "0 22 * * 6, 1h30m, UTC, 2026-03-07T23:29:00Z, true",
    "0 22 * * 6, 1h30m, UTC, 2026-03-07T23:30:00Z, false",
    "*/30 * * * *, 10m, UTC, 2026-03-07T23:35:00Z, true",
  })
  void aWindowIsOpenFromItsStartForItsDuration(
      String start, String duration, String zone, Instant at, boolean open) {
    assertThat(of(start, duration, zone).areOpen(at)).isEqualTo(open);
  }

  @Test
  void theStartFollowsSummerTimeInItsZone() {
    Windows windows = of("0 22 * * *", "1h", "Europe/Berlin");

    assertThat(windows.nextOpening(Instant.parse("2026-03-28T12:00:00Z")))
        .contains(Instant.parse("2026-03-28T21:00:00Z"));
    assertThat(windows.nextOpening(Instant.parse("2026-03-29T12:00:00Z")))
        .contains(Instant.parse("2026-03-29T20:00:00Z"));
  }

  @Test
  void workEndsWhenTheWindowsHaveBeenOpenForLongEnough() {
    Windows windows = of("0 22 * * *", "2h", "UTC");

    assertThat(windows.endOf(Duration.ofHours(5), NOW))
        .isEqualTo(Instant.parse("2026-03-06T23:00:00Z"));
    assertThat(windows.openBetween(NOW, Instant.parse("2026-03-06T23:00:00Z")))
        .isEqualTo(Duration.ofHours(5));
  }

  @Test
  void withoutWindowsTimeIsTime() {
    Windows none = Windows.of(List.of());

    assertThat(none.areOpen(NOW)).isTrue();
    assertThat(none.endOf(Duration.ofHours(5), NOW)).isEqualTo(NOW.plus(Duration.ofHours(5)));
    assertThat(none.openBetween(NOW, NOW.plusSeconds(7))).isEqualTo(Duration.ofSeconds(7));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "* * * *",
        "0 25 * * *",
        "0 22 * * 1-5 *",
        "@nightly-ish",
        "a b c d e",
        "0 0 31 2 *"
      })
  void whatIsNoCronIsNamed(String start) {
    assertThat(of(start, "1h", "UTC").mistakes(NOW))
        .singleElement()
        .satisfies(mistake -> assertThat(mistake).contains(start).endsWith("."));
  }

  @Test
  void aTimeZoneThatIsNoneIsNamed() {
    assertThat(of("0 22 * * *", "1h", "Mars/Olympus").mistakes(NOW))
        .singleElement()
        .satisfies(mistake -> assertThat(mistake).contains("Mars/Olympus", "no such time zone"));
  }

  @Test
  void aWindowWithoutADurationIsNamed() {
    assertThat(of("0 22 * * *", "0h", "UTC").mistakes(NOW)).hasSize(1);
  }
}
