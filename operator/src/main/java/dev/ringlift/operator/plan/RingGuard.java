package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.plan.Decision.Adopt;
import dev.ringlift.operator.plan.Decision.Halt;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.operator.plan.Observation.Task;
import dev.ringlift.ring.Ring;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an increase that is under way off a ring, or a builder, of another hand, and finds the way
 * back:
 *
 * <ol>
 *   <li>Ring or builder are not those that were published: nothing is decided on them. The tasks
 *       are paused. A ring with other powers is noted in the status as a disturbance: processes
 *       that had it may have written where nobody looks for links any more.
 *   <li>Put back as they were: the increase goes on. After a disturbance in a new round: the ring
 *       has to be everywhere anew, and all work of the step is done again.
 *   <li>Accepted, by an annotation that names the very md5 that is in the store: ring and builder
 *       must belong together, and the ring's powers must be ones from which this increase can go
 *       on. Then that ring takes the place of the published one in the status, in a new round.
 * </ol>
 *
 * <p>Invariants: a ring of another hand is never the ground of a transition or a task unless its
 * md5 was accepted. No result that was reached under another ring, or before a disturbance, counts:
 * the number of the round only ever rises, and stands in the status before any task has it. The
 * status is written over what the decision saw, so whatever crashes in between, the decision is
 * made anew; the annotation goes last, and one that names the ring that was accepted does nothing
 * more.
 */
final class RingGuard {
  static final String ACCEPTED = "Accepted";
  static final String RESTORED = "Restored";

  private final Settings settings;

  RingGuard(Settings settings) {
    this.settings = settings;
  }

  /** The annotation's md5 as it is compared. */
  static Optional<String> accepted(Observation seen) {
    return Optional.ofNullable(seen.increase().acceptRing())
        .map(md5 -> md5.strip().toLowerCase(Locale.ROOT));
  }

  /**
   * Empty when ring and builder are those that were published, and nothing has to be begun anew.
   */
  Optional<Plan> check(Observation seen, StoredRing.Pair pair, Plan.Facts facts, Instant now) {
    PartitionPowerIncreaseStatus status = seen.increase().status();
    Optional<PublishedRing> published = PublishedRing.of(status);
    if (published.isEmpty() || status == null) {
      return Optional.empty();
    }
    Publication last = Objects.requireNonNull(status.publication(), "it has published a ring");
    if (isUntouched(status, published.get(), pair)) {
      return Boolean.TRUE.equals(last.disturbed())
          ? Optional.of(adopt(RESTORED, Reason.RingRestored, last, pair, facts, now))
          : Optional.empty();
    }
    Optional<String> refusal = refusal(seen, pair);
    if (refusal.isEmpty() && accepted(seen).filter(pair.ringMd5()::equals).isPresent()) {
      return Optional.of(adopt(ACCEPTED, Reason.RingAccepted, last, pair, facts, now));
    }
    // The status keeps the ring that was last seen there as ours: it tells a ring that was put back
    // from one that was never replaced.
    return Optional.of(
        new Plan(
            seen.increase().phase(),
            new Halt(
                Reason.RingChangedExternally,
                "Another hand changed the ring: %s. Nothing is done, and all tasks are paused. %s"
                    .formatted(
                        RingChange.between(published.get(), seen.published(), pair, last),
                        wayOut(seen, pair, published.get(), refusal)),
                pauses(seen.tasks()),
                hasOtherPowers(published.get(), pair.ring()),
                settings.recheck()),
            Unlooked.facts(seen, now)));
  }

  private static boolean isUntouched(
      PartitionPowerIncreaseStatus status, PublishedRing published, StoredRing.Pair pair) {
    return PublishedRing.isOurs(status, pair.ringMd5())
        && RingChange.difference(pair, status.publication()).isEmpty()
        && !RingChange.isAnotherBuilder(published, pair.builder());
  }

  private static boolean hasOtherPowers(PublishedRing published, Ring ring) {
    return published.partPower() != ring.partPower()
        || !Objects.equals(published.nextPartPower(), ring.nextPartPower());
  }

  /** The tasks that may still do something. */
  static List<TaskChange> pauses(List<Task> tasks) {
    return tasks.stream()
        .filter(task -> !task.spec().paused() && !task.hasSucceeded())
        .map(
            task ->
                new TaskChange(task.name(), task.spec().withPaused(true), task.resourceVersion()))
        .toList();
  }

  /** Why the ring that is there can't be accepted, as sentences; empty if it can. */
  static Optional<String> refusal(Observation seen, StoredRing.Pair pair) {
    PartitionPowerIncreaseStatus status = seen.increase().status();
    Optional<PublishedRing> published = PublishedRing.of(status);
    if (published.isEmpty() || status == null) {
      return Optional.of("This increase has published no ring yet: there is nothing to accept.");
    }
    Optional<String> difference = RingChange.difference(pair, status.publication());
    if (difference.isPresent()) {
      return Optional.of(difference.get() + " Put the builder there that wrote this ring.");
    }
    Ring ring = pair.ring();
    if (canGoOnFrom(status, published.get(), ring)) {
      return Optional.empty();
    }
    return Optional.of(
        "From partition power %s this increase can't go on: it was at %s.%s"
            .formatted(
                RingChange.powers(ring.partPower(), ring.nextPartPower()),
                RingChange.powers(published.get().partPower(), published.get().nextPartPower()),
                ring.partPower() < published.get().partPower()
                    ? " With a lower power, Swift looks for objects where they no longer are."
                    : ""));
  }

  /**
   * The powers of the ring that was last seen, or of the one that may have been written since. And
   * those after an Increase while there was a Prepare ring: whoever made it skipped the rest of
   * Relink, and Cleanup makes the links that lack before it removes anything. Not those before a
   * Prepare or after a Finish that were not ours: links would be left that nobody removes.
   */
  private static boolean canGoOnFrom(
      PartitionPowerIncreaseStatus status, PublishedRing published, Ring ring) {
    Publication last = Objects.requireNonNull(status.publication(), "it has published a ring");
    boolean written =
        !PublishedRing.seen(status)
            && Objects.equals(last.partPower(), ring.partPower())
            && Objects.equals(last.nextPartPower(), ring.nextPartPower());
    boolean prepared = Objects.equals(published.nextPartPower(), published.partPower() + 1);
    boolean increased =
        prepared
            && ring.partPower() == published.partPower() + 1
            && Objects.equals(ring.nextPartPower(), ring.partPower());
    return !hasOtherPowers(published, ring) || written || increased;
  }

  private static String wayOut(
      Observation seen, StoredRing.Pair pair, PublishedRing published, Optional<String> refusal) {
    String name = seen.increase().name();
    String backup =
        seen.published() == null
            ? ""
            : ", from backup "
                + seen.increase().spec().ring().configMaps().stream()
                    .map(map -> TaskNames.backup(name, published.md5(), map))
                    .collect(Collectors.joining(" and "));
    String putBack =
        "ut ring and builder back (the ring of md5 %s%s)".formatted(published.md5(), backup);
    if (refusal.isEmpty()) {
      return "Either p%s, or accept the ring that is there: kubectl annotate ppi %s %s=%s"
          .formatted(putBack, name, ApiConstants.ANNOTATION_ACCEPT_RING, pair.ringMd5());
    }
    return published.md5().equals(pair.ringMd5())
        ? "Put the builder there that wrote this ring."
        : "P%s. The ring that is there, md5 %s, can't be accepted: %s"
            .formatted(putBack, pair.ringMd5(), refusal.get());
  }

  private static Plan adopt(
      String transition,
      Reason reason,
      Publication last,
      StoredRing.Pair pair,
      Plan.Facts facts,
      Instant now) {
    Ring ring = pair.ring();
    int round = Objects.requireNonNullElse(last.round(), 0) + 1;
    Publication intent =
        new Publication(
            transition,
            facts.cycle() == null ? last.cycle() : facts.cycle().number(),
            pair.ringMd5(),
            ring.version(),
            pair.ringMd5(),
            Times.format(now),
            ring.partPower(),
            ring.nextPartPower(),
            RingDevices.of(ring).size(),
            pair.builder() == null ? null : pair.builder().id(),
            round,
            null);
    String message =
        "%s: md5 %s, partition power %s. It has to be everywhere before anything goes on, and the work of the step is done again."
            .formatted(
                transition.equals(ACCEPTED)
                    ? "Another hand's ring was accepted"
                    : "The ring was put back after one with other powers",
                pair.ringMd5(),
                RingChange.powers(ring.partPower(), ring.nextPartPower()));
    return new Plan(
        phase(ring, facts.cycle()),
        new Adopt(
            reason, message, intent, pair.revision(), AdoptedStart.of(pair, List.of(), now).at()),
        facts);
  }

  private static Phase phase(Ring ring, @Nullable Cycle cycle) {
    Integer next = ring.nextPartPower();
    if (next == null) {
      return Phase.Finishing;
    }
    if (next == ring.partPower() && cycle != null && cycle.fromPartPower() == next) {
      return Phase.Cancelling;
    }
    return next > ring.partPower() ? Phase.Preparing : Phase.Increasing;
  }

  /** Halts an increase whose ring or builder can't be found or read. */
  static Halt unusable(Observation seen, StoredRing.Unusable unusable, Settings settings) {
    return new Halt(
        Reason.RingUnusable,
        unusable.message()
            + " The increase is under way: put ring and builder back, for instance from the"
            + " backup ConfigMaps that belong to it.",
        pauses(seen.tasks()),
        false,
        settings.recheck());
  }

  /** The round in which work is done now. */
  static int round(@Nullable Publication publication) {
    return publication == null || publication.round() == null ? 0 : publication.round();
  }
}
