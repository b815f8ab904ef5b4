package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Halt;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.operator.plan.Observation.Task;
import dev.ringlift.operator.plan.World.Foreign;
import dev.ringlift.operator.plan.World.Pending;
import dev.ringlift.operator.plan.World.Server;
import dev.ringlift.operator.plan.World.Store;
import dev.ringlift.operator.plan.World.User;
import dev.ringlift.ring.RingBuilder;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An operator as it runs: looks, decides by the real {@link Planner}, looks again at what is there
 * now where that matters, and then makes its writes, each over what it saw. It can end before any
 * of them.
 */
final class OperatorModel {
  /** Decides: the planner, or a mutant of it. */
  @FunctionalInterface
  interface Decider {
    Plan plan(Observation seen, Instant now);
  }

  private final Site site;
  private final Decider decider;
  private final UnaryOperator<List<Write>> order;
  private final boolean guarded;
  private final boolean looksTwice;
  private final Checks checks;

  OperatorModel(Site site) {
    this(
        site,
        new Planner(Site.SETTINGS)::plan,
        writes -> writes,
        true,
        true,
        new Checks(site, Set.of()));
  }

  /**
   * One that may be wrong.
   *
   * @param order what becomes of the writes of a decision
   * @param guarded whether writes are refused that come too late
   * @param looksTwice whether it looks at what is there now where {@link LiveReads} say so
   */
  OperatorModel(
      Site site,
      Decider decider,
      UnaryOperator<List<Write>> order,
      boolean guarded,
      boolean looksTwice,
      Checks checks) {
    this.site = site;
    this.decider = decider;
    this.order = order;
    this.guarded = guarded;
    this.looksTwice = looksTwice;
    this.checks = checks;
  }

  Checks checks() {
    return checks;
  }

  /** What it says in this state, for people. */
  String message(World world) {
    Plan plan = decider.plan(site.observe(world, null), Site.NOW);
    return plan.phase() + ": " + plan.decision().message();
  }

  /** Looks and decides: what it will write is then pending. */
  World decide(World world) {
    Observation seen = site.observe(world, world.cache());
    Plan plan = decider.plan(seen, Site.NOW);
    boolean live = world.cache() == null;
    if (!live && looksTwice && LiveReads.areNeeded(seen, plan)) {
      seen = site.observe(world, null);
      plan = decider.plan(seen, Site.NOW);
      live = true;
    }
    checks.decision(world, plan);
    if (plan.decision() instanceof Halt) {
      checks.halted(seen.increase().status(), decider.plan(seen, Site.TOO_LATE));
    }
    World looked = live ? world.each(Server::lookedAt) : world;
    return looked.with(Pending.of(order.apply(writes(world, seen, plan))), world.former());
  }

  private List<Write> writes(World world, Observation seen, Plan plan) {
    List<Write> writes = new ArrayList<>();
    PartitionPowerIncreaseStatus next = StatusAggregator.aggregate(seen.increase(), plan, Site.NOW);
    switch (plan.decision()) {
      case ChangeTasks change -> add(writes, change.changes());
      case Halt halt -> add(writes, halt.pauses());
      default -> {}
    }
    PartitionPowerIncreaseStatus essence = Essence.of(next);
    boolean matters = plan.decision() instanceof Halt || LiveReads.areNeeded(seen, plan);
    if (matters || !essence.equals(world.status())) {
      writes.add(new Write.OfStatus(essence));
    }
    if (plan.decision() instanceof Publish publish) {
      addRing(writes, world.store(), publish);
      return writes;
    }
    for (Restart restart : Errands.of(seen, plan).restarts()) {
      writes.add(new Write.OfStamp(restart.stamp()));
    }
    for (SpentAnnotation spent : SpentAnnotation.of(seen, plan, next, Set.of())) {
      writes.add(new Write.OfAnnotation(spent.key(), spent.value()));
    }
    return writes;
  }

  private static void add(List<Write> writes, List<TaskChange> changes) {
    changes.forEach(change -> writes.add(new Write.OfTask(change)));
  }

  private void addRing(List<Write> writes, Store store, Publish publish) {
    String ring = site.rings().keep(publish.ring());
    @Nullable RingBuilder changed = publish.builder();
    @Nullable String builder = changed == null ? null : site.rings().keep(changed);
    if (site.split() && builder != null) {
      writes.add(new Write.OfBuilder(builder));
      builder = null;
    }
    writes.add(new Write.OfRing(publish.transition(), store.ring(), ring, builder));
  }

  /** The next write of the operator; one that comes too late changes nothing. */
  World write(World world) {
    return write(world, world.operator(), world.former(), false);
  }

  /** The next write of the one that does not know that it was replaced. */
  World writeOfFormer(World world) {
    return write(world, world.operator(), world.former(), true);
  }

  /** Looks, and makes so many of the writes, if nothing stops it. */
  World run(World world, int writes) {
    World now = decide(world);
    for (int i = 0; i < writes && !now.operator().isEmpty(); i++) {
      now = write(now);
    }
    return now.with(Pending.NOTHING, now.former());
  }

  private World write(World world, Pending operator, Pending former, boolean byFormer) {
    Pending mine = byFormer ? former : operator;
    Write write = mine.writes().getFirst();
    Pending rest =
        new Pending(
            mine.writes().subList(1, mine.writes().size()),
            mine.increaseIntact(),
            mine.storeIntact(),
            mine.changedTasks());
    if (rest.isEmpty()) {
      rest = Pending.NOTHING;
    }
    // What this write changes is no surprise to whoever makes it.
    World others =
        byFormer ? world.with(operator, Pending.NOTHING) : world.with(Pending.NOTHING, former);
    boolean tooLate = guarded && isTooLate(write, mine);
    boolean givesUp = tooLate && !(write instanceof Write.OfTask);
    World after = tooLate ? others : apply(others, write, mine.storeIntact());
    Pending left = givesUp ? Pending.NOTHING : rest;
    return byFormer ? after.with(after.operator(), left) : after.with(left, after.former());
  }

  private static boolean isTooLate(Write write, Pending mine) {
    return switch (write) {
      case Write.OfTask task -> mine.changedTasks().contains(task.change().name());
      case Write.OfStatus status -> !mine.increaseIntact();
      case Write.OfBuilder builder -> !mine.storeIntact();
      case Write.OfRing ring -> !mine.storeIntact();
      case Write.OfStamp stamp -> false; // what is on the template is written over
      case Write.OfAnnotation annotation -> false; // holds on to the value
    };
  }

  private World apply(World world, Write write, boolean storeIntact) {
    checks.write(world, write);
    return switch (write) {
      case Write.OfTask(TaskChange change) -> change(world, change);
      case Write.OfStatus(PartitionPowerIncreaseStatus next) -> say(world, next, storeIntact);
      case Write.OfBuilder(String builder) -> {
        Store s = world.store();
        yield world.with(new Store(s.ring(), builder, s.begun(), s.foreign()));
      }
      case Write.OfRing ring -> {
        Store s = world.store();
        Store written =
            new Store(
                ring.ring(), ring.builder() == null ? s.builder() : ring.builder(), true, null);
        yield world.with(world.setting().replicated(false)).with(written);
      }
      case Write.OfStamp(String stamp) -> world.with(world.setting().stamped(stamp));
      case Write.OfAnnotation(String key, String value) -> remove(world, key, value);
    };
  }

  /** One that is there already is not created again; one that is gone is not changed. */
  private static World change(World world, TaskChange change) {
    Task old = world.task(change.name());
    boolean creates = change.resourceVersion() == null;
    if (creates != (old == null)) {
      return world;
    }
    RelinkTaskStatus status = old == null ? null : old.status();
    return world.with(
        new Task(
            change.name(),
            Site.GENERATION,
            "seen",
            change.spec(),
            status == null ? null : TaskReports.ofFormerSpec(status)));
  }

  /** Once it is said, what the status is about has been noticed. */
  private static World say(World world, PartitionPowerIncreaseStatus next, boolean sawTheStore) {
    Condition spread = Conditions.find(next, ConditionType.RingDistributed);
    boolean doubtful = spread == null || !"True".equals(spread.getStatus());
    World said = next.equals(world.status()) ? world : world.withStatus(next);
    if (!doubtful) {
      return said;
    }
    World seen = said.each(Server::seen);
    Foreign foreign = seen.store().foreign();
    boolean taken =
        next.publication() != null && next.publication().md5().equals(seen.store().ring());
    if (foreign == null || !sawTheStore) {
      return seen;
    }
    Store s = seen.store();
    return seen.with(
        new Store(
            s.ring(),
            s.builder(),
            s.begun(),
            taken && !s.ring().equals(foreign.keptRing())
                ? null
                : new Foreign(foreign.keptRing(), foreign.keptBuilder(), true)));
  }

  private static World remove(World world, String key, String value) {
    User u = world.user();
    return switch (key) {
      case ApiConstants.ANNOTATION_APPROVE ->
          value.equals(u.approve())
              ? world.with(new User(u.paused(), u.cancelledAt(), null, u.retry(), u.accept()))
              : world;
      case ApiConstants.ANNOTATION_RETRY ->
          world.with(new User(u.paused(), u.cancelledAt(), u.approve(), false, u.accept()));
      case ApiConstants.ANNOTATION_ACCEPT_RING ->
          value.equals(u.accept())
              ? world.with(new User(u.paused(), u.cancelledAt(), u.approve(), u.retry(), null))
              : world;
      default -> throw new AssertionError(key);
    };
  }

  /** Whether a look would still find something to write. */
  boolean mayRun(World world) {
    return !world.hasEnded() && world.operator().isEmpty();
  }

  /** Whether it answers, as a barrier would have it, and has the ring. */
  static boolean isCurrent(World world, Server server) {
    return server.life() != World.Life.Lost && server.ring().equals(world.store().ring());
  }
}
