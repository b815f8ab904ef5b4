package dev.ringlift.agent.node;

import dev.ringlift.relinker.Device;
import dev.ringlift.relinker.Inventory;
import dev.ringlift.relinker.Inventory.StaleLook;
import dev.ringlift.relinker.ObjectPolicy;
import dev.ringlift.relinker.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Finds devices that missed a cleanup: their files at old places are dark, and the next relink
 * would bring them back to life. Looks once for each ring and device that is there, and at a sample
 * only: where a whole device was missed, half of its hash dirs are at wrong places. What was found,
 * or could not be looked at, is looked at again, for it may be mended. The relinker itself looks at
 * each hash dir before it links.
 */
public final class StaleDevices {
  private static final Logger LOG = Logger.getLogger(StaleDevices.class);

  /** Hash dirs to look at: some seconds on a disk that is cold. */
  private static final long SAMPLE = 1_000;

  private final Inventory inventory;
  private final Map<Place, Look> looks = new HashMap<>();

  private record Place(String device, int policyIndex) {}

  private record Look(String ringMd5, Optional<String> found, Optional<Problem> problem) {
    boolean clean() {
      return found.isEmpty() && problem.isEmpty();
    }
  }

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
                before != null && before.clean() && before.ringMd5().equals(ring.md5())
                    ? before
                    : look(place, ring.md5(), power, before))
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

  private Look look(Place place, String ringMd5, int power, @Nullable Look before) {
    StaleLook look =
        inventory.stale(
            place.device(), ObjectPolicy.replication(place.policyIndex()), power, SAMPLE);
    look.problem()
        .filter(problem -> before == null || !before.problem().equals(look.problem()))
        .ifPresent(problem -> LOG.warnf("leftovers of earlier increases: %s", problem));
    return new Look(
        ringMd5,
        look.found() == 0
            ? Optional.empty()
            : Optional.of(
                "files at places that are wrong for partition power %d, such as %s"
                    .formatted(power, look.example())),
        look.problem());
  }

  /** Forgets devices that are not there any more: one that comes back is looked at again. */
  void keepOnly(List<Device> devices) {
    Set<String> there = devices.stream().map(Device::name).collect(Collectors.toSet());
    looks.keySet().removeIf(place -> !there.contains(place.device()));
  }
}
