package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.DeviceStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingFileStatus;
import dev.ringlift.operator.plan.Audience.Group;
import dev.ringlift.operator.plan.Audience.Member;
import dev.ringlift.operator.plan.Audience.Workload;
import dev.ringlift.operator.plan.Observation.Heartbeat;
import dev.ringlift.operator.plan.Observation.Increase;
import dev.ringlift.operator.plan.Observation.Node;
import dev.ringlift.operator.plan.Observation.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** What a wrong planner would believe in place of what is to be seen. */
final class Hearsay {
  private Hearsay() {}

  /** Everybody answers, and has the ring that the store has. */
  static Observation everybodyHasTheRing(Observation seen) {
    String md5 = ((StoredRing.Pair) seen.store()).ringMd5();
    return of(
        seen,
        seen.increase(),
        node ->
            new Node(
                node.name(),
                node.addresses(),
                node.labels(),
                having(Objects.requireNonNull(node.inventory()), md5),
                new Heartbeat(Site.NOW, Duration.ofSeconds(40))),
        task -> task,
        member ->
            new Member(
                member.name(),
                true,
                false,
                null,
                null,
                new ReconAnswer(
                    Site.NOW, Map.of("object.ring.gz", md5), "2.38.3", Duration.ZERO, null),
                null));
  }

  private static StorageNodeStatus having(StorageNodeStatus s, String md5) {
    return new StorageNodeStatus(
        s.agentVersion(),
        s.deviceCount(),
        s.devices(),
        s.rings().stream()
            .map(ring -> new RingFileStatus(ring.file(), md5, 1L, null, null, ring.since(), null))
            .toList(),
        s.ringProblems());
  }

  /** Every disk is there. */
  static Observation everyDiskIsMounted(Observation seen) {
    return of(
        seen,
        seen.increase(),
        node -> {
          StorageNodeStatus s = Objects.requireNonNull(node.inventory());
          return new Node(
              node.name(),
              node.addresses(),
              node.labels(),
              new StorageNodeStatus(
                  s.agentVersion(),
                  s.deviceCount(),
                  s.devices().stream().map(Hearsay::mounted).toList(),
                  s.rings(),
                  s.ringProblems()),
              node.heartbeat());
        },
        task -> task,
        member -> member);
  }

  private static DeviceStatus mounted(DeviceStatus d) {
    return new DeviceStatus(
        d.name(), true, "xfs", 1000, 900, 1, 1, d.dataDirs(), d.leftovers(), null);
  }

  /** No other increase is there. */
  static Observation thereIsNoOther(Observation seen) {
    return Essence.with(seen, "rivals", List.of());
  }

  /** Every node has just had a whole replication pass. */
  static Observation everybodyHasReplicated(Observation seen) {
    return of(
        seen,
        seen.increase(),
        node -> node,
        task -> task,
        member ->
            member.answer() == null
                ? member
                : Essence.with(
                    member,
                    "answer",
                    Essence.with(
                        member.answer(), "replicated", Site.NOW.plus(Duration.ofHours(1)))));
  }

  /** Every pod was made from the template as it is. */
  static Observation everyPodIsNew(Observation seen) {
    List<Group> groups = new ArrayList<>();
    for (Group group : seen.audience().groups()) {
      Workload workload = group.workload();
      groups.add(
          workload == null
              ? group
              : new Group(
                  group.consumer(),
                  Essence.with(workload, "updated", workload.desired()),
                  group.members().stream()
                      .map(member -> Essence.with(member, "stamp", workload.stamp()))
                      .toList()));
    }
    return Essence.with(seen, "audience", new Audience(groups, seen.audience().mounts()));
  }

  /** All that was seen long ago has been so for long. */
  static Observation settledLongAgo(Observation seen) {
    PartitionPowerIncreaseStatus status = seen.increase().status();
    return status == null ? seen : with(seen, Essence.aged(status));
  }

  /** Whoever has a task of this step has done it. */
  static Observation isDone(Observation seen, RelinkTaskSpec.Step step, String node) {
    return of(
        seen,
        seen.increase(),
        each -> each,
        task -> {
          boolean meant = task.spec().step() == step && task.spec().nodeName().equals(node);
          return meant ? done(task) : task;
        },
        member -> member);
  }

  private static Task done(Task task) {
    Map<String, Boolean> devices = new TreeMap<>();
    task.spec().devices().forEach(device -> devices.put(device, true));
    return new Task(
        task.name(),
        task.generation(),
        task.resourceVersion(),
        task.spec(),
        TaskReports.ended(task.spec(), devices));
  }

  /** The user wants something else. */
  static Observation wanting(
      Observation seen, UnaryOperator<PartitionPowerIncreaseSpec.Builder> other) {
    Increase i = seen.increase();
    PartitionPowerIncreaseSpec spec = other.apply(i.spec().toBuilder()).build();
    return of(
        seen,
        new Increase(
            i.name(), i.uid(), i.generation(), i.created(), spec, i.annotations(), i.status()),
        node -> node,
        task -> task,
        member -> member);
  }

  /** Whatever ring is there is the one that was published. */
  static Observation thatIsOurRing(Observation seen) {
    PartitionPowerIncreaseStatus status = seen.increase().status();
    StoredRing.Pair pair = (StoredRing.Pair) seen.store();
    Publication p = status == null ? null : status.publication();
    if (status == null || p == null) {
      return seen;
    }
    Publication ours =
        new Publication(
            p.transition(),
            p.cycle(),
            pair.ringMd5(),
            pair.ring().version(),
            p.fromMd5(),
            p.decidedAt(),
            pair.ring().partPower(),
            pair.ring().nextPartPower(),
            p.devices(),
            pair.builder() == null ? null : pair.builder().id(),
            p.round(),
            null);
    return with(seen, Essence.with(status, "publication", ours));
  }

  /** No ring was ever disturbed, and all work is of the first round. */
  static Observation inTheFirstRound(Observation seen) {
    PartitionPowerIncreaseStatus status = seen.increase().status();
    Publication p = status == null ? null : status.publication();
    if (status == null || p == null) {
      return seen;
    }
    return with(seen, Essence.with(status, "publication", Essence.with(p, "round", null)));
  }

  private static Observation with(Observation seen, PartitionPowerIncreaseStatus status) {
    Increase i = seen.increase();
    return of(
        seen,
        new Increase(
            i.name(), i.uid(), i.generation(), i.created(), i.spec(), i.annotations(), status),
        node -> node,
        task -> task,
        member -> member);
  }

  private static Observation of(
      Observation seen,
      Increase increase,
      UnaryOperator<Node> node,
      UnaryOperator<Task> task,
      UnaryOperator<Member> member) {
    return new Observation(
        increase,
        seen.store(),
        seen.nodes().stream().map(node).toList(),
        seen.tasks().stream().map(task).toList(),
        seen.rivals(),
        seen.published(),
        new Audience(
            seen.audience().groups().stream()
                .map(
                    group ->
                        new Group(
                            group.consumer(),
                            group.workload(),
                            group.members().stream().map(member).toList()))
                .toList(),
            seen.audience().mounts()));
  }
}
