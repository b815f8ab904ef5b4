package dev.ringlift.operator.page;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.page.History.Seen;
import dev.ringlift.operator.page.Overview.Stage;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private static final Instant START = SampleIncrease.BEGAN;

  private static List<Stage> timeline(SampleIncrease sample, Seen... seen) {
    PartitionPowerIncrease increase = sample.build();
    return Timeline.of(increase.getSpec(), increase.getStatus(), List.of(seen));
  }

  private static String words(List<Stage> stages) {
    return stages.stream()
        .map(
            stage ->
                switch (stage.state()) {
                      case Done -> "+";
                      case Current -> "*";
                      case Ahead -> "";
                      case Skipped -> "-";
                    }
                    + stage.phase())
        .collect(joining(" "));
  }

  private static Seen seen(Phase phase, int cycle, int second) {
    return new Seen(phase, cycle, START.plusSeconds(second));
  }

  @Test
  void whatIsBehindFollowsFromWhereItIs() {
    assertThat(words(timeline(new SampleIncrease("grow", Phase.CleaningUp))))
        .isEqualTo("+Preflight +Preparing +Relinking +Increasing *CleaningUp Finishing Complete");
  }

  @Test
  void phasesThatWereSeenHaveTheirTimes() {
    List<Stage> stages =
        timeline(
            new SampleIncrease("grow", Phase.Relinking),
            seen(Phase.Preflight, 0, 0),
            seen(Phase.Preparing, 1, 4),
            seen(Phase.Relinking, 1, 30));

    assertThat(stages.get(1).since()).isEqualTo("2026-05-01T10:00:04Z");
    assertThat(stages.get(1).until()).isEqualTo("2026-05-01T10:00:30Z");
    assertThat(stages.get(2).since()).isEqualTo("2026-05-01T10:00:30Z");
    assertThat(stages.get(2).until()).isNull();
    assertThat(stages.get(3).since()).isNull();
  }

  @Test
  void aSecondCycleHasTimesOfItsOwn() {
    List<Stage> stages =
        timeline(
            new SampleIncrease("grow", Phase.Preparing).cycle(2),
            seen(Phase.Preflight, 0, 0),
            seen(Phase.Preparing, 1, 4),
            seen(Phase.Relinking, 1, 30),
            seen(Phase.Preparing, 2, 90));

    assertThat(words(stages))
        .isEqualTo("+Preflight *Preparing Relinking Increasing CleaningUp Finishing Complete");
    assertThat(stages.get(0).since()).isEqualTo("2026-05-01T10:00:00Z");
    assertThat(stages.get(1).since()).isEqualTo("2026-05-01T10:01:30Z");
  }

  @Test
  void anOpenGateIsWhereItHoldsTheIncrease() {
    assertThat(words(timeline(new SampleIncrease("grow", Phase.AwaitingApproval))))
        .contains("+Preparing *AwaitingApproval Relinking");
    assertThat(
            words(
                timeline(
                    new SampleIncrease("grow", Phase.AwaitingApproval)
                        .progress(100, 100, 0, null))))
        .contains("+Relinking *AwaitingApproval Increasing");
    assertThat(
            words(
                timeline(new SampleIncrease("grow", Phase.AwaitingApproval).pastPointOfNoReturn())))
        .contains("+Increasing *AwaitingApproval CleaningUp");
  }

  @Test
  void aCancelGoesBack() {
    assertThat(
            words(
                timeline(
                    new SampleIncrease("grow", Phase.Cancelling),
                    seen(Phase.Preflight, 0, 0),
                    seen(Phase.Preparing, 1, 4),
                    seen(Phase.Cancelling, 1, 9))))
        .isEqualTo("+Preflight +Preparing -Relinking *Cancelling Cancelled");
  }

  @Test
  void dryRunsFailuresAndThoseThatHaveNotBegunHaveWaysOfTheirOwn() {
    assertThat(words(timeline(new SampleIncrease("grow", Phase.Complete).dryRun())))
        .isEqualTo("+Preflight *Complete");
    assertThat(words(timeline(new SampleIncrease("grow", Phase.Failed))))
        .isEqualTo("+Preflight *Failed");
    assertThat(words(timeline(new SampleIncrease("grow", Phase.Pending))))
        .startsWith("*Pending Preflight Preparing");
  }

  @Test
  void everyPhaseIsOnItsTimeline() {
    for (Phase phase : Phase.values()) {
      assertThat(timeline(new SampleIncrease("grow", phase)))
          .filteredOn(stage -> stage.state() == Stage.State.Current)
          .extracting(Stage::phase)
          .containsExactly(phase);
    }
  }
}
