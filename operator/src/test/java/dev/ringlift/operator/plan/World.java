package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.operator.plan.Observation.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * All that is true of a small cluster at one moment. A value: two are equal when nothing that could
 * matter later differs. So it is always the same time in it; how long ago something was is either
 * {@link Site#NOW}, or long enough for every settle time, back-off and Lease: {@link Site#BEFORE}.
 *
 * @param status as it was last written, but for what only people read
 * @param servers the nodes, and last the proxy
 * @param tasks by name
 * @param operator what the operator has decided on, and not yet written
 * @param former the same of one that was replaced, and does not know it
 * @param cache what the operator's caches last heard; null while they are up to date
 * @param setting what is neither the increase's nor a server's
 * @param luck how much may still go wrong
 */
record World(
    Store store,
    @Nullable PartitionPowerIncreaseStatus status,
    User user,
    List<Server> servers,
    List<Task> tasks,
    Pending operator,
    Pending former,
    @Nullable Cache cache,
    Setting setting,
    Luck luck) {

  World {
    servers = List.copyOf(servers);
    tasks = List.copyOf(tasks);
  }

  /**
   * Ring and builder, by what {@link KnownRings} calls them.
   *
   * @param begun whether a ring of the increase was ever written
   * @param foreign what another hand did; null if ring and builder are the operator's
   */
  record Store(String ring, String builder, boolean begun, @Nullable Foreign foreign) {}

  /**
   * A change by another hand.
   *
   * @param noticed whether the operator has said that it saw it: what comes and goes between two
   *     looks is not seen
   */
  record Foreign(String keptRing, String keptBuilder, boolean noticed) {}

  /**
   * What the user wants now.
   *
   * @param cancelledAt the ring's power when he took it back
   */
  record User(
      boolean paused,
      @Nullable Integer cancelledAt,
      @Nullable String approve,
      boolean retry,
      @Nullable String accept) {
    static final User CONTENT = new User(false, null, null, false, null);
  }

  /** Whether a server has fallen back to a former ring, and whether the operator has seen it. */
  enum Fall {
    NONE,
    UNSEEN,
    LOOKED_AT,
    SEEN
  }

  /** Whether a server answers. */
  enum Life {
    Up,
    /** No more, but its last word still counts. */
    Gone,
    Lost
  }

  /**
   * A node with its agent, or the proxy, which has no disks.
   *
   * @param settled whether it has had its ring for a while
   * @param fall whether it has taken up a former ring
   * @param report what its agent has done, and not yet said
   */
  record Server(
      String name,
      Life life,
      String ring,
      boolean settled,
      Fall fall,
      List<Disk> disks,
      @Nullable Report report) {
    Server {
      disks = List.copyOf(disks);
    }

    boolean isProxy() {
      return disks.isEmpty();
    }

    Server living(Life newLife) {
      return new Server(name, newLife, ring, settled, fall, disks, report);
    }

    Server having(String newRing, Fall how) {
      return new Server(name, life, newRing, false, how, disks, report);
    }

    /** It has had its ring for a while. */
    Server settle() {
      return new Server(name, life, ring, true, fall, disks, report);
    }

    /** The operator is about to say which ring it has. */
    Server lookedAt() {
      return fall == Fall.UNSEEN ? falling(Fall.LOOKED_AT) : this;
    }

    /** The operator has said so. */
    Server seen() {
      return fall == Fall.LOOKED_AT ? falling(Fall.SEEN) : this;
    }

    private Server falling(Fall how) {
      return new Server(name, life, ring, settled, how, disks, report);
    }

    Server with(List<Disk> newDisks) {
      return new Server(name, life, ring, settled, fall, newDisks, report);
    }

    Server reporting(@Nullable Report newReport) {
      return new Server(name, life, ring, settled, fall, disks, newReport);
    }

    /** The same with every disk changed so. */
    Server each(UnaryOperator<Disk> change) {
      return with(disks.stream().map(change).toList());
    }
  }

  /** What an agent has to say of a task as it was when the work began. */
  record Report(String task, RelinkTaskSpec spec, RelinkTaskStatus status) {}

  /** How a disk is. */
  enum Health {
    Good,
    Failing,
    Unmounted
  }

  /**
   * A disk, with what is really on it.
   *
   * @param powers bit P is set when all objects are where power P looks for them
   * @param linked ring and round of the last relinking that ended well; null if none did
   * @param verified the same of verifying, with how much
   * @param cleaned the same of cleanup
   */
  record Disk(
      String name,
      Health health,
      int powers,
      @Nullable String linked,
      @Nullable String verified,
      @Nullable String cleaned) {

    boolean hasAllAt(int power) {
      return (powers & (1 << power)) != 0;
    }

    Disk being(Health newHealth) {
      return new Disk(name, newHealth, powers, linked, verified, cleaned);
    }

    Disk relinked(String what, int power, boolean all) {
      if (what.equals(linked)) {
        return this; // what is done in a round is passed over in it, right or wrong
      }
      int now = all ? powers | (1 << power) : powers & ~(1 << power);
      return new Disk(name, health, now, what, verified, cleaned);
    }

    Disk verified(String what) {
      return new Disk(name, health, powers, linked, what, cleaned);
    }

    /** Links what lacks a link, before it removes anything. */
    Disk cleaned(String what, int power) {
      return new Disk(name, health, 1 << power, linked, verified, what);
    }

    /** Others wrote where links are not made: what was done so far counts no more. */
    Disk disturbed(int power) {
      return new Disk(name, health, powers & ~(1 << power), null, null, null);
    }
  }

  /**
   * Writes that are still to be made, one after the other, each over what was seen.
   *
   * @param increaseIntact whether the increase is still the one that was seen
   * @param storeIntact the same of the ring's store
   * @param changedTasks names of tasks that are no longer those that were seen
   */
  record Pending(
      List<Write> writes, boolean increaseIntact, boolean storeIntact, Set<String> changedTasks) {
    static final Pending NOTHING = of(List.of());

    static Pending of(List<Write> writes) {
      return new Pending(List.copyOf(writes), true, true, Set.of());
    }

    boolean isEmpty() {
      return writes.isEmpty();
    }
  }

  /** Nodes and tasks as they once were. */
  record Cache(List<Server> servers, List<Task> tasks) {}

  /** How often something may still go wrong, the user may change his mind, an operator may die. */
  record Luck(int faults, int wishes, int deaths) {
    static final Luck OUT = new Luck(0, 0, 0);

    Luck fault() {
      return new Luck(faults - 1, wishes, deaths);
    }

    Luck wish() {
      return new Luck(faults, wishes - 1, deaths);
    }

    Luck death() {
      return new Luck(faults, wishes, deaths - 1);
    }
  }

  boolean hasEnded() {
    return status != null && status.phase() != null && status.phase().terminal();
  }

  @Nullable Publication publication() {
    return status == null ? null : status.publication();
  }

  boolean isPastPointOfNoReturn() {
    return status != null && Boolean.TRUE.equals(status.pastPointOfNoReturn());
  }

  List<Disk> disks() {
    return servers.stream().flatMap(server -> server.disks().stream()).toList();
  }

  @Nullable Task task(String name) {
    return tasks.stream().filter(task -> task.name().equals(name)).findFirst().orElse(null);
  }

  // The same with one thing changed

  World with(Luck newLuck) {
    return new World(
        store, status, user, servers, tasks, operator, former, cache, setting, newLuck);
  }

  World withCache(@Nullable Cache newCache) {
    return new World(
        store, status, user, servers, tasks, operator, former, newCache, setting, luck);
  }

  World with(Setting newSetting) {
    return new World(
        store, status, user, servers, tasks, operator, former, cache, newSetting, luck);
  }

  World with(Pending newOperator, Pending newFormer) {
    return new World(
        store, status, user, servers, tasks, newOperator, newFormer, cache, setting, luck);
  }

  /** What writes are based on the store, they come too late. */
  World with(Store newStore) {
    boolean same =
        newStore.ring().equals(store.ring()) && newStore.builder().equals(store.builder());
    return new World(newStore, status, user, servers, tasks, operator, former, cache, setting, luck)
        .touching(p -> same ? p : new Pending(p.writes, p.increaseIntact, false, p.changedTasks));
  }

  World withStatus(@Nullable PartitionPowerIncreaseStatus newStatus) {
    return new World(store, newStatus, user, servers, tasks, operator, former, cache, setting, luck)
        .touching(p -> new Pending(p.writes, false, p.storeIntact, p.changedTasks));
  }

  World with(User newUser) {
    return new World(store, status, newUser, servers, tasks, operator, former, cache, setting, luck)
        .touching(p -> new Pending(p.writes, false, p.storeIntact, p.changedTasks));
  }

  World with(Server changed) {
    return each(server -> server.name().equals(changed.name()) ? changed : server);
  }

  World each(UnaryOperator<Server> change) {
    List<Server> changed = servers.stream().map(change).toList();
    return new World(store, status, user, changed, tasks, operator, former, cache, setting, luck);
  }

  World with(Task changed) {
    List<Task> all = new ArrayList<>(tasks);
    all.removeIf(task -> task.name().equals(changed.name()));
    all.add(changed);
    all.sort((a, b) -> a.name().compareTo(b.name()));
    return new World(store, status, user, servers, all, operator, former, cache, setting, luck)
        .touching(
            p ->
                p.writes.stream().noneMatch(write -> write.isAbout(changed.name()))
                    ? p
                    : new Pending(
                        p.writes,
                        p.increaseIntact,
                        p.storeIntact,
                        adding(p.changedTasks, changed.name())));
  }

  private static Set<String> adding(Set<String> names, String name) {
    Set<String> all = new TreeSet<>(names);
    all.add(name);
    return all;
  }

  World aged(UnaryOperator<PartitionPowerIncreaseStatus> age, List<Task> agedTasks) {
    return new World(
        store,
        status == null ? null : age.apply(status),
        user,
        servers,
        agedTasks,
        operator,
        former,
        cache,
        setting.aged(),
        luck);
  }

  private World touching(UnaryOperator<Pending> change) {
    return new World(
        store,
        status,
        user,
        servers,
        tasks,
        operator.isEmpty() ? operator : change.apply(operator),
        former.isEmpty() ? former : change.apply(former),
        cache,
        setting,
        luck);
  }
}
