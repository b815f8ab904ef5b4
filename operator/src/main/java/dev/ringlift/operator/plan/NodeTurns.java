package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.NodeSelection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes may work now, where not all may at once.
 *
 * <ol>
 *   <li>Whoever works goes on, also when the limit is lowered or the zone is another's: work that
 *       is broken off is work that the disks do twice.
 *   <li>If there is room below the limit, nodes that have begun before come first, then those that
 *       have not, then those that failed and are to be tried again; each by name. Of nodes that
 *       don't answer, only what room is left.
 *   <li>Zone by zone, only nodes of the first zone that is not done begin, and only once no node of
 *       another one works.
 *   <li>If others have to wait for a node that works, as far as its task says, and does not answer,
 *       it is paused: its agent has stopped by itself by then, and finds the pause when it is back.
 * </ol>
 *
 * <p>Invariant: a node is let begin only if, with all whose tasks are not paused and have not ended
 * as they were seen, the limit holds. So it holds whichever of the writes that follow are lost.
 *
 * @param allowed the names of those that may work
 * @param waiting how many could, and may not
 * @param rule why, as part of a sentence
 */
record NodeTurns(Set<String> allowed, int waiting, String rule) {

  /** A zone of the ring; in Swift, zones are numbered anew in each region. */
  record Zone(int region, int number) implements Comparable<Zone> {
    private static final Comparator<Zone> ORDER =
        Comparator.comparingInt(Zone::region).thenComparingInt(Zone::number);

    @Override
    public int compareTo(Zone other) {
      return ORDER.compare(this, other);
    }
  }

  /** How a node stands, in the order in which those that don't work are let. */
  enum Standing {
    /** Its task is neither paused nor at its end. */
    AtWork,
    /** Its task is paused, or has to be done over. */
    Begun,
    /** It has no task. */
    Fresh,
    /** It failed, and can be tried again. */
    Retry,
    /** It failed, and it is too early to try again. */
    Resting,
    /** It has nothing to do. */
    Done
  }

  /**
   * A node that takes part.
   *
   * @param zone null if it has no device of the ring; it comes after all zones
   * @param lost whether it does not answer
   */
  record Candidate(String node, @Nullable Zone zone, Standing standing, boolean lost) {
    private static final Comparator<Candidate> TURN =
        Comparator.comparing(Candidate::lost)
            .thenComparing(Candidate::standing)
            .thenComparing(Candidate::node);

    boolean wantsToBegin() {
      return switch (standing) {
        case Begun, Fresh, Retry -> true;
        case AtWork, Resting, Done -> false;
      };
    }

    boolean atWork() {
      return standing == Standing.AtWork;
    }
  }

  NodeTurns {
    allowed = Set.copyOf(allowed);
  }

  static NodeTurns of(NodeSelection selection, List<Candidate> nodes) {
    int limit = limit(selection.maxConcurrent(), nodes.size());
    boolean byZone = selection.oneZoneAtATime();
    List<@Nullable Zone> openZones =
        nodes.stream()
            .filter(node -> node.standing() != Standing.Done)
            .<@Nullable Zone>map(Candidate::zone)
            .sorted(Comparator.nullsLast(Comparator.naturalOrder()))
            .distinct()
            .toList();
    Zone zone = openZones.isEmpty() ? null : openZones.getFirst();
    List<Candidate> working = nodes.stream().filter(Candidate::atWork).toList();
    List<Candidate> queue =
        nodes.stream().filter(Candidate::wantsToBegin).sorted(Candidate.TURN).toList();
    List<Candidate> next =
        queue.stream().filter(node -> !byZone || Objects.equals(node.zone(), zone)).toList();
    boolean zoneIsFree =
        !byZone || working.stream().allMatch(node -> Objects.equals(node.zone(), zone));
    int room = zoneIsFree ? Math.max(0, limit - working.size()) : 0;
    Set<String> allowed = new HashSet<>();
    working.forEach(node -> allowed.add(node.node()));
    next.stream().limit(room).forEach(node -> allowed.add(node.node()));
    long kept = next.stream().skip(room).filter(node -> !node.lost()).count();
    working.stream()
        .filter(Candidate::lost)
        .sorted(Comparator.comparing(node -> byZone && Objects.equals(node.zone(), zone)))
        .limit(kept)
        .forEach(node -> allowed.remove(node.node()));
    int waiting = (int) queue.stream().filter(node -> !allowed.contains(node.node())).count();
    String rule = limit == 1 ? "one node at a time" : "at most %d at once".formatted(limit);
    return new NodeTurns(allowed, waiting, byZone ? describe(zone) + ", " + rule : rule);
  }

  boolean may(String node) {
    return allowed.contains(node);
  }

  /** That nodes wait, as a sentence; empty if none does. */
  String message() {
    return waiting == 0
        ? ""
        : " %d %s (%s)."
            .formatted(waiting, waiting == 1 ? "waits for its turn" : "wait for their turn", rule);
  }

  private static String describe(@Nullable Zone zone) {
    return zone == null
        ? "nodes without a device of the ring now"
        : "region %d, zone %d now".formatted(zone.region(), zone.number());
  }

  /** A share is rounded up, so that it never means none. */
  static int limit(String maxConcurrent, int nodes) {
    if (maxConcurrent.endsWith("%")) {
      int percent = Integer.parseInt(maxConcurrent.substring(0, maxConcurrent.length() - 1));
      return Math.max(1, Math.ceilDiv(nodes * percent, 100));
    }
    return Integer.parseInt(maxConcurrent);
  }
}
