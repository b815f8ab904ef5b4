package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Complete;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The time in which cleanup has to end. */
class DeadlineTest {
  private final ModelCluster cluster = new ModelCluster(3, 4, 5);

  private Instant deadline() {
    return Instant.parse(
        Objects.requireNonNull(Objects.requireNonNull(cluster.status).cleanupDeadline()));
  }

  @Test
  void itBeginsWithTheIncreaseAndGoesWithTheEnd() {
    cluster.wish = spec -> spec.reclaimAge("24h");
    cluster.until(ChangeTasks.class, Reason.Relinking);
    assertThat(Objects.requireNonNull(cluster.status).cleanupDeadline()).isNull();

    cluster.until(ChangeTasks.class, Reason.CleaningUp);

    assertThat(Duration.between(cluster.now, deadline()))
        .isBetween(Duration.ofHours(23), Duration.ofHours(24));
    cluster.say(cluster.until(Complete.class, Reason.TargetReached));
    assertThat(cluster.status.cleanupDeadline()).isNull();
  }

  @Test
  void aPauseDoesNotPassOverItInSilence() {
    cluster.wish = spec -> spec.reclaimAge("24h");
    cluster.until(ChangeTasks.class, Reason.CleaningUp);
    cluster.step();
    cluster.wish = spec -> spec.reclaimAge("24h").paused(true);
    cluster.step();
    assertThat(cluster.step().facts().problems()).isEmpty();

    cluster.now = deadline().minus(Duration.ofHours(6));
    cluster.beat();
    List<Problem> problems = cluster.step().facts().problems();

    assertThat(problems)
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.reason()).isEqualTo("DeadlineAtRisk");
              assertThat(problem.message()).contains("has to end by " + deadline());
            });
    cluster.now = deadline();
    cluster.beat();
    assertThat(cluster.step().facts().problems().getFirst().message()).contains("had to end by");
  }
}
