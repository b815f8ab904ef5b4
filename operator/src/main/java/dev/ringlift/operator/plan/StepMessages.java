package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.NodeCounts;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a step does and waits for, in one line. */
final class StepMessages {
  private StepMessages() {}

  /**
   * @param lost nodes that do not answer: the step may be waiting for them
   */
  static String running(@Nullable Cycle cycle, Stage stage, StepWork work, List<Problem> lost) {
    StringBuilder text = new StringBuilder();
    text.append(
        switch (stage) {
          case RELINK -> "Relinking";
          case VERIFY -> "Verifies what was relinked,";
          case CLEAN_UP -> "Cleaning up";
          case TAKE_BACK -> "Cancelling: removes the links that were made";
        });
    if (cycle != null) {
      text.append(
          " in cycle %d of %d (%d to %d)"
              .formatted(cycle.number(), cycle.of(), cycle.fromPartPower(), cycle.toPartPower()));
    }
    NodeCounts counts = work.counts();
    text.append(": %d of %d nodes done".formatted(counts.done(), counts.total()));
    String notDone = work.notDone();
    text.append(notDone.isEmpty() ? "." : "; waiting for " + notDone + ".");
    text.append(work.turns().message());
    List<String> problems =
        Stream.concat(lost.stream(), work.problems().stream())
            .map(Problem::message)
            .distinct()
            .toList();
    if (!problems.isEmpty()) {
      text.append(' ').append(Sentences.first(problems));
    }
    work.givenUp().stream().findFirst().ifPresent(todo -> text.append(' ').append(todo));
    work.nextRetry()
        .ifPresent(at -> text.append(" Next try at ").append(Times.format(at)).append('.'));
    return text.toString();
  }
}
