package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.RingStatus;
import dev.ringlift.api.v1alpha1.Phase;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to do next, and what is to be said of the increase meanwhile.
 *
 * @param phase where the increase stands
 * @param facts what was found on the way to the decision
 */
public record Plan(Phase phase, Decision decision, Facts facts) {

  /** The same, after the API server has refused some of it. */
  public Plan rejected(List<Problem> problems) {
    return new Plan(phase, decision, facts.withRejected(problems));
  }

  /**
   * What was found; null is what was not looked at.
   *
   * @param fromPartPower the ring's power when the increase began
   * @param work the step under way, or about to be
   * @param preflight all checks made
   * @param byHand what the user has to do because of the ring that was published last
   * @param rest that no work is to be done now
   * @param risks what may go wrong in time if nobody does anything
   * @param rejected what the API server refused while the plan was carried out
   * @param devices where the ring's devices are, and what is left out
   */
  public record Facts(
      @Nullable Integer fromPartPower,
      @Nullable Cycle cycle,
      @Nullable RingStatus ring,
      @Nullable Barrier barrier,
      @Nullable StepWork work,
      @Nullable List<PreflightCheck> preflight,
      List<Announcement> byHand,
      @Nullable Rest rest,
      List<Problem> risks,
      List<Problem> rejected,
      @Nullable DeviceMap devices) {

    static final Facts NONE =
        new Facts(null, null, null, null, null, null, List.of(), null, List.of(), List.of(), null);

    public Facts {
      byHand = List.copyOf(byHand);
      risks = List.copyOf(risks);
      rejected = List.copyOf(rejected);
    }

    Facts with(@Nullable Cycle newCycle) {
      return new Facts(
          fromPartPower,
          newCycle,
          ring,
          barrier,
          work,
          preflight,
          byHand,
          rest,
          risks,
          rejected,
          devices);
    }

    Facts with(StepWork newWork) {
      return new Facts(
          fromPartPower,
          cycle,
          ring,
          barrier,
          newWork,
          preflight,
          byHand,
          rest,
          risks,
          rejected,
          devices);
    }

    Facts with(List<PreflightCheck> newPreflight) {
      return new Facts(
          fromPartPower,
          cycle,
          ring,
          barrier,
          work,
          List.copyOf(newPreflight),
          byHand,
          rest,
          risks,
          rejected,
          devices);
    }

    Facts withRejected(List<Problem> newRejected) {
      return new Facts(
          fromPartPower,
          cycle,
          ring,
          barrier,
          work,
          preflight,
          byHand,
          rest,
          risks,
          newRejected,
          devices);
    }

    /**
     * What is wrong and where: first that time runs out, then nodes that are lost, who lacks the
     * ring for long, and what keeps the step from completing.
     */
    List<Problem> problems() {
      List<Problem> problems = new ArrayList<>();
      if (barrier != null) {
        problems.addAll(barrier.problems());
      }
      if (work != null) {
        problems.addAll(work.problems());
      }
      problems.addAll(risks);
      problems.addAll(rejected);
      // There may be more of them than the status has room for.
      return problems.stream()
          .distinct()
          .sorted(Comparator.comparing(problem -> !Deadline.isRisk(problem)))
          .toList();
    }
  }
}
