package dev.ringlift.operator.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.page.History.Point;
import dev.ringlift.operator.page.History.Seen;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HistoryTest {
  private static final Instant START = SampleIncrease.BEGAN;
  private static final String UID = SampleIncrease.uid("grow");

  private final History history = new History();

  private void relinking(Instant now, long rate) {
    SampleIncrease increase = new SampleIncrease("grow", Phase.Relinking);
    increase.progress(10, 100, rate, now.plusSeconds(60));
    history.observe(List.of(increase.build()), now);
  }

  @Test
  void aMonthFitsAndItsBeginningAndEndAreThere() {
    int hours = 24 * 30;
    for (int i = 0; i < hours * 60; i++) {
      relinking(START.plusSeconds(60L * i), 100);
    }

    List<Point> points = history.points(UID);
    assertThat(points).hasSizeBetween(History.POINTS / 2, History.POINTS);
    assertThat(points.getFirst().time()).isEqualTo(START.getEpochSecond());
    long last = START.getEpochSecond() + 3600L * hours;
    assertThat(last - points.getLast().time()).isLessThan(2 * 3600L * hours / points.size() + 60);
    assertThat(points).allMatch(point -> point.filesPerSecond() == 100);
  }

  @Test
  void timesGoOnlyForward() {
    for (int i = 0; i < 10_000; i++) {
      relinking(START.plusSeconds(i), i);
    }

    List<Long> times = history.points(UID).stream().map(Point::time).toList();
    assertThat(times).isSorted().doesNotHaveDuplicates();
    assertThat(history.points(UID)).extracting(Point::filesPerSecond).isSorted();
  }

  @Test
  void samplesThatAreCloseAreOnePointWithTheirAverage() {
    relinking(START, 100);
    relinking(START.plusMillis(300), 200);
    relinking(START.plusMillis(600), 300);

    assertThat(history.points(UID)).containsExactly(new Point(START.getEpochSecond(), 10, 200, 60));
  }

  @Test
  void phasesAreKnownFromWhenTheyWereFirstSeen() {
    history.observe(List.of(new SampleIncrease("grow", Phase.Preflight).build()), START);
    history.observe(List.of(new SampleIncrease("grow", Phase.Preparing).build()), at(5));
    history.observe(List.of(new SampleIncrease("grow", Phase.Preparing).build()), at(6));
    history.observe(List.of(new SampleIncrease("grow", Phase.Preparing).cycle(2).build()), at(9));

    assertThat(history.phases(UID))
        .containsExactly(
            new Seen(Phase.Preflight, 1, START),
            new Seen(Phase.Preparing, 1, at(5)),
            new Seen(Phase.Preparing, 2, at(9)));
  }

  @Test
  void whatEndedGetsNoMorePointsAndWhatIsGoneIsForgotten() {
    relinking(START, 100);
    history.observe(List.of(new SampleIncrease("grow", Phase.Complete).build()), at(60));
    assertThat(history.points(UID)).hasSize(1);

    history.observe(List.of(), at(61));
    assertThat(history.points(UID)).isEmpty();
    assertThat(history.phases(UID)).isEmpty();
  }

  @Test
  void nothingGrowsWithoutBounds() {
    for (int i = 0; i < 1000; i++) {
      Phase phase = i % 2 == 0 ? Phase.AwaitingApproval : Phase.Relinking;
      history.observe(List.of(new SampleIncrease("grow", phase).build()), at(i));
    }
    assertThat(history.phases(UID)).hasSize(History.PHASES);

    history.observe(
        IntStream.range(0, 1000)
            .mapToObj(i -> new SampleIncrease("n" + i, Phase.Relinking).build())
            .toList(),
        at(2000));
    assertThat(
            IntStream.range(0, 1000)
                .filter(i -> !history.points(SampleIncrease.uid("n" + i)).isEmpty()))
        .hasSize(History.INCREASES);
  }

  private static Instant at(int second) {
    return START.plusSeconds(second);
  }
}
