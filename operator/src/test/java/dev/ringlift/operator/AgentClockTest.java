package dev.ringlift.operator;

import static dev.ringlift.operator.IncreaseRunTest.awaitPhase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck.Result;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.operator.plan.Check;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** When a Lease was renewed, the API server says; an agent's clock may be wrong. */
@Tag("apiserver")
@ExtendWith(ApiServerExtension.class)
class AgentClockTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @Test
  void clocksThatAreWrongAreNamedAndHoldNothingUp(ApiServer server) {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 3)) {
      cluster.putRing(cluster.newBuilder(6));
      cluster.agent(0).setClockError(Duration.ofHours(-1));
      cluster.agent(1).setClockError(Duration.ofHours(1));
      cluster.startOperator();
      cluster.apply("grow", 7);

      awaitPhase(cluster, "grow", Phase.Complete);

      assertThat(preflight(cluster))
          .filteredOn(check -> check.check().equals(Check.AgentClocks.name()))
          .singleElement()
          .satisfies(
              check -> {
                assertThat(check.result()).isEqualTo(Result.Warning);
                assertThat(check.message())
                    .contains("node %s is about".formatted(cluster.agent(0).node()), "behind")
                    .contains("node %s is at least".formatted(cluster.agent(1).node()), "ahead")
                    .doesNotContain(cluster.agent(2).node());
              });
    }
  }

  @Test
  void anAgentThatIsAheadIsLostAsSoonAsAnyOther(ApiServer server) {
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 2)) {
      cluster.putRing(cluster.newBuilder(6));
      cluster.agent(0).setClockError(Duration.ofHours(1));
      cluster.agent(0).stopWorking();
      cluster.startOperator();
      cluster.apply("grow", 7);
      awaitPhase(cluster, "grow", Phase.Relinking);

      cluster.agent(0).stop();

      await("the Lease runs out, whatever time it tells")
          .atMost(LONG)
          .untilAsserted(
              () ->
                  assertThat(
                          Objects.requireNonNullElse(
                              cluster.status("grow").problems(), List.<Problem>of()))
                      .anySatisfy(
                          problem -> {
                            assertThat(problem.node()).isEqualTo(cluster.agent(0).node());
                            assertThat(problem.reason()).isEqualTo("NodeLost");
                          }));
    }
  }

  private static List<PreflightCheck> preflight(SimulatedCluster cluster) {
    return Objects.requireNonNull(cluster.status("grow").preflight());
  }
}
