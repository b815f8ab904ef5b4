package dev.ringlift.operator.plan;

import static java.util.stream.Collectors.joining;

import dev.ringlift.api.v1alpha1.NodeSelection.ExcludedDevice;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck.Result;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.DeviceStatus;
import dev.ringlift.api.v1alpha1.Window;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Observation.Node;
import dev.ringlift.operator.plan.StoreSizes.PartSize;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.Transition;
import dev.ringlift.ring.TransitionRefusedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The checks before a Prepare ring is published. Each says what was found and what to do. */
final class Preflight {
  private final Observation seen;
  private final StoredRing.Pair pair;
  private final BuilderState builder;
  private final DeviceMap devices;
  private final Barrier barrier;
  private final Instant now;
  private final List<PreflightCheck> checks = new ArrayList<>();

  private Preflight(Scene scene) {
    this.seen = scene.seen();
    this.pair = scene.pair();
    this.builder = BuilderState.of(pair, seen.increase().publication());
    this.devices = scene.devices();
    this.barrier = scene.barrier();
    this.now = scene.now();
  }

  /** Makes all checks; no later one is left out because an earlier one failed. */
  static List<PreflightCheck> check(Scene scene) {
    Preflight preflight = new Preflight(scene);
    preflight.checkRing();
    preflight.checkNodes();
    preflight.checkInodes();
    preflight.checks.addAll(
        ConsumerChecks.of(scene.spec(), scene.seen().audience(), scene.barrier().consumers()));
    return preflight.checks;
  }

  /** When the store holds nothing to check: that alone. */
  static List<PreflightCheck> unusable(StoredRing.Unusable unusable) {
    List<PreflightCheck> checks = new ArrayList<>();
    for (Check check : List.of(Check.RingStore, Check.RingReadable, Check.BuilderReadable)) {
      if (check == unusable.check()) {
        checks.add(new PreflightCheck(check.name(), Result.Failed, unusable.message()));
        break;
      }
      checks.add(new PreflightCheck(check.name(), Result.Passed, "As it should be."));
    }
    return checks;
  }

  /** What a dry run ends with. */
  static Complete dryRun(Scene scene, List<PreflightCheck> checks) {
    List<String> failures = failures(checks);
    Ring ring = scene.ring();
    String would =
        failures.isEmpty()
            ? "All %d checks hold: it would raise the ring from partition power %d to %d, in %d cycle(s), over %d node(s)."
                .formatted(
                    checks.size(),
                    ring.partPower(),
                    scene.target(),
                    scene.cycle() == null ? 0 : scene.cycle().of(),
                    scene.devices().ringDevices().size())
            : "It would not begin before this is right: " + Sentences.first(failures);
    return new Complete(Reason.DryRun, "Dry run, nothing was changed. " + would);
  }

  /** The sentences of all checks that failed. */
  static List<String> failures(List<PreflightCheck> checks) {
    return checks.stream()
        .filter(check -> check.result() == Result.Failed)
        .map(PreflightCheck::message)
        .toList();
  }

  private void checkRing() {
    Ring ring = pair.ring();
    int target = seen.increase().spec().targetPartPower();
    add(Check.RingStore, Result.Passed, "What the increase names is there.");
    add(Check.RingReadable, Result.Passed, describe(ring));
    checkBuilder();
    add(Check.TargetPartPower, targetResult(ring, target), targetMessage(ring, target));
    checkWindows();
    Optional<String> refusal = Adoption.refusal(ring, target);
    if (refusal.isPresent()) {
      add(Check.NotUnderWay, Result.Failed, refusal.get());
      return;
    }
    add(
        Check.NotUnderWay,
        ring.nextPartPower() == null ? Result.Passed : Result.Warning,
        Adoption.description(ring));
    checkSize(target);
  }

  private void checkWindows() {
    List<Window> windows = seen.increase().spec().windows();
    addSentences(
        Check.Windows,
        Windows.of(windows).mistakes(now),
        windows.isEmpty()
            ? "Work is allowed at any time."
            : "%d window(s).".formatted(windows.size()));
  }

  private void checkBuilder() {
    String elsewhere =
        "The builder is kept elsewhere, and nobody can see here whether it would write this ring."
            + " After each change of the ring, an event says what to run on it.";
    switch (builder) {
      case BuilderState.Elsewhere absent -> {
        add(Check.BuilderReadable, Result.Warning, elsewhere);
        add(Check.RingAndBuilderAgree, Result.Warning, elsewhere);
      }
      case BuilderState.Agrees agrees -> {
        add(Check.BuilderReadable, Result.Passed, describe(agrees.builder()));
        add(Check.RingAndBuilderAgree, Result.Passed, "Ring and builder hold the same.");
      }
      case BuilderState.Ahead ahead -> {
        add(Check.BuilderReadable, Result.Passed, describe(ahead.builder()));
        add(
            Check.RingAndBuilderAgree,
            Result.Passed,
            "Of what was published last, the builder has been written; the ring follows.");
      }
      case BuilderState.Differs differs -> {
        add(Check.BuilderReadable, Result.Passed, describe(differs.builder()));
        add(
            Check.RingAndBuilderAgree,
            Result.Failed,
            differs.difference()
                + " Put the builder there that wrote this ring, or write the ring from the"
                + " builder (swift-ring-builder write_ring).");
      }
    }
  }

  private static String describe(RingBuilder builder) {
    return "Version " + builder.version() + ".";
  }

  private static Result targetResult(Ring ring, int target) {
    return target < ring.partPower() || target > 32 ? Result.Failed : Result.Passed;
  }

  static String targetMessage(Ring ring, int target) {
    if (target < ring.partPower()) {
      return "The target partition power %d is below the ring's, %d, and a partition power can't be lowered."
          .formatted(target, ring.partPower());
    }
    if (target > 32) {
      return "The target partition power "
          + target
          + " is above 32, the highest that Swift can use.";
    }
    return "From %d to %d: %d doubling(s)."
        .formatted(ring.partPower(), target, target - ring.partPower());
  }

  private static String describe(Ring ring) {
    return "Partition power %d, format %d, %s devices."
        .formatted(
            ring.partPower(),
            ring.formatVersion(),
            ring.devices().stream().filter(device -> device != null).count());
  }

  /** Exact, and bounded: it ends with the first doubling that does not fit. */
  private void checkSize(int target) {
    try {
      Ring ring = pair.ring();
      RingBuilder own = pair.builder();
      boolean ahead = builder instanceof BuilderState.Ahead;
      List<PartSize> sizes = List.of();
      while (ring.partPower() < target || ring.nextPartPower() != null) {
        Transition next = next(ring);
        ring = ring.after(next);
        own = own == null || ahead ? own : own.after(next, now);
        ahead = false;
        if (next == Transition.INCREASE) {
          sizes = pair.sizes().with(ring, own);
          List<String> tooLarge = tooLarge(sizes, ring.partPower());
          if (!tooLarge.isEmpty()) {
            addSentences(Check.StoreSize, tooLarge, "");
            return;
          }
        }
      }
      add(Check.StoreSize, Result.Passed, describe(sizes));
    } catch (TransitionRefusedException refused) {
      add(Check.StoreSize, Result.Failed, String.valueOf(refused.getMessage()));
    }
  }

  private static Transition next(Ring ring) {
    Integer next = ring.nextPartPower();
    if (next == null) {
      return Transition.PREPARE;
    }
    return next > ring.partPower() ? Transition.INCREASE : Transition.FINISH;
  }

  private List<String> tooLarge(List<PartSize> sizes, int partPower) {
    String orInstall =
        seen.increase().spec().ring().type() == RingSource.Type.ConfigMap
            ? " Or let agents install the ring (type HostPath): then both may be in parts."
            : "";
    return sizes.stream()
        .filter(size -> !size.fits())
        .map(
            size ->
                ("At partition power %d, with all else that it holds, %s would hold %,d bytes; it"
                            + " can hold %,d. Move what else is in it, or the builder, to another one.")
                        .formatted(partPower, size.name(), size.bytes(), size.limitBytes())
                    + orInstall)
        .toList();
  }

  private static String describe(List<PartSize> sizes) {
    return sizes.isEmpty()
        ? "Nothing grows."
        : "At the target, "
            + sizes.stream()
                .map(
                    size ->
                        "%s will hold %,d of at most %,d bytes"
                            .formatted(size.name(), size.bytes(), size.limitBytes()))
                .collect(joining(", "))
            + ".";
  }

  private void checkNodes() {
    if (devices.ringDevices().isEmpty() && devices.problems().isEmpty()) {
      add(Check.DevicesMatched, Result.Failed, "The ring has no device.");
      return;
    }
    addProblems(
        Check.DevicesMatched,
        devices.problems(),
        "Every device of the ring belongs to one of %d node(s)."
            .formatted(devices.ringDevices().size()));
    String dataDir = DataDir.of(seen.increase().spec().policyIndex());
    List<Problem> heldBack =
        seen.nodes().stream()
            .filter(node -> !devices.required(node, dataDir).isEmpty())
            .flatMap(node -> HeldBack.why(node, seen.increase().spec().nodes()).stream())
            .toList();
    addProblems(
        Check.NodesSelected, heldBack, "All nodes with devices that have to be done take part.");
    checkExclusions();
    addProblems(
        Check.AgentsAlive,
        barrier.lost(),
        "The agents of all %d node(s) answer.".formatted(barrier.nodes()));
    List<Problem> outdated =
        barrier.missingNodes().stream()
            .filter(problem -> !barrier.lost().contains(problem))
            .toList();
    addProblems(
        Check.RingDistributed, outdated, "All nodes that answer have the ring that the store has.");
    List<Problem> unusable =
        seen.nodes().stream().flatMap(node -> devices.unusable(node).stream()).toList();
    addProblems(
        Check.DevicesMounted, unusable, "All devices of the ring are on their nodes and mounted.");
    List<String> stale = new ArrayList<>();
    for (Node node : seen.nodes()) {
      for (DeviceStatus device : devicesOf(node)) {
        device.leftovers().stream()
            .filter(leftover -> DataDir.isOf(leftover, dataDir))
            .forEach(
                leftover ->
                    stale.add(
                        "Device %s of node %s holds what an earlier increase left behind (%s); wipe or clean it up first."
                            .formatted(device.name(), node.name(), leftover)));
      }
    }
    addSentences(
        Check.NoStaleDevices, stale, "No device holds what an earlier increase left behind.");
  }

  /** To leave out what may hold a partition's only replica would lose it. */
  private void checkExclusions() {
    List<ExcludedDevice> excluded = seen.increase().spec().nodes().excludeDevices();
    if (excluded.isEmpty()) {
      add(Check.NoExclusions, Result.Passed, "No device is to be left out.");
      return;
    }
    add(
        Check.NoExclusions,
        Result.Failed,
        "No device can be left out yet, and spec.nodes.excludeDevices names %s: take dead devices out of the ring (swift-ring-builder remove, rebalance), and empty the list."
            .formatted(
                excluded.stream()
                    .map(device -> device.device() + " of " + device.node())
                    .collect(joining(", "))));
  }

  /**
   * Every directory of an object exists twice until cleanup is done. How many inodes these are,
   * only a walk could tell; an object takes at least two inodes (its directory and a file) and,
   * where few share a suffix directory, up to three. So a third to two thirds of the used inodes
   * may be needed again, less by what other policies hold.
   */
  private void checkInodes() {
    String dataDir = DataDir.of(seen.increase().spec().policyIndex());
    List<String> impossible = new ArrayList<>();
    List<String> tight = new ArrayList<>();
    for (Node node : seen.nodes()) {
      Set<String> required = devices.required(node, dataDir);
      for (DeviceStatus device : devicesOf(node)) {
        long used = device.inodesTotal() - device.inodesFree();
        if (!required.contains(device.name()) || device.inodesTotal() <= 0) {
          continue;
        }
        String figures =
            "Device %s of node %s has %,d free inodes and %,d used ones"
                .formatted(device.name(), node.name(), device.inodesFree(), used);
        if (device.inodesFree() < used / 6) {
          impossible.add(figures + ": not enough for a second tree of directories.");
        } else if (device.inodesFree() < used / 3 * 2) {
          tight.add(figures + ": a second tree of directories may need more.");
        }
      }
    }
    if (!impossible.isEmpty()) {
      addSentences(Check.FreeInodes, impossible, "");
    } else if (!tight.isEmpty()) {
      add(Check.FreeInodes, Result.Warning, Sentences.first(tight));
    } else {
      add(
          Check.FreeInodes,
          Result.Passed,
          "All devices have inodes for a second tree of directories.");
    }
  }

  private static List<DeviceStatus> devicesOf(Node node) {
    return node.inventory() == null ? List.of() : node.inventory().devices();
  }

  private void addProblems(Check check, List<Problem> problems, String otherwise) {
    addSentences(check, problems.stream().map(Problem::message).toList(), otherwise);
  }

  private void addSentences(Check check, List<String> failures, String otherwise) {
    if (failures.isEmpty()) {
      add(check, Result.Passed, otherwise);
    } else {
      add(check, Result.Failed, Sentences.first(failures));
    }
  }

  private void add(Check check, Result result, String message) {
    checks.add(new PreflightCheck(check.name(), result, message));
  }
}
