package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.plan.Decision.Halt;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.operator.plan.Decision.Wait;
import dev.ringlift.operator.plan.Observation.Rival;
import dev.ringlift.operator.plan.Plan.Facts;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Decides what an increase needs next. Pure: the same observation at the same time gives the same
 * plan. What comes next follows from the ring in the store; here is decided only where in that an
 * increase is, and who plans what is to be done there:
 *
 * <pre>
 *   power P, no next      the ring everywhere; then, at the target, Complete; else preflight, Prepare
 *   power P, next P+1     the ring everywhere; then Relink tasks; then, all done, Verify tasks;
 *                         then, all done, Increase
 *   power P+1, next P+1   the ring everywhere; then Cleanup tasks; then, all done, Finish
 *   power P, next P       cancelled: the same as the line before
 * </pre>
 *
 * <p>The first line is {@link CyclePlanner}'s, the others are {@link StagePlanner}'s, a cancel is
 * {@link Cancelling}'s, what another hand did {@link RingGuard}'s.
 *
 * <p>The status is used for three things only: as the intent that was written before a ring was (so
 * that a ring of another hand is recognised, and a cancelled one), for since when the ring has been
 * everywhere, and for what was approved.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>No step begins, and no further ring is published, before every node and every consumer has
 *       proved the ring in the store and the settle time has passed since; nor while a device of
 *       the ring belongs to no node, for then there may be a node that nobody asks. But for Cancel,
 *       which needs nothing of what was done before it. (A task that is added to a step under way
 *       is safe: its agent works only while it sees the task's ring itself.)
 *   <li>Increase is published only when every device of the ring, and every other device with the
 *       policy's data, has a Succeeded result of Relink for this increase, cycle and ring, and,
 *       unless the user wants no verification, one of Verify, as full as he wants it, in the very
 *       round of that result; Finish likewise with Cleanup. A device of no node, or of a node that
 *       is lost, has no result. What fails to be verified is relinked in a new round first.
 *   <li>Nothing is published on a ring that is neither the one in the status' publication nor,
 *       before that was written, the one that it was made from; see {@link RingGuard}.
 *   <li>The first change of the ring is made only when every check of the preflight holds, and no
 *       other increase of the same ring is before this one.
 *   <li>Nothing is decided on ring and builder that do not belong together.
 *   <li>A further cycle begins only when every node has had a full replication pass since the last
 *       one, or the user has approved that it begins; see {@link ReplicationTurn}.
 *   <li>What is behind a Manual gate is not begun before the gate was approved in this cycle; see
 *       {@link Gate}.
 *   <li>While the user wants no work, none begins, all tasks are asked to hold still, and no ring
 *       is published but, outside of a window, one that ends work; see {@link Rest}.
 *   <li>A cancel ends at the power at which the cycle began, and has no effect once the intent to
 *       increase was written; see {@link Cancelling}.
 *   <li>What has ended stays as it is.
 *   <li>Whatever holds an increase up, it is said when cleanup, or the repair of replicas, may come
 *       too late; see {@link Deadline}.
 * </ol>
 */
public final class Planner {
  private final Settings settings;
  private final RingGuard guard;

  public Planner(Settings settings) {
    this.settings = settings;
    this.guard = new RingGuard(settings);
  }

  /** The increase must not have ended: see {@link Phase#terminal()}. */
  public Plan plan(Observation seen, Instant now) {
    return switch (seen.store()) {
      case StoredRing.Unusable unusable -> planWithoutRing(seen, unusable, now);
      case StoredRing.Busy busy -> waitForJob(seen, busy, now);
      case StoredRing.Pair pair -> planWithRing(Scene.of(seen, pair, settings, now));
    };
  }

  private Plan planWithoutRing(Observation seen, StoredRing.Unusable unusable, Instant now) {
    if (seen.increase().publication() == null) {
      return seen.increase().spec().cancel()
          ? Cancelling.atOnce(Facts.NONE)
          : waitForRival(seen, now, () -> Facts.NONE)
              .orElseGet(
                  () ->
                      new Plan(
                          Phase.Preflight,
                          new Stall(Reason.PreflightFailed, unusable.message(), settings.recheck()),
                          Facts.NONE.with(Preflight.unusable(unusable))));
    }
    return new Plan(
        seen.increase().phase(),
        RingGuard.unusable(seen, unusable, settings),
        Unlooked.facts(seen, now));
  }

  /** What the Job leaves behind is looked at once it has ended. */
  private Plan waitForJob(Observation seen, StoredRing.Busy busy, Instant now) {
    Facts facts = Unlooked.facts(seen, now);
    return waitForRival(seen, now, () -> facts)
        .orElseGet(
            () ->
                new Plan(
                    seen.increase().phase(),
                    new Halt(
                        Reason.RebalanceJobActive,
                        busy.message(),
                        RingGuard.pauses(seen.tasks()),
                        false,
                        settings.recheck()),
                    facts));
  }

  private Plan planWithRing(Scene scene) {
    boolean begun = scene.begun();
    if (!begun && scene.spec().cancel() && !scene.isPreparing()) {
      return Cancelling.atOnce(scene.facts());
    }
    // The ring that is there may be the other's: the status keeps the last one of this increase.
    Optional<Plan> waiting =
        waitForRival(
            scene.seen(),
            scene.now(),
            () -> begun ? Unlooked.facts(scene.seen(), scene.now()) : scene.facts());
    if (waiting.isPresent()) {
      return waiting.get();
    }
    if (!begun) {
      return CyclePlanner.beginning(scene);
    }
    Optional<Plan> guarded = guard.check(scene.seen(), scene.pair(), scene.facts(), scene.now());
    if (guarded.isPresent()) {
      return guarded.get();
    }
    return switch (Cycles.position(scene.seen(), scene.ring())) {
      case Whole -> CyclePlanner.between(scene);
      case Prepared ->
          Cancelling.isDue(scene) ? Cancelling.plan(scene) : StagePlanner.plan(scene, Stage.RELINK);
      case Increased -> StagePlanner.plan(scene, Stage.CLEAN_UP);
      case Cancelled -> StagePlanner.plan(scene, Stage.TAKE_BACK);
    };
  }

  private Optional<Plan> waitForRival(Observation seen, Instant now, Supplier<Facts> facts) {
    return seen.rivalBefore()
        .map(Rival::name)
        .map(
            name ->
                new Plan(
                    Phase.Pending,
                    new Wait(
                        Reason.WaitingForOtherIncrease,
                        "Waits for PartitionPowerIncrease %s, which is before it and raises the same ring.%s"
                            .formatted(
                                name,
                                Rest.of(seen.increase().spec(), now)
                                    .map(rest -> " " + rest.message())
                                    .orElse("")),
                        settings.recheck()),
                    facts.get()));
  }
}
