package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.operator.plan.Audience.Mount;
import dev.ringlift.operator.plan.Decision.Adopt;
import dev.ringlift.operator.plan.Decision.Fail;
import dev.ringlift.operator.plan.Decision.Halt;
import dev.ringlift.operator.plan.Decision.Publish;
import java.util.List;

/**
 * What is to be done beside the decision so that consumers get the ring in the store, and can prove
 * it, and so that what was left out is remembered. Only of a ring that was published by this
 * increase and was seen in the store: a pod template is stamped, and pods are told, for no other;
 * and for that one also while the next one is decided on and not written, for its operator may have
 * died in between.
 *
 * @param restarts workloads whose pods are to be started anew
 * @param notices pods whose kubelet is to look for the ring at once
 * @param remembrances nodes that are to remember something else of devices that were left out
 */
public record Errands(
    List<Restart> restarts, List<Notice> notices, List<Remembrance> remembrances) {
  /** Nothing. */
  public static final Errands NONE = new Errands(List.of(), List.of(), List.of());

  public Errands {
    restarts = List.copyOf(restarts);
    notices = List.copyOf(notices);
    remembrances = List.copyOf(remembrances);
  }

  /**
   * A pod that mounts the ring.
   *
   * @param uid of this very pod
   * @param md5 of the ring
   */
  public record Notice(String pod, String uid, String md5) {}

  /** What a plan leaves to be done. */
  public static Errands of(Observation seen, Plan plan) {
    Barrier barrier = plan.facts().barrier();
    PartitionPowerIncreaseStatus status = seen.increase().status();
    boolean changing =
        switch (plan.decision()) {
          case Publish publish -> true;
          case Adopt adopt -> true;
          case Halt halt -> true;
          case Fail fail -> true;
          default -> false;
        };
    if (changing
        || barrier == null
        || status == null
        || status.ring() == null
        || !(seen.store() instanceof StoredRing.Pair pair)
        || !status.ring().md5().equals(pair.ringMd5())
        || Cycles.hasNotBegun(status, pair.ring())
        || !PublishedRing.isOurs(status, pair.ringMd5())) {
      return NONE;
    }
    List<Notice> notices =
        seen.audience().mounts().stream()
            .filter(Mount::directory)
            .filter(mount -> !pair.ringMd5().equals(mount.told()))
            .map(mount -> new Notice(mount.pod(), mount.uid(), pair.ringMd5()))
            .toList();
    DeviceMap devices = plan.facts().devices();
    return new Errands(
        barrier.consumers().restarts(),
        notices,
        devices == null ? List.of() : Remembrance.of(seen, pair.ring(), devices));
  }
}
