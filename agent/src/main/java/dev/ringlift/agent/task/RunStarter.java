package dev.ringlift.agent.task;

import dev.ringlift.agent.contact.ApiContact;
import dev.ringlift.agent.node.NodeDevices;
import dev.ringlift.agent.node.NodeInventory;
import dev.ringlift.agent.node.RingDirectory;
import dev.ringlift.agent.node.SeenRing;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.relinker.Guard;
import dev.ringlift.relinker.LiveSettings;
import dev.ringlift.relinker.ObjectPolicy;
import dev.ringlift.relinker.RelinkRequest;
import dev.ringlift.relinker.RelinkRun;
import dev.ringlift.relinker.Relinker;
import dev.ringlift.relinker.RunIdentity;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Makes runs of tasks. */
final class RunStarter {
  private final Relinker relinker;
  private final RingDirectory rings;
  private final NodeInventory inventory;
  private final ApiContact contact;
  private final RunSettings settings;
  private final PolicyKinds policies;

  RunStarter(
      Relinker relinker,
      RingDirectory rings,
      NodeInventory inventory,
      ApiContact contact,
      RunSettings settings) {
    this.relinker = relinker;
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
    Set<String> there =
        inventory.last().map(NodeInventory.Look::devices).map(NodeDevices::names).orElse(Set.of());
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
    return prepared.request().devices().isEmpty()
        ? Optional.empty()
        : Optional.of(
            relinker.start(prepared.request(), prepared.settings(), guard(prepared.work())));
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
