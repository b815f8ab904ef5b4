package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.Consumer.Proof;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.operator.plan.Observation.Task;
import dev.ringlift.operator.plan.World.Cache;
import dev.ringlift.operator.plan.World.Disk;
import dev.ringlift.operator.plan.World.Fall;
import dev.ringlift.operator.plan.World.Foreign;
import dev.ringlift.operator.plan.World.Health;
import dev.ringlift.operator.plan.World.Life;
import dev.ringlift.operator.plan.World.Luck;
import dev.ringlift.operator.plan.World.Report;
import dev.ringlift.operator.plan.World.Server;
import dev.ringlift.operator.plan.World.Store;
import dev.ringlift.operator.plan.World.User;
import dev.ringlift.ring.Ring;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All that can happen in a {@link World} beside what the operator does. */
final class Surroundings {
  /** What can go wrong. Each takes luck; that it is mended takes none. */
  enum Fault {
    NODE_GOES,
    PROXY_GOES,
    DISK_FAILS,
    DISK_UNMOUNTS,
    LINK_MISSING,
    NODE_FALLS_BACK,
    PROXY_FALLS_BACK,
    RING_REWEIGHED,
    RING_CANCELLED,
    BUILDER_REPLACED,
    CACHE_STALLS,
    REPORT_DELAYED,
    /** The user's changes of mind, which take another luck. */
    PAUSES,
    CANCELS,
    WITHDRAWS,
    RETRIES,
    ACCEPTS,
    /** The window closes, which takes a wish's luck too. */
    CLOSES
  }

  /** One thing that can happen, and what is then. */
  record Event(String name, Supplier<World> then) {}

  private final Site site;
  private final Set<Fault> possible;

  Surroundings(Site site, Set<Fault> possible) {
    this.site = site;
    this.possible = Set.copyOf(possible);
  }

  /** Everything that can happen now. */
  List<Event> events(World world) {
    List<Event> events = new ArrayList<>();
    events.add(new Event("time passes", () -> timePasses(world)));
    for (Server server : world.servers()) {
      addOf(events, world, server);
    }
    addOfUser(events, world);
    addOfAnotherHand(events, world);
    addOfSetting(events, world);
    if (world.cache() != null) {
      events.add(new Event("the caches catch up", () -> world.withCache(null)));
    } else if (may(world, Fault.CACHE_STALLS)) {
      Cache cache = new Cache(world.servers(), world.tasks());
      events.add(new Event("the caches stall", () -> unlucky(world).withCache(cache)));
    }
    return events;
  }

  private void addOfSetting(List<Event> events, World world) {
    Setting setting = world.setting();
    if (setting.closed()) {
      events.add(new Event("the window opens", () -> world.with(setting.closed(false))));
    } else if (mayWish(world, Fault.CLOSES)) {
      events.add(
          new Event(
              "the window closes",
              () -> world.with(world.luck().wish()).with(setting.closed(true))));
    }
    if (setting.other() == Setting.Other.WAITS) {
      events.add(
          new Event(
              "the other increase begins", () -> world.with(setting.with(Setting.Other.BEGUN))));
    }
    if (setting.other() != Setting.Other.NONE) {
      events.add(
          new Event("the other increase ends", () -> world.with(setting.with(Setting.Other.NONE))));
    }
    if (mayReplicate(world)) {
      events.add(new Event("replication has its turn", () -> world.with(setting.replicated(true))));
    }
  }

  /** Of several cycles, behind one: replicators have the Finish ring, and do a pass with it. */
  private boolean mayReplicate(World world) {
    Ring ring = site.rings().ring(world.store().ring());
    return !world.setting().replicated()
        && world.store().begun()
        && ring.nextPartPower() == null
        && ring.partPower() < site.target()
        && world.servers().stream()
            .allMatch(server -> OperatorModel.isCurrent(world, server) && server.settled());
  }

  private boolean may(World world, Fault fault) {
    return world.luck().faults() > 0 && possible.contains(fault);
  }

  private boolean mayWish(World world, Fault wish) {
    return world.luck().wishes() > 0 && possible.contains(wish);
  }

  private static World unlucky(World world) {
    return world.with(world.luck().fault());
  }

  private static World wishing(World world, User user) {
    return world.with(world.luck().wish()).with(user);
  }

  // Time

  /** Long enough for all settle times, back-offs and Leases. */
  World timePasses(World passing) {
    World world = passing;
    if (site.proof() == Proof.Wait) {
      for (Server server : passing.servers()) {
        world = server.isProxy() ? takeRing(world, server) : world;
      }
    }
    List<Task> tasks =
        world.tasks().stream()
            .map(task -> task.status() == null ? task : said(task, TaskReports.aged(task.status())))
            .toList();
    return world
        .each(Server::settle)
        .each(server -> server.life() == Life.Gone ? server.living(Life.Lost) : server)
        .aged(Essence::aged, tasks);
  }

  // Servers

  private void addOf(List<Event> events, World world, Server server) {
    String name = server.name();
    if (server.life() != Life.Up) {
      events.add(new Event(name + " is back", () -> world.with(server.living(Life.Up))));
    } else {
      if (may(world, server.isProxy() ? Fault.PROXY_GOES : Fault.NODE_GOES)) {
        events.add(new Event(name + " goes", () -> unlucky(world).with(server.living(Life.Gone))));
      }
      if (mayTakeRing(world, server)) {
        events.add(new Event(name + " takes the ring", () -> takeRing(world, server)));
      }
      addWork(events, world, server);
    }
    String former = world.publication() == null ? "" : world.publication().fromMd5();
    boolean current = server.ring().equals(world.store().ring()) && world.store().foreign() == null;
    if (may(world, server.isProxy() ? Fault.PROXY_FALLS_BACK : Fault.NODE_FALLS_BACK)
        && current
        && !former.isEmpty()
        && !former.equals(server.ring())) {
      events.add(
          new Event(
              name + " falls back to the former ring",
              () -> unlucky(world).with(server.having(former, Fall.UNSEEN))));
    }
    for (Disk disk : server.disks()) {
      addOf(events, world, server, disk);
    }
  }

  private void addOf(List<Event> events, World world, Server server, Disk disk) {
    if (disk.health() != Health.Good) {
      events.add(
          new Event(
              disk.name() + " is mended",
              () -> world.with(server.each(one -> being(one, disk, Health.Good)))));
      return;
    }
    if (may(world, Fault.DISK_FAILS)) {
      events.add(
          new Event(
              disk.name() + " fails",
              () -> unlucky(world).with(server.each(one -> being(one, disk, Health.Failing)))));
    }
    if (may(world, Fault.DISK_UNMOUNTS)) {
      events.add(
          new Event(
              disk.name() + " is unmounted",
              () -> unlucky(world).with(server.each(one -> being(one, disk, Health.Unmounted)))));
    }
  }

  private static Disk being(Disk one, Disk meant, Health health) {
    return one.name().equals(meant.name()) ? one.being(health) : one;
  }

  /**
   * One that fell back is seen to have done so before it catches up: what comes and goes between
   * two looks is not seen.
   */
  private boolean mayTakeRing(World world, Server server) {
    if (server.isProxy() && site.proof() != Proof.Recon) {
      return site.proof() == Proof.Restart
          && !Objects.equals(world.setting().stamp(), world.setting().started());
    }
    Condition spread = Conditions.find(world.status(), ConditionType.RingDistributed);
    boolean doubtful = spread == null || !"True".equals(spread.getStatus());
    boolean known = server.fall() == Fall.NONE || server.fall() == Fall.SEEN;
    return !server.ring().equals(world.store().ring()) && (known || doubtful);
  }

  /** The proxy, where it does so only by being started anew, is. */
  World takeRing(World world, Server server) {
    World taken = world.with(server.having(world.store().ring(), Fall.NONE));
    return server.isProxy() && site.proof() == Proof.Restart
        ? taken.with(taken.setting().restarted())
        : taken;
  }

  // Agents

  private void addWork(List<Event> events, World world, Server server) {
    Report report = server.report();
    if (report != null) {
      events.add(
          new Event(
              server.name() + " reports " + report.task(), () -> report(world, server, report)));
      return;
    }
    for (Task task : world.tasks()) {
      if (!isFor(task, server)) {
        continue;
      }
      events.add(
          new Event(
              server.name() + " does " + task.name(), () -> done(world, server, task, false)));
      if (task.spec().step() == RelinkTaskSpec.Step.Relink && may(world, Fault.LINK_MISSING)) {
        events.add(
            new Event(
                server.name() + " does " + task.name() + ", and leaves a link out",
                () -> done(unlucky(world), server, task, true)));
      }
      if (may(world, Fault.REPORT_DELAYED)) {
        events.add(
            new Event(
                server.name() + " does " + task.name() + ", and has not said so yet",
                () -> unlucky(world).with(worked(world, server, task, false))));
      }
    }
  }

  /** Whether an agent that keeps to its rules works on it. */
  static boolean isFor(Task task, Server server) {
    RelinkTaskStatus status = task.status();
    boolean ended =
        status != null
            && status.attempt() >= task.spec().attempt()
            && status.round() == task.spec().round()
            && Objects.equals(status.observedGeneration(), task.generation());
    return task.spec().nodeName().equals(server.name())
        && server.life() == Life.Up
        && server.ring().equals(task.spec().ringMd5())
        && !task.spec().paused()
        && !ended;
  }

  World done(World world, Server server, Task task, boolean leavesLinkOut) {
    Server worked = worked(world, server, task, leavesLinkOut);
    return report(world.with(worked), worked, Objects.requireNonNull(worked.report()));
  }

  static World report(World world, Server server, Report report) {
    World silent = world.with(server.reporting(null));
    Task task = world.task(report.task());
    if (task == null) {
      return silent;
    }
    RelinkTaskStatus status =
        task.spec().equals(report.spec())
            ? report.status()
            : TaskReports.ofFormerSpec(report.status());
    return silent.with(said(task, status));
  }

  private static Task said(Task task, RelinkTaskStatus status) {
    return new Task(task.name(), task.generation(), task.resourceVersion(), task.spec(), status);
  }

  private Server worked(World world, Server server, Task task, boolean leavesLinkOut) {
    RelinkTaskSpec spec = task.spec();
    boolean all = !leavesLinkOut && isLinkedByAll(world, spec);
    Server worked =
        server.each(disk -> disk.health() == Health.Good ? after(disk, spec, all) : disk);
    Set<String> names = new TreeSet<>(spec.devices());
    worked.disks().forEach(disk -> names.add(disk.name()));
    Map<String, Boolean> results = new TreeMap<>();
    for (String name : names) {
      results.put(
          name,
          worked.disks().stream().anyMatch(disk -> disk.name().equals(name) && isWell(disk, spec)));
    }
    return worked.reporting(new Report(task.name(), spec, TaskReports.ended(spec, results)));
  }

  private static boolean isWell(Disk disk, RelinkTaskSpec spec) {
    return disk.health() == Health.Good
        && (spec.verify() == null || disk.hasAllAt(spec.nextPartPower()));
  }

  private static Disk after(Disk disk, RelinkTaskSpec spec, boolean all) {
    String result = Checks.result(spec.ringMd5(), spec.round());
    return switch (spec.step()) {
      case Relink -> disk.relinked(result, spec.nextPartPower(), all);
      case Verify -> disk.hasAllAt(spec.nextPartPower()) ? disk.verified(result) : disk;
      case Cleanup -> disk.cleaned(result, spec.partPower());
    };
  }

  /**
   * Whether what is written meanwhile is linked too: by every server, if it has had a ring that
   * tells of the next power for long enough. One that fell back is no fault of the operator's.
   */
  private boolean isLinkedByAll(World world, RelinkTaskSpec spec) {
    return world.servers().stream()
        .filter(server -> server.fall() == Fall.NONE)
        .allMatch(
            server -> {
              Ring ring = site.rings().ring(server.ring());
              return server.settled() && Objects.equals(ring.nextPartPower(), spec.nextPartPower());
            });
  }

  // The user

  private void addOfUser(List<Event> events, World world) {
    User u = world.user();
    if (u.paused()) {
      User on = new User(false, u.cancelledAt(), u.approve(), u.retry(), u.accept());
      events.add(new Event("the user ends the pause", () -> world.with(on)));
    } else if (mayWish(world, Fault.PAUSES)) {
      User paused = new User(true, u.cancelledAt(), u.approve(), u.retry(), u.accept());
      events.add(new Event("the user pauses", () -> wishing(world, paused)));
    }
    if (mayWish(world, Fault.CANCELS)
        && u.cancelledAt() == null
        && !world.isPastPointOfNoReturn()) {
      int power = site.rings().ring(world.store().ring()).partPower();
      User cancelling = new User(u.paused(), power, u.approve(), u.retry(), u.accept());
      events.add(new Event("the user cancels", () -> wishing(world, cancelling)));
    }
    if (site.manual()) {
      addApprovals(events, world, u);
    }
    if (!u.retry() && mayWish(world, Fault.RETRIES) && !world.tasks().isEmpty()) {
      events.add(new Event("the user asks for another try", () -> wishing(world, retrying(u))));
    }
  }

  private void addApprovals(List<Event> events, World world, User u) {
    if (u.approve() == null) {
      for (Gate gate : Gate.values()) {
        String name = gate.name() + "/" + cycle(world);
        if (!Gate.isApproved(world.status(), name)) {
          events.add(new Event("the user approves " + name, () -> world.with(approving(u, name))));
        }
      }
    } else if (mayWish(world, Fault.WITHDRAWS)) {
      events.add(
          new Event("the user withdraws his approval", () -> wishing(world, approving(u, null))));
    }
  }

  private static int cycle(World world) {
    return world.status() == null || world.status().cycle() == null
        ? 1
        : world.status().cycle().number();
  }

  private static User retrying(User u) {
    return new User(u.paused(), u.cancelledAt(), u.approve(), true, u.accept());
  }

  private static User approving(User u, @Nullable String gate) {
    return new User(u.paused(), u.cancelledAt(), gate, u.retry(), u.accept());
  }

  // Another hand

  private void addOfAnotherHand(List<Event> events, World world) {
    Store s = world.store();
    Foreign foreign = s.foreign();
    if (foreign != null) {
      if (foreign.noticed()) {
        events.add(new Event("ring and builder are put back", () -> putBack(world, foreign)));
        User u = world.user();
        if (u.accept() == null && mayWish(world, Fault.ACCEPTS)) {
          User accepting = new User(u.paused(), u.cancelledAt(), u.approve(), u.retry(), s.ring());
          events.add(new Event("the user accepts the ring", () -> wishing(world, accepting)));
        }
      }
      return;
    }
    if (!site.rings().agree(s.ring(), s.builder())) {
      return; // what another hand makes of a half is its own affair
    }
    Foreign kept = new Foreign(s.ring(), s.builder(), false);
    if (may(world, Fault.RING_REWEIGHED)) {
      KnownRings.Made made = site.rings().reweighed(s.builder());
      Store changed = new Store(made.ring(), made.builder(), s.begun(), kept);
      events.add(new Event("another hand changes a weight", () -> unlucky(world).with(changed)));
    }
    if (may(world, Fault.BUILDER_REPLACED)) {
      KnownRings.Made made = site.rings().reweighed(s.builder());
      Store changed = new Store(s.ring(), made.builder(), s.begun(), kept);
      events.add(
          new Event("another hand replaces the builder", () -> unlucky(world).with(changed)));
    }
    Ring ring = site.rings().ring(s.ring());
    Integer next = ring.nextPartPower();
    // When the user has cancelled, it would be the very ring that the operator makes.
    if (may(world, Fault.RING_CANCELLED)
        && s.begun()
        && world.user().cancelledAt() == null
        && next != null
        && next > ring.partPower()) {
      KnownRings.Made made = site.rings().cancelled(s.builder());
      Store changed = new Store(made.ring(), made.builder(), s.begun(), kept);
      events.add(
          new Event(
              "another hand cancels the increase in the ring",
              () ->
                  unlucky(world)
                      .with(changed)
                      .each(server -> server.each(disk -> disk.disturbed(next)))));
    }
  }

  private static World putBack(World world, Foreign foreign) {
    return world.with(
        new Store(foreign.keptRing(), foreign.keptBuilder(), world.store().begun(), null));
  }

  // All goes well

  /** Nothing goes wrong any more, what is wrong is mended, and the operator is started anew. */
  World mended(World world, OperatorModel operator) {
    World now =
        world
            .with(Luck.OUT)
            .with(World.Pending.NOTHING, World.Pending.NOTHING)
            .withCache(null)
            .with(world.setting().closed(false).with(Setting.Other.NONE))
            .each(server -> server.living(Life.Up).each(disk -> disk.being(Health.Good)));
    Foreign foreign = now.store().foreign();
    if (foreign != null && !foreign.noticed()) {
      now = operator.run(now, Integer.MAX_VALUE);
      foreign = now.store().foreign();
    }
    return foreign == null ? now : putBack(now, foreign);
  }

  /** A while in which everybody does what he should. */
  World goingWell(World world, OperatorModel operator) {
    World now = world;
    for (Server server : world.servers()) {
      if (mayTakeRing(now, server)) {
        now = takeRing(now, server);
      }
    }
    User u = now.user();
    now = now.with(new User(false, u.cancelledAt(), approvalAskedFor(now), true, null));
    now = operator.run(now, Integer.MAX_VALUE);
    for (int i = 0; i < now.servers().size(); i++) {
      Report report = now.servers().get(i).report();
      if (report != null) {
        now = report(now, now.servers().get(i), report);
      }
      for (Task task : now.tasks()) {
        Server server = now.servers().get(i);
        if (isFor(task, server)) {
          now = done(now, server, task, false);
        }
      }
    }
    now = timePasses(now);
    return mayReplicate(now) ? now.with(now.setting().replicated(true)) : now;
  }

  private @Nullable String approvalAskedFor(World world) {
    if (!site.manual()) {
      return null;
    }
    for (Gate gate : Gate.values()) {
      String name = gate.name() + "/" + cycle(world);
      if (!Gate.isApproved(world.status(), name)) {
        return name;
      }
    }
    return null;
  }
}
