package dev.ringlift.operator.plan;

import dev.ringlift.operator.plan.Surroundings.Event;
import dev.ringlift.operator.plan.World.Pending;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Goes to every state that a {@link World} can come to, in whatever order things happen: the
 * nearest first, so that what is found to be wrong is told in the fewest events.
 *
 * <ol>
 *   <li>From each state, each event of the {@link Surroundings}, and each run of the operator: to
 *       its end, and, for as long as luck lasts, only up to each of its writes. Where writes
 *       interleave, anything may also happen between any two of them, and an operator that was
 *       replaced may make its own long after.
 *   <li>Each decision, write and state is held to the {@link Invariant}s.
 *   <li>From each state, faults are made to stop: it has to come to its end. A way that leads to
 *       where another has gone before is not gone twice.
 * </ol>
 */
final class Explorer {
  private static final int WHILES_TO_THE_END = 80;

  /**
   * What was found.
   *
   * @param states that there are
   * @param transitions between them
   * @param ends states in which the increase has ended
   * @param events how many kinds of events there were
   */
  record Found(int states, long transitions, int ends, Set<String> events) {}

  private record Origin(int from, String event) {}

  private final OperatorModel operator;
  private final Surroundings surroundings;
  private final boolean interleaved;
  private final Map<World, Integer> states = new HashMap<>();
  private final List<Origin> origins = new ArrayList<>();
  private final Deque<World> frontier = new ArrayDeque<>();
  private final Set<World> ending = new HashSet<>();

  /** One object for each part, so that many states take little room. */
  private final Map<Object, Object> parts = new HashMap<>();

  private final Set<String> events = new HashSet<>();
  private long transitions;
  private int ends;

  Explorer(OperatorModel operator, Surroundings surroundings, boolean interleaved) {
    this.operator = operator;
    this.surroundings = surroundings;
    this.interleaved = interleaved;
  }

  /**
   * Explores.
   *
   * @throws AssertionError if an invariant does not hold, with the way there
   */
  Found from(World first) {
    tryToVisit(() -> first, new Origin(-1, ""));
    for (int i = 0; !frontier.isEmpty(); i++) {
      World world = frontier.removeFirst();
      if (world.hasEnded() && world.former().isEmpty()) {
        ends++;
        continue;
      }
      for (Event event : eventsIn(world)) {
        transitions++;
        events.add(event.name());
        tryToVisit(event.then(), new Origin(i, event.name()));
      }
    }
    return new Found(states.size(), transitions, ends, events);
  }

  private List<Event> eventsIn(World world) {
    List<Event> all = new ArrayList<>(surroundings.events(world));
    addOperator(all, world);
    if (!world.former().isEmpty()) {
      all.add(new Event("the replaced operator writes", () -> operator.writeOfFormer(world)));
      all.add(
          new Event(
              "the replaced operator ends", () -> world.with(world.operator(), Pending.NOTHING)));
    }
    return all;
  }

  private void addOperator(List<Event> all, World world) {
    boolean mayDie = world.luck().deaths() > 0;
    if (!world.operator().isEmpty()) {
      all.add(new Event("the operator writes", () -> operator.write(world)));
      if (mayDie) {
        World mortal = world.with(world.luck().death());
        all.add(new Event("the operator dies", () -> mortal.with(Pending.NOTHING, world.former())));
        if (world.former().isEmpty()) {
          all.add(
              new Event(
                  "the operator is replaced",
                  () -> mortal.with(Pending.NOTHING, world.operator())));
        }
      }
      return;
    }
    if (!operator.mayRun(world)) {
      return;
    }
    if (interleaved) {
      all.add(new Event("the operator looks", () -> operator.decide(world)));
      return;
    }
    all.add(new Event("the operator runs", () -> operator.run(world, Integer.MAX_VALUE)));
    if (mayDie) {
      int writes = operator.decide(world).operator().writes().size();
      World mortal = world.with(world.luck().death());
      for (int made = 1; made < writes; made++) {
        int last = made;
        all.add(
            new Event("the operator dies after write " + made, () -> operator.run(mortal, last)));
      }
    }
  }

  private void tryToVisit(Supplier<World> next, Origin origin) {
    try {
      visit(next.get(), origin);
    } catch (Invariant.Broken broken) {
      throw new AssertionError(told(broken, origin), broken);
    }
  }

  private void visit(World found, Origin origin) {
    World world = sharing(found);
    if (states.putIfAbsent(world, states.size()) != null) {
      return;
    }
    origins.add(origin);
    frontier.addLast(world);
    operator.checks().state(world);
    comesToItsEnd(world);
  }

  private void comesToItsEnd(World world) {
    List<World> way = new ArrayList<>();
    World now = world.hasEnded() ? world : surroundings.mended(world, operator);
    while (!now.hasEnded() && !ending.contains(now)) {
      now = sharing(now);
      way.add(now);
      if (way.size() > WHILES_TO_THE_END) {
        operator.checks().neverEnds(operator.message(now));
        return;
      }
      now = surroundings.goingWell(now, operator);
      operator.checks().state(now);
    }
    ending.addAll(way);
  }

  private World sharing(World w) {
    return new World(
        shared(w.store()),
        w.status() == null ? null : shared(w.status()),
        shared(w.user()),
        w.servers().stream().map(this::shared).toList(),
        w.tasks().stream().map(this::shared).toList(),
        shared(w.operator()),
        shared(w.former()),
        w.cache() == null ? null : shared(w.cache()),
        shared(w.setting()),
        shared(w.luck()));
  }

  @SuppressWarnings("unchecked") // equal objects are of the same type here
  private <T> T shared(T part) {
    T known = (T) parts.putIfAbsent(part, part);
    return known == null ? part : known;
  }

  /** The way to where it broke. */
  private String told(Invariant.Broken broken, Origin last) {
    List<String> way = new ArrayList<>();
    Origin origin = last;
    while (origin.from() >= 0) {
      way.add(origin.event());
      origin = origins.get(origin.from());
    }
    Collections.reverse(way);
    return "%s%nafter %d events:%n  %s"
        .formatted(broken.getMessage(), way.size(), String.join("\n  ", way));
  }
}
