package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.RingStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.plan.Plan.Facts;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingFileName;
import dev.ringlift.ring.Transition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all decisions of one run look at, where there is a ring.
 *
 * @param facts what has been found so far on the way to a decision
 */
record Scene(
    Observation seen,
    StoredRing.Pair pair,
    DeviceMap devices,
    Barrier barrier,
    Facts facts,
    Settings settings,
    Instant now) {

  static Scene of(Observation seen, StoredRing.Pair pair, Settings settings, Instant now) {
    Ring ring = pair.ring();
    PartitionPowerIncreaseSpec spec = seen.increase().spec();
    DeviceMap found = DeviceMap.of(RingDevices.of(ring), seen.nodes());
    String dataDir = DataDir.of(spec.policyIndex());
    Exclusions exclusions = Exclusions.of(seen, ring, found.places());
    DeviceMap wanted = found.without(exclusions, seen.nodes(), dataDir);
    List<Problem> returned = Returned.of(seen, ring, wanted);
    DeviceMap devices =
        returned.isEmpty()
            ? wanted
            : found.without(exclusions.holding(returned), seen.nodes(), dataDir);
    Barrier barrier = Barrier.of(seen, devices, wanted(seen, pair), settings, now);
    RingStatus ringStatus =
        new RingStatus(
            ring.partPower(),
            ring.nextPartPower(),
            ring.version(),
            pair.ringMd5(),
            barrier.total(),
            barrier.current());
    Facts facts =
        new Facts(
            Cycles.fromPartPower(seen, ring),
            Cycles.current(seen, ring),
            ringStatus,
            barrier,
            null,
            null,
            ByHand.of(pair, seen.increase().publication(), spec.policyIndex()),
            Rest.of(spec, now).orElse(null),
            risks(seen, pair, devices, now),
            List.of(),
            devices);
    return new Scene(seen, pair, devices, barrier, facts, settings, now);
  }

  private static List<Problem> risks(
      Observation seen, StoredRing.Pair pair, DeviceMap devices, Instant now) {
    PartitionPowerIncreaseSpec spec = seen.increase().spec();
    List<Problem> risks =
        new ArrayList<>(devices.stale(seen.nodes(), DataDir.of(spec.policyIndex())));
    risks.addAll(devices.exclusions().returned());
    String refusal = devices.exclusions().refusal();
    if (refusal != null) {
      risks.add(new Problem(null, null, Reason.ExclusionRefused.name(), refusal));
    }
    AdoptedStart.risk(seen, pair, now).ifPresent(risks::add);
    risks.addAll(Deadline.risks(seen, devices, isHeldUp(seen, now), now));
    return risks;
  }

  /** By the user's wish, or by a gate before the first task of cleanup. */
  private static boolean isHeldUp(Observation seen, Instant now) {
    PartitionPowerIncreaseSpec spec = seen.increase().spec();
    return Rest.of(spec, now).isPresent() || seen.increase().phase() == Phase.AwaitingApproval;
  }

  private static WantedRing wanted(Observation seen, StoredRing.Pair pair) {
    PartitionPowerIncreaseStatus status = seen.increase().status();
    return new WantedRing(
        RingFileName.ring(seen.increase().spec().policyIndex()),
        pair.ringMd5(),
        !Cycles.hasNotBegun(status, pair.ring()),
        RingTimes.since(status, pair.ringMd5()));
  }

  Ring ring() {
    return pair.ring();
  }

  PartitionPowerIncreaseSpec spec() {
    return seen.increase().spec();
  }

  @Nullable PartitionPowerIncreaseStatus status() {
    return seen.increase().status();
  }

  int target() {
    return spec().targetPartPower();
  }

  /** The doubling that the ring is in, or that comes next; null at the target. */
  @Nullable Cycle cycle() {
    return facts.cycle();
  }

  /** Whether the user does not want any work now, for whatever reason; null if he does. */
  @Nullable Rest rest() {
    return facts.rest();
  }

  boolean begun() {
    return !Cycles.hasNotBegun(status(), ring());
  }

  /** Whether of the transition that was decided on last only the builder has been written. */
  private boolean isHalfWritten() {
    return BuilderState.of(pair, seen.increase().publication()) instanceof BuilderState.Ahead;
  }

  /**
   * Whether a Prepare that was decided on is not done yet: its other half is missing, or all of it,
   * which another operator may have sent and which may still arrive. Only what is written over it
   * makes sure that it does not.
   */
  boolean isPreparing() {
    Publication intent = seen.increase().publication();
    return isHalfWritten()
        || (intent != null
            && intent.transition().equals(Transitions.name(Transition.PREPARE))
            && intent.fromMd5().equals(pair.ringMd5()));
  }

  /** What else the user has asked for, while something is waited for that comes before it. */
  String besides() {
    String cancel = spec().cancel() ? Cancelling.besides(this) : "";
    return rest() == null ? cancel : cancel + " " + rest().message();
  }

  Scene with(Facts newFacts) {
    return new Scene(seen, pair, devices, barrier, newFacts, settings, now);
  }

  Plan plan(Phase phase, Decision decision) {
    return new Plan(phase, decision, facts);
  }
}
