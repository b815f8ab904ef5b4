package dev.ringlift.agent.node;

import dev.ringlift.relinker.Inventory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the devices from time to time and keeps what was found. Apart from everything else,
 * because a look at a dying disk may take minutes. {@link #look} is for one thread, the rest for
 * any.
 */
public final class NodeInventory {
  private final Inventory inventory;
  private final LeftoverSweeper sweeper;
  private volatile @Nullable NodeDevices devices;
  private volatile @Nullable Look last;

  public NodeInventory(Inventory inventory, LeftoverSweeper sweeper) {
    this.inventory = inventory;
    this.sweeper = sweeper;
  }

  /**
   * One look at all devices.
   *
   * @param leftovers by device name
   */
  public record Look(NodeDevices devices, Map<String, List<String>> leftovers) {
    public Look {
      leftovers = Map.copyOf(leftovers);
    }
  }

  /** Looks, sweeps up after increases that have ended, and returns whether anything is new. */
  public boolean look() {
    NodeDevices found = new NodeDevices(inventory.devices());
    devices = found;
    Look look = new Look(found, sweeper.sweep(found.all()));
    boolean changed = !look.equals(last);
    last = look;
    return changed;
  }

  /**
   * The devices as they were last seen; empty before the first look. Work on them need not wait for
   * leftovers to be looked for and swept up.
   */
  public Optional<NodeDevices> devices() {
    return Optional.ofNullable(devices);
  }

  /** What the last look found; empty before the first. */
  public Optional<Look> last() {
    return Optional.ofNullable(last);
  }
}
