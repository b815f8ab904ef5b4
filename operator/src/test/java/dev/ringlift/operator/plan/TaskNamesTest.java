package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import org.junit.jupiter.api.Test;

/** Names that follow from what an object is for. */
class TaskNamesTest {

  @Test
  void aShortNameSaysEverything() {
    assertThat(TaskNames.of("grow", 2, Step.Cleanup, "node-a")).isEqualTo("grow-c2-cleanup-node-a");
  }

  @Test
  void longNamesThatDifferOnlyAtTheirEndStayDifferentAndFit() {
    String one = TaskNames.of("i".repeat(200), 1, Step.Relink, "n".repeat(99) + "1");
    String two = TaskNames.of("i".repeat(200), 1, Step.Relink, "n".repeat(99) + "2");

    assertThat(one).hasSize(253).isNotEqualTo(two);
    assertThat(two).hasSize(253);
  }
}
