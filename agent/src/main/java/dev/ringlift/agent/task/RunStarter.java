package dev.ringlift.agent.task;

import dev.ringlift.agent.contact.ApiContact;
import dev.ringlift.agent.node.NodeDevices;
import dev.ringlift.agent.node.NodeInventory;
import dev.ringlift.agent.node.RingDirectory;
import dev.ringlift.agent.node.SeenRing;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.relinker.Guard;
import dev.ringlift.relinker.LiveSettings;
import dev.ringlift.relinker.ObjectPolicy;
import dev.ringlift.relinker.RelinkRequest;
import dev.ringlift.relinker.RelinkRun;
import dev.ringlift.relinker.Relinker;
import dev.ringlift.relinker.RunIdentity;
import dev.ringlift.relinker.Verification;
import dev.ringlift.relinker.Verifier;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/** Makes runs of tasks. */
public final class RunStarter {
  private static final Logger LOG = Logger.getLogger(RunStarter.class);

  /** Files that verify finds wrong, and that are told in the log, of each run. */
  private static final int MOST_FINDINGS = 100;

  private final Relinker relinker;
  private final Verifier verifier;
  private final RingDirectory rings;
  private final NodeInventory inventory;
  private final ApiContact contact;
  private final RunSettings settings;
  private final PolicyKinds policies;

  public RunStarter(
      Relinker relinker,
      Verifier verifier,
      RingDirectory rings,
      NodeInventory inventory,
      ApiContact contact,
      RunSettings settings) {
    this.relinker = relinker;
    this.verifier = verifier;
    this.rings = rings;
    this.inventory = inventory;
    this.contact = contact;
    this.settings = settings;
    this.policies = new PolicyKinds(settings.swiftDirectory());
  }

  /** What is known of a policy. */
  PolicyKinds.Kind policy(int index) {
    return policies.of(index);
  }

  /** What would be done for a task on these devices; nothing is begun. */
  ActiveTask prepare(RelinkTask task, ObjectPolicy policy, Set<String> devices, Instant now) {
    Set<String> there = inventory.devices().map(NodeDevices::names).orElse(Set.of());
    Set<String> present = new TreeSet<>(devices);
    present.retainAll(there);
    Set<String> absent = new TreeSet<>(devices);
    absent.removeAll(there);
    LiveSettings live = new LiveSettings();
    ActiveTask prepared =
        new ActiveTask(
            task,
            absent,
            settings.devicesRoot().toString(),
            request(task, policy, present),
            live,
            now);
    prepared.obey(task.getSpec());
    return prepared;
  }

  /** Begins. A task without a device that is there has nothing to begin. */
  Optional<RelinkRun> start(ActiveTask prepared) {
    // A request without devices would mean all of them.
    if (prepared.request().devices().isEmpty()) {
      return Optional.empty();
    }
    Guard guard = guard(prepared.work());
    return Optional.of(
        prepared.work().verifies()
            ? verifier.start(prepared.request(), verification(prepared), prepared.settings(), guard)
            : relinker.start(prepared.request(), prepared.settings(), guard));
  }

  /**
   * The seed follows from what the task belongs to, so that another attempt looks at the same
   * partitions, to see what was mended, and another cycle or round at others.
   */
  private static Verification verification(ActiveTask prepared) {
    Work work = prepared.work();
    AtomicInteger told = new AtomicInteger();
    return new Verification(
        work.verify() == Verify.Sample ? Verification.SAMPLE : 1,
        Objects.hash(work.increaseUid(), work.cycle(), work.round()),
        finding -> {
          if (told.getAndIncrement() < MOST_FINDINGS) {
            LOG.warnf("%s: %s", prepared.task().getMetadata().getName(), finding);
          }
        });
  }

  private RelinkRequest request(RelinkTask task, ObjectPolicy policy, Set<String> devices) {
    Work work = Work.of(task.getSpec());
    RelinkRequest.Builder request =
        RelinkRequest.builder(
                settings.devicesRoot(), policy, work.step(), work.partPower(), work.nextPartPower())
            .identity(new RunIdentity(work.increaseUid(), work.cycle(), work.round()))
            .devices(devices)
            .mountCheck(settings.mountCheck())
            .replicationSlots(settings.replicationSlots());
    if (work.ringVersion() > 0) {
      request.ringVersion(work.ringVersion());
    }
    rings.ofPolicy(work.policyIndex()).map(SeenRing::modified).ifPresent(request::ringModified);
    return request.build();
  }

  private Guard guard(Work work) {
    return (device, partition) ->
        TaskPlanner.obstacle(
            work,
            rings.ofPolicy(work.policyIndex()),
            rings.path().toString(),
            contact.fresh(),
            contact.limit());
  }
}
