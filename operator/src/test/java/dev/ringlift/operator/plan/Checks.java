package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.Consumer.Proof;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.operator.plan.Decision.Adopt;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.operator.plan.Observation.Task;
import dev.ringlift.operator.plan.World.Disk;
import dev.ringlift.operator.plan.World.Fall;
import dev.ringlift.operator.plan.World.Foreign;
import dev.ringlift.operator.plan.World.Health;
import dev.ringlift.operator.plan.World.Life;
import dev.ringlift.operator.plan.World.Server;
import dev.ringlift.operator.plan.World.Store;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.Transition;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds states, decisions and writes to the {@link Invariant}s: by what is true in the {@link
 * World}, not by what the planner was told of it.
 */
final class Checks {
  private final Site site;
  private final Set<Invariant> unchecked;

  /**
   * @param unchecked what may be broken
   */
  Checks(Site site, Set<Invariant> unchecked) {
    this.site = site;
    this.unchecked = Set.copyOf(unchecked);
  }

  private void check(
      Invariant invariant, boolean holds, String details, @Nullable Object... arguments) {
    if (!unchecked.contains(invariant)) {
      invariant.check(holds, details, arguments);
    }
  }

  /** How a result is known on a disk: of this ring, in this round of a task. */
  static String result(String ring, int round) {
    return ring + "/" + round;
  }

  /** A decision that is going to be carried out. */
  void decision(World world, Plan plan) {
    switch (plan.decision()) {
      case Publish publish -> publish(world, publish);
      case ChangeTasks change ->
          change.changes().stream()
              .filter(task -> !task.spec().paused())
              .forEach(task -> work(world, task));
      case Adopt adopt -> adopt(world, adopt);
      case Complete complete ->
          check(Invariant.OURS, world.store().foreign() == null, "is Complete");
      default -> {}
    }
  }

  /** What would be said of an increase that is halted for as long. */
  void halted(@Nullable PartitionPowerIncreaseStatus status, Plan muchLater) {
    List<String> told = muchLater.facts().problems().stream().map(Problem::reason).toList();
    check(
        Invariant.WATCHED,
        status == null
            || ((status.cleanupDeadline() == null || told.contains(Reason.DeadlineAtRisk.name()))
                && (status.replicationSuspendedSince() == null
                    || told.contains(Reason.ReplicationSuspended.name()))),
        "it would be told of %s",
        told);
  }

  private void publish(World world, Publish publish) {
    String what = "publishes the " + Transitions.name(publish.transition()) + " ring";
    Store store = world.store();
    boolean ends =
        publish.transition() == Transition.FINISH || publish.transition() == Transition.CANCEL;
    rest(world, ends, what);
    firstCome(world, what);
    check(
        Invariant.OURS,
        store.foreign() == null || !store.begun(),
        "%s on another hand's ring",
        what);
    boolean first = !store.begun();
    switch (publish.transition()) {
      case PREPARE -> {
        if (first) {
          checkFirst(world, what);
        } else {
          barrier(world, what);
          check(
              Invariant.REPLICATED,
              world.user().cancelledAt() != null || world.setting().replicated(),
              "%s of cycle %s",
              what,
              publish.intent().cycle());
        }
      }
      case INCREASE -> {
        check(Invariant.NOT_CANCELLED, world.user().cancelledAt() == null, "%s", what);
        barrier(world, what);
        world.disks().forEach(disk -> relinked(world, disk));
        approved(world, Gate.Increase, publish.intent().cycle());
      }
      case CANCEL ->
          check(
              Invariant.NOT_CANCELLED,
              world.user().cancelledAt() != null && !world.isPastPointOfNoReturn(),
              "%s",
              what);
      case FINISH -> {
        barrier(world, what);
        world.disks().forEach(disk -> cleaned(world, disk));
      }
    }
  }

  private void rest(World world, boolean ends, String what) {
    check(Invariant.REST, !world.user().paused(), "%s while paused", what);
    check(Invariant.REST, ends || !world.setting().closed(), "%s outside of all windows", what);
  }

  private void firstCome(World world, String what) {
    check(Invariant.FIRST_COME, world.setting().other() == Setting.Other.NONE, "%s", what);
  }

  private void checkFirst(World world, String what) {
    for (Server server : world.servers()) {
      check(
          Invariant.FIRST_RING,
          tellsNothing(server) || OperatorModel.isCurrent(world, server),
          "%s without %s",
          what,
          server.name());
      for (Disk disk : server.disks()) {
        check(
            Invariant.FIRST_RING,
            disk.health() != Health.Unmounted,
            "%s without %s",
            what,
            disk.name());
      }
    }
  }

  /**
   * A proxy that is only started anew, or given time: before the first ring it had the one there.
   */
  private boolean tellsNothing(Server server) {
    return server.isProxy() && site.proof() != Proof.Recon;
  }

  private void barrier(World world, String what) {
    for (Server server : world.servers()) {
      boolean proxyAnswers = !server.isProxy() || server.life() == Life.Up;
      check(
          Invariant.BARRIER,
          (site.proof() == Proof.Wait && server.isProxy())
              ? server.ring().equals(world.store().ring())
              : OperatorModel.isCurrent(world, server) && proxyAnswers,
          "%s without %s",
          what,
          server.name());
      check(
          Invariant.BARRIER,
          server.settled(),
          "%s before %s has had time for its ring",
          what,
          server.name());
    }
  }

  private void relinked(World world, Disk disk) {
    String linked = disk.linked();
    check(
        Invariant.RELINKED,
        isOfThisRound(world, linked),
        "increases, and on %s was done: %s",
        disk.name(),
        linked);
    if (site.verify() != Verify.None) {
      check(
          Invariant.VERIFIED,
          Objects.equals(linked, disk.verified()),
          "increases, and %s was relinked in %s, verified in %s",
          disk.name(),
          linked,
          disk.verified());
    }
  }

  private void cleaned(World world, Disk disk) {
    check(
        Invariant.CLEANED,
        isOfThisRound(world, disk.cleaned()),
        "finishes, and on %s was done: %s",
        disk.name(),
        disk.cleaned());
  }

  private static boolean isOfThisRound(World world, @Nullable String result) {
    if (result == null) {
      return false;
    }
    int slash = result.indexOf('/');
    int round = Integer.parseInt(result.substring(slash + 1));
    return result.substring(0, slash).equals(world.store().ring())
        && Rounds.ofPublication(round) == RingGuard.round(world.publication());
  }

  private void approved(World world, Gate gate, int cycle) {
    if (site.manual()) {
      String name = gate.name() + "/" + cycle;
      check(Invariant.APPROVED, Gate.isApproved(world.status(), name), "goes through %s", name);
    }
  }

  /** Work that nobody does yet. */
  private void work(World world, TaskChange change) {
    RelinkTaskSpec spec = change.spec();
    String what = "begins " + spec.step();
    rest(world, false, what);
    firstCome(world, what);
    check(
        Invariant.OURS,
        (world.store().foreign() == null || !world.store().begun())
            && spec.ringMd5().equals(world.store().ring()),
        "%s on another ring than ours",
        what);
    boolean begun =
        world.tasks().stream()
            .map(Task::spec)
            .anyMatch(
                other ->
                    other.step() == spec.step()
                        && other.ringMd5().equals(spec.ringMd5())
                        && Rounds.ofPublication(other.round())
                            == Rounds.ofPublication(spec.round()));
    if (begun) {
      return;
    }
    barrier(world, what);
    boolean takesBack = spec.step() == Step.Cleanup && !world.isPastPointOfNoReturn();
    if (!takesBack) {
      approved(world, spec.step() == Step.Cleanup ? Gate.Cleanup : Gate.Relink, spec.cycle());
    }
  }

  private void adopt(World world, Adopt adopt) {
    Foreign foreign = world.store().foreign();
    check(
        Invariant.OURS,
        foreign == null
            || !world.store().begun()
            || world.store().ring().equals(world.user().accept()),
        "takes over another hand's ring (%s) that nobody accepted",
        adopt.intent().transition());
  }

  /** A write that the API server accepts. */
  void write(World world, Write write) {
    check(
        Invariant.REMAINS,
        !world.hasEnded()
            || write instanceof Write.OfAnnotation
            || write instanceof Write.OfStamp // pods start once too often, with the present ring
            || nobodyBegins(world, write),
        "%s after the end",
        write);
    switch (write) {
      case Write.OfTask(TaskChange change) -> {
        taskRules(world.task(change.name()), change.spec());
        turns(world, change.spec());
      }
      case Write.OfStatus(PartitionPowerIncreaseStatus next) -> status(world, next);
      case Write.OfRing ring -> ring(world, ring);
      case Write.OfBuilder builder ->
          check(
              Invariant.OURS,
              world.store().foreign() == null || !world.store().begun(),
              "writes over another hand's");
      case Write.OfStamp stamp -> {}
      case Write.OfAnnotation annotation -> {}
    }
  }

  /**
   * A task that a replaced operator had sent: agents work only while they see its ring, and that is
   * gone.
   */
  private static boolean nobodyBegins(World world, Write write) {
    return write instanceof Write.OfTask(TaskChange change)
        && !change.spec().ringMd5().equals(world.store().ring());
  }

  /** As the schema of RelinkTask has it. */
  private void taskRules(@Nullable Task old, RelinkTaskSpec next) {
    if (old == null) {
      return;
    }
    RelinkTaskSpec was = old.spec();
    check(
        Invariant.TASK_RULES,
        next.round() >= was.round()
            && (next.ringMd5().equals(was.ringMd5()) || next.round() > was.round())
            && next.step() == was.step()
            && next.cycle() == was.cycle()
            && next.partPower() == was.partPower()
            && next.nextPartPower() == was.nextPartPower()
            && next.devices().containsAll(was.devices()),
        "%s becomes %s",
        was,
        next);
  }

  /** Every node is a zone of its own here. */
  private void turns(World world, RelinkTaskSpec next) {
    boolean othersWork =
        world.tasks().stream()
            .filter(task -> task.spec().ringMd5().equals(next.ringMd5()))
            .filter(task -> !task.spec().nodeName().equals(next.nodeName()))
            .anyMatch(task -> !task.spec().paused() && !task.hasEnded());
    check(
        Invariant.TURNS,
        !site.zoneByZone() || next.paused() || !othersWork,
        "%s begins beside another",
        next.nodeName());
  }

  private void status(World world, PartitionPowerIncreaseStatus next) {
    List<String> before =
        world.status() == null || world.status().approved() == null
            ? List.of()
            : world.status().approved();
    if (next.approved() != null) {
      for (String gate : next.approved()) {
        check(
            Invariant.APPROVED,
            before.contains(gate) || gate.equals(world.user().approve()),
            "notes an approval of %s that was not given, or withdrawn",
            gate);
      }
    }
    if (next.phase() != null && next.phase().terminal()) {
      ended(world, next.phase());
    }
  }

  private void ring(World world, Write.OfRing write) {
    Store store = world.store();
    Publication publication = world.publication();
    check(
        Invariant.OURS,
        write.from().equals(store.ring()),
        "writes over a ring that it has not seen");
    check(
        Invariant.INTENT_FIRST,
        publication != null && publication.md5().equals(write.ring()),
        "%s",
        write.transition());
    String builder = write.builder() == null ? store.builder() : write.builder();
    check(
        Invariant.AGREE, site.rings().agree(write.ring(), builder), "after %s", write.transition());
    if (write.transition() == Transition.INCREASE) {
      check(
          Invariant.INTENT_FIRST,
          world.isPastPointOfNoReturn(),
          "there is no way back, and the status does not say so");
      check(Invariant.NOT_CANCELLED, world.user().cancelledAt() == null, "increases");
    }
  }

  private void ended(World world, Phase phase) {
    Integer cancelledAt = world.user().cancelledAt();
    Ring ring = site.rings().ring(world.store().ring());
    int power = cancelledAt == null ? site.target() : cancelledAt;
    Invariant invariant = cancelledAt == null ? Invariant.ENDS : Invariant.OLD_POWER;
    check(
        invariant,
        phase == (cancelledAt == null ? Phase.Complete : Phase.Cancelled)
            && ring.partPower() == power
            && ring.nextPartPower() == null,
        "%s at partition power %s, next %s",
        phase,
        ring.partPower(),
        ring.nextPartPower());
    boolean ours =
        world.store().foreign()
            == null; // what another hand does while the end is being said is its own affair
    check(Invariant.AGREE, agree(world) || !ours, "at the end");
    for (Disk disk : world.disks()) {
      check(
          invariant, disk.powers() == (1 << power), "%s holds links of another power", disk.name());
    }
  }

  private boolean agree(World world) {
    return site.rings().agree(world.store().ring(), world.store().builder());
  }

  /** Though nothing goes wrong any more. */
  void neverEnds(String message) {
    check(Invariant.ENDS, false, "it goes on and on: %s", message);
  }

  /** Every state. */
  void state(World world) {
    if (world.store().foreign() == null && !agree(world)) {
      check(
          Invariant.AGREE,
          BuilderState.of(site.pair(world), world.publication()) instanceof BuilderState.Ahead,
          "and the status does not tell of it");
    }
    for (Server server : world.servers()) {
      Ring ring = site.rings().ring(server.ring());
      for (Disk disk : world.disks()) {
        check(
            Invariant.READABLE,
            server.fall() != Fall.NONE || disk.hasAllAt(ring.partPower()),
            "%s looks at power %s, and %s does not have all there",
            server.name(),
            ring.partPower(),
            disk.name());
      }
    }
  }
}
