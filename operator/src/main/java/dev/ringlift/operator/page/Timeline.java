package dev.ringlift.operator.page;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.page.History.Seen;
import dev.ringlift.operator.page.Overview.Stage;
import dev.ringlift.operator.page.Overview.Stage.State;
import dev.ringlift.operator.plan.Times;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of an increase through its phases, as far as it is known: which are behind it follows
 * from where it is, and when they were from what was seen.
 */
final class Timeline {
  private static final List<Phase> DRY_RUN = List.of(Phase.Preflight, Phase.Complete);

  private Timeline() {}

  static List<Stage> of(
      PartitionPowerIncreaseSpec spec, PartitionPowerIncreaseStatus status, List<Seen> seen) {
    Phase now = status.phase() == null ? Phase.Pending : status.phase();
    List<Phase> way = way(spec, status, now, seen);
    int at = way.indexOf(now);
    int cycle = status.cycle() == null ? 0 : status.cycle().number();
    List<Stage> stages = new ArrayList<>();
    for (int i = 0; i < way.size(); i++) {
      Phase phase = way.get(i);
      int first = first(seen, phase, cycle);
      boolean known = first >= 0;
      stages.add(
          new Stage(
              phase,
              i > at
                  ? State.Ahead
                  : i == at
                      ? State.Current
                      : skipped(phase, now, seen, cycle) ? State.Skipped : State.Done,
              known ? Times.format(seen.get(first).since()) : null,
              known && i < at ? end(seen, phase, cycle) : null));
    }
    return stages;
  }

  /** With the phase that it is in, always. */
  private static List<Phase> way(
      PartitionPowerIncreaseSpec spec,
      PartitionPowerIncreaseStatus status,
      Phase now,
      List<Seen> seen) {
    List<Phase> way =
        new ArrayList<>(
            now == Phase.Cancelling || now == Phase.Cancelled
                ? Phase.WAY_BACK
                : spec.dryRun() ? DRY_RUN : Phase.WAY);
    if (way.contains(now)) {
      return way;
    }
    switch (now) {
      case Pending -> way.addFirst(now);
      case AwaitingApproval -> way.add(Math.max(0, way.indexOf(behindTheGate(status))), now);
      default -> { // Failed
        way.removeIf(phase -> phase != Phase.Preflight && first(seen, phase) < 0);
        way.add(now);
      }
    }
    return way;
  }

  private static Phase behindTheGate(PartitionPowerIncreaseStatus status) {
    if (Boolean.TRUE.equals(status.pastPointOfNoReturn())) {
      return Phase.CleaningUp;
    }
    boolean prepared = status.ring() != null && status.ring().nextPartPower() != null;
    boolean relinked =
        status.progress() != null
            && status.progress().partitionsTotal() > 0
            && status.progress().partitionsDone() == status.progress().partitionsTotal();
    return prepared && relinked ? Phase.Increasing : Phase.Relinking;
  }

  /** A cancel may come before the relink; and nothing else is ever left out. */
  private static boolean skipped(Phase phase, Phase now, List<Seen> seen, int cycle) {
    return phase == Phase.Relinking
        && (now == Phase.Cancelling || now == Phase.Cancelled)
        && first(seen, Phase.Preparing, cycle) >= 0
        && first(seen, phase, cycle) < 0;
  }

  /** Phases before the first change belong to no cycle. */
  private static int first(List<Seen> seen, Phase phase, int cycle) {
    for (int i = 0; i < seen.size(); i++) {
      if (seen.get(i).phase() == phase
          && (seen.get(i).cycle() == cycle
              || phase == Phase.Preflight
              || phase == Phase.Pending
              || phase.terminal())) {
        return i;
      }
    }
    return -1;
  }

  private static int first(List<Seen> seen, Phase phase) {
    return seen.stream().map(Seen::phase).toList().indexOf(phase);
  }

  /** When the phase that followed its last time began. */
  private static @Nullable String end(List<Seen> seen, Phase phase, int cycle) {
    for (int i = seen.size() - 2; i >= 0; i--) {
      if (seen.get(i).phase() == phase && first(seen.subList(i, i + 1), phase, cycle) == 0) {
        return Times.format(seen.get(i + 1).since());
      }
    }
    return null;
  }
}
