package dev.ringlift.agent.node;

import dev.ringlift.relinker.Device;
import dev.ringlift.relinker.Inventory;
import dev.ringlift.relinker.ObjectPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds devices that missed a cleanup: their files at old places are dark, and the next relink
 * would bring them back to life. Looks at a sample only: where a whole device was missed, half of
 * its hash dirs are at wrong places. The relinker itself looks at everything before it links. What
 * was found right is not looked at again while device and ring stay; what was found stale is, since
 * it may be wiped and filled anew while the agent runs.
 */
public final class StaleDevices {
  /** Hash dirs to look at: some seconds on a disk that is cold. */
  private static final long SAMPLE = 1_000;

  private final Inventory inventory;
  private final Map<Place, Look> looks = new HashMap<>();

  private record Place(String device, int policyIndex) {}

  private record Look(String ringMd5, Optional<String> found) {}

  public StaleDevices(Inventory inventory) {
    this.inventory = inventory;
  }

  /** What was found, as a sentence; the ring must have no next partition power. */
  Optional<String> find(Device device, Device.DataDir dir, SeenRing ring) {
    Integer power = ring.partPower();
    if (power == null) {
      return Optional.empty();
    }
    return looks
        .compute(
            new Place(device.name(), dir.policyIndex()),
            (place, before) ->
                before != null && before.found().isEmpty() && before.ringMd5().equals(ring.md5())
                    ? before
                    : new Look(ring.md5(), look(place, power)))
        .found();
  }

  /**
   * What the last look found, whichever ring there was: while an increase is under way, nobody
   * looks.
   */
  Optional<String> known(Device device, Device.DataDir dir) {
    Look last = looks.get(new Place(device.name(), dir.policyIndex()));
    return last == null ? Optional.empty() : last.found();
  }

  private Optional<String> look(Place place, int power) {
    return inventory
        .stale(place.device(), ObjectPolicy.replication(place.policyIndex()), power, SAMPLE)
        .map(
            stale ->
                "files at places that are wrong for partition power %d, such as %s"
                    .formatted(power, stale.example()));
  }

  /** Forgets devices that are not there any more: one that comes back is looked at again. */
  void keepOnly(List<Device> devices) {
    Set<String> there = devices.stream().map(Device::name).collect(Collectors.toSet());
    looks.keySet().removeIf(place -> !there.contains(place.device()));
  }
}
