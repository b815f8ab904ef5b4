package dev.ringlift.operator.plan;

import static java.util.stream.Collectors.joining;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck.Result;
import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.api.v1alpha1.Window;
import dev.ringlift.operator.plan.StoreSizes.PartSize;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.Transition;
import dev.ringlift.ring.TransitionRefusedException;
import java.time.Instant;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Optional;
import java.util.stream.LongStream;

/** The checks, before a Prepare ring is published, of the ring and its store. */
final class RingChecks {
  /** Swift's advice is a hundred partitions for each disk; ten times that is even enough. */
  private static final double PLENTY = 1000;

  private final Observation seen;
  private final StoredRing.Pair pair;
  private final BuilderState builder;
  private final Instant now;
  private final CheckList checks;

  private RingChecks(Scene scene, CheckList checks) {
    this.checks = checks;
    this.seen = scene.seen();
    this.pair = scene.pair();
    this.builder = BuilderState.of(pair, seen.increase().publication());
    this.now = scene.now();
  }

  static void make(Scene scene, CheckList checks) {
    new RingChecks(scene, checks).checkRing();
  }

  private void checkRing() {
    Ring ring = pair.ring();
    int target = seen.increase().spec().targetPartPower();
    checks.add(Check.RingStore, Result.Passed, "What the increase names is there.");
    checks.add(Check.RingReadable, Result.Passed, describe(ring));
    checkBuilder();
    checks.add(Check.TargetPartPower, targetResult(ring, target), targetMessage(ring, target));
    checkNeeded(target);
    checkWindows();
    Optional<String> refusal = Adoption.refusal(ring, target);
    if (refusal.isPresent()) {
      checks.add(Check.NotUnderWay, Result.Failed, refusal.get());
      return;
    }
    checks.add(
        Check.NotUnderWay,
        ring.nextPartPower() == null ? Result.Passed : Result.Warning,
        Adoption.description(ring));
    checkSize(target);
  }

  /** A higher power helps where disks have so few partitions that they fill unevenly. */
  private void checkNeeded(int target) {
    long[] partitions = pair.ring().partitionsByDevice();
    LongSummaryStatistics all =
        LongStream.of(partitions).filter(count -> count > 0).summaryStatistics();
    double grows = Math.pow(2, target - pair.ring().partPower());
    String figures =
        "%,.0f partitions a device on average now (%,d to %,d), %,.0f at the target."
            .formatted(all.getAverage(), all.getMin(), all.getMax(), all.getAverage() * grows);
    if (all.getCount() > 0 && all.getAverage() >= PLENTY && grows > 1) {
      checks.add(
          Check.Needed,
          Result.Warning,
          figures
              + " That is plenty already: more make replication slower and take memory and inodes, and there is no way back. Make sure that you need them.");
    } else {
      checks.add(Check.Needed, Result.Passed, figures);
    }
  }

  private void checkWindows() {
    List<Window> windows = seen.increase().spec().windows();
    checks.failIf(
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
        checks.add(Check.BuilderReadable, Result.Warning, elsewhere);
        checks.add(Check.RingAndBuilderAgree, Result.Warning, elsewhere);
      }
      case BuilderState.Agrees agrees -> {
        checks.add(Check.BuilderReadable, Result.Passed, describe(agrees.builder()));
        checks.add(Check.RingAndBuilderAgree, Result.Passed, "Ring and builder hold the same.");
      }
      case BuilderState.Ahead ahead -> {
        checks.add(Check.BuilderReadable, Result.Passed, describe(ahead.builder()));
        checks.add(
            Check.RingAndBuilderAgree,
            Result.Passed,
            "Of what was published last, the builder has been written; the ring follows.");
      }
      case BuilderState.Differs differs -> {
        checks.add(Check.BuilderReadable, Result.Passed, describe(differs.builder()));
        checks.add(
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
            checks.failIf(Check.StoreSize, tooLarge, "");
            return;
          }
        }
      }
      checks.add(Check.StoreSize, Result.Passed, describe(sizes));
    } catch (TransitionRefusedException refused) {
      checks.add(Check.StoreSize, Result.Failed, String.valueOf(refused.getMessage()));
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
}
