package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ringlift.api.v1alpha1.NodeSelection;
import dev.ringlift.operator.plan.SimulatedStep.Said;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * From a quarter of the way on, the end of a step is foretold to a fifth of the working time that
 * it takes: over fleets whose devices differ, whose nodes have turns by the real {@link NodeTurns},
 * whose work is paused for longer than it takes, and of which some have to be tried again. (What
 * fails leaves little to be done, or fails before a quarter of the way: later nobody foresees it.)
 */
class ForecastTest {
  private static final long SEEDS = 20;

  @ParameterizedTest
  @CsvSource({
    "one node with one device, 1, 1, 0, 100%, 1",
    "one node with uneven devices, 1, 12, 0.6, 100%, 1",
    "a hundred nodes, 100, 12, 0.4, 100%, 1",
    "one node at a time, 12, 4, 0.4, 1, 1",
    "a few at a time, 30, 12, 0.4, 4, 1",
    "a quarter of them at a time, 40, 6, 0.4, 25%, 1",
    "zone by zone, 24, 6, 0.4, 100%, 4",
    "zone by zone and a few at a time, 24, 6, 0.4, 3, 4"
  })
  void theEndIsForetoldFromAQuarterOfTheWayOn(
      String name, int nodes, int devices, double spread, String maxConcurrent, int zones) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      NodeSelection selection = selection(maxConcurrent, zones);
      assertForetold(
          name + ", plain",
          seed,
          new SimulatedStep(seed, nodes, devices, spread, selection, zones));
      assertForetold(
          name + ", with pauses",
          seed,
          new SimulatedStep(seed, nodes, devices, spread, selection, zones).pausedAtTimes());
      assertForetold(
          name + ", with failures and pauses",
          seed,
          new SimulatedStep(seed, nodes, devices, spread, selection, zones)
              .pausedAtTimes()
              .failing(0.85, 1));
    }
  }

  @ParameterizedTest
  @CsvSource({"one node, 1, 12", "ten nodes, 10, 6", "a hundred nodes, 100, 12"})
  void whatHasFailedIsReckonedIn(String name, int nodes, int devices) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      assertForetold(
          name,
          seed,
          new SimulatedStep(seed, nodes, devices, 0.4, selection("100%", 1), 1)
              .pausedAtTimes()
              .failing(0, 0.3));
    }
  }

  private static NodeSelection selection(String maxConcurrent, int zones) {
    return new NodeSelection(null, maxConcurrent, zones > 1, List.of());
  }

  private static void assertForetold(String name, long seed, SimulatedStep step) {
    List<Said> all = step.run();
    double end = step.worked();
    double from = end / 4;

    assertThat(all.stream().filter(said -> said.worked() >= from && said.worked() < end))
        .as("%s, seed %d", name, seed)
        .isNotEmpty()
        .allSatisfy(
            said ->
                assertThat(said.worked() + said.left().orElseThrow())
                    .as("the end, said at %.0f of %.0f seconds", said.worked(), end)
                    .isCloseTo(end, within(end / 5)));
  }

  @Test
  void nothingIsForetoldBeforeAnythingIsDone() {
    SimulatedStep step = new SimulatedStep(1, 1, 1, 0, selection("100%", 1), 1);

    assertThat(step.left()).isEmpty();
    step.work(60);
    assertThat(step.left()).isEmpty();
    step.work(300);
    assertThat(step.left()).hasValueSatisfying(left -> assertThat(left).isBetween(3180.0, 3300.0));
  }

  @Test
  void aPauseMovesTheEndAndNothingElse() {
    SimulatedStep step = new SimulatedStep(1, 3, 4, 0.4, selection("100%", 1), 1);
    step.work(1200);
    Optional<Double> before = step.left();

    step.pause(Duration.ofDays(3));

    assertThat(before).isPresent();
    assertThat(step.left()).isEqualTo(before);
  }
}
