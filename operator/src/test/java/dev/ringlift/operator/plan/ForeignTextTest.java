package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingProblem;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What agents and annotations say is quoted, and no more: it breaks no line of a log, and makes no
 * status larger than what can be written.
 */
class ForeignTextTest {
  private static final String FORGED =
      "failed\n2026-03-01 10:00:00 INFO grow: Completed \u001b[2J\u2028\u202e"
          + "x".repeat(100_000);

  private final ModelCluster cluster = new ModelCluster(2, 4, 5);

  @Test
  void aCapturedAgentsReportIsCutAndStaysOnItsLine() {
    cluster.until(ChangeTasks.class, Reason.Relinking);
    cluster.step();
    cluster.report(
        cluster.task("node-a", Step.Relink),
        State.Failed,
        List.of(new DeviceProgress("sda1", DeviceState.Failed, 1, 8, 1, 1, 0, 1, FORGED)));
    cluster.step();

    assertQuoted("Device sda1 of node node-a failed: failed 2026-03-01 10:00:00 INFO grow");
  }

  @Test
  void soIsWhatItSaysOfRings() {
    cluster.node("node-a").ringMd5 = "0".repeat(32);
    cluster.node("node-a").ringProblems =
        List.of(new RingProblem(ModelCluster.RING_FILE, "maps" + FORGED, FORGED));
    cluster.step();

    assertThat(Objects.requireNonNull(cluster.status).message())
        .doesNotContain("\n")
        .hasSizeLessThan(5_000);
  }

  private void assertQuoted(String begin) {
    List<Problem> problems =
        Objects.requireNonNull(Objects.requireNonNull(cluster.status).problems());
    assertThat(problems)
        .anySatisfy(problem -> assertThat(problem.message()).startsWith(begin))
        .allSatisfy(
            problem ->
                assertThat(problem.message())
                    .doesNotContain("\n", "\u001b", "\u2028", "\u202e")
                    .hasSizeLessThan(1_000));
    assertThat(Objects.requireNonNull(cluster.status).conditions())
        .extracting(Condition::getMessage)
        .allSatisfy(message -> assertThat(message).doesNotContain("\n").hasSizeLessThan(5_000));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\r\nb", "a\u0085b", "a\u2028b", "a\u001b[1mb", "a\u202eb"})
  void noEventIsMoreThanALine(String annotation) {
    Announcement event = Announcement.normal(EventReason.ApprovalRefused, annotation);

    assertThat(event.message()).startsWith("a ").endsWith("b").doesNotContainPattern("\\p{Cntrl}");
  }

  @Test
  void whatIsHarmlessStaysAsItIs() {
    assertThat(Sentences.foreign("Plätte d1: 3 Fehler 🙂.")).isEqualTo("Plätte d1: 3 Fehler 🙂.");
  }
}
