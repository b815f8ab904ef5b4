package dev.ringlift.agent.node;

import dev.ringlift.relinker.Device;
import dev.ringlift.relinker.Leftovers;
import dev.ringlift.relinker.ObjectPolicy;
import dev.ringlift.relinker.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * Removes the state and lock files of increases that have ended, so that nothing remains of them,
 * and names those that are not Ringlift's to remove. An increase has ended when this node's ring
 * has no next partition power: a relink would begin anew from there anyway.
 */
public final class LeftoverSweeper {
  private final Leftovers leftovers;
  private final IntFunction<Optional<SeenRing>> ringOfPolicy;
  private final IntPredicate busy;

  /**
   * @param ringOfPolicy the ring of a policy as this node sees it now
   * @param busy whether work on this policy is under way
   */
  public LeftoverSweeper(
      Leftovers leftovers, IntFunction<Optional<SeenRing>> ringOfPolicy, IntPredicate busy) {
    this.leftovers = leftovers;
    this.ringOfPolicy = ringOfPolicy;
    this.busy = busy;
  }

  /** Sweeps, and returns by device name what is left: {@code <datadir>: <what>}. */
  public Map<String, List<String>> sweep(List<Device> devices) {
    Map<String, List<String>> left = new TreeMap<>();
    for (Device device : devices) {
      List<String> here = new ArrayList<>();
      for (Device.DataDir dir : device.dataDirs()) {
        dir.state().ifPresent(state -> here.addAll(sweep(device, dir, state)));
      }
      if (!here.isEmpty()) {
        left.put(device.name(), here);
      }
    }
    return left;
  }

  private List<String> sweep(Device device, Device.DataDir dir, Device.StateFound state) {
    int policy = dir.policyIndex();
    if (busy.test(policy) || ringOfPolicy.apply(policy).filter(SeenRing::atRest).isEmpty()) {
      return List.of();
    }
    if (state.identity().isEmpty()) {
      return List.of(
          "%s: state of a relinker run from power %d to %d that Ringlift did not start"
              .formatted(dir.name(), state.partPower(), state.nextPartPower()));
    }
    // The kind of the policy says nothing about these files.
    return leftovers.remove(device.name(), ObjectPolicy.replication(policy)).stream()
        .map(Problem::toString)
        .map(problem -> dir.name() + ": " + problem)
        .toList();
  }
}
