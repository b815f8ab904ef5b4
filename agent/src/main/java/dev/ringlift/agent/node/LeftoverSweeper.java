package dev.ringlift.agent.node;

import dev.ringlift.relinker.Device;
import dev.ringlift.relinker.Leftovers;
import dev.ringlift.relinker.ObjectPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * Removes the state and lock files of increases that have ended, so that nothing remains of them,
 * and names the devices that missed a cleanup. An increase has ended when this node's ring has no
 * next partition power: a relink would begin anew from there anyway. State of a relinker that
 * Ringlift did not start is left alone: it is not Ringlift's to remove, and never trusted.
 */
public final class LeftoverSweeper {
  private final Leftovers leftovers;
  private final StaleDevices stale;
  private final IntFunction<Optional<SeenRing>> ringOfPolicy;
  private final IntPredicate busy;

  /**
   * @param ringOfPolicy the ring of a policy as this node sees it now
   * @param busy whether work on this policy is under way
   */
  public LeftoverSweeper(
      Leftovers leftovers,
      StaleDevices stale,
      IntFunction<Optional<SeenRing>> ringOfPolicy,
      IntPredicate busy) {
    this.leftovers = leftovers;
    this.stale = stale;
    this.ringOfPolicy = ringOfPolicy;
    this.busy = busy;
  }

  /** Sweeps, and returns by device name what is left: {@code <datadir>: <what>}. */
  public Map<String, List<String>> sweep(List<Device> devices) {
    Map<String, List<String>> left = new TreeMap<>();
    for (Device device : devices) {
      List<String> here = new ArrayList<>();
      for (Device.DataDir dir : device.dataDirs()) {
        here.addAll(sweep(device, dir));
      }
      if (!here.isEmpty()) {
        left.put(device.name(), here);
      }
    }
    stale.keepOnly(devices);
    return left;
  }

  private List<String> sweep(Device device, Device.DataDir dir) {
    int policy = dir.policyIndex();
    Optional<SeenRing> ring = ringOfPolicy.apply(policy).filter(SeenRing::atRest);
    if (busy.test(policy) || ring.isEmpty()) {
      return stale
          .known(device, dir)
          .map(found -> List.of(dir.name() + ": " + found))
          .orElse(List.of());
    }
    List<String> left = new ArrayList<>();
    if (dir.state().flatMap(Device.StateFound::identity).isPresent()) {
      // The kind of the policy says nothing about these files.
      leftovers
          .remove(device.name(), ObjectPolicy.replication(policy))
          .forEach(problem -> left.add(dir.name() + ": " + problem));
    }
    stale.find(device, dir, ring.get()).ifPresent(found -> left.add(dir.name() + ": " + found));
    return left;
  }
}
