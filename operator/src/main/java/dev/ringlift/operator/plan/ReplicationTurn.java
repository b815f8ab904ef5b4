package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.Consumer.Kind;
import dev.ringlift.api.v1alpha1.Consumer.Proof;
import dev.ringlift.api.v1alpha1.Consumer.Role;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.plan.Audience.Group;
import dev.ringlift.operator.plan.Audience.Member;
import dev.ringlift.operator.plan.Decision.Approve;
import dev.ringlift.operator.plan.Decision.Wait;
import dev.ringlift.operator.plan.Observation.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Between two cycles replication gets its turn: from Prepare to Finish nobody has copied anything,
 * and the next cycle would go on with what lacks. Every object server that can be asked must tell
 * of a full pass that began after the Finish ring was everywhere and its processes had time to load
 * it: one that began before has passed over the partitions of this policy.
 *
 * <p>Invariant: the next Prepare is published only when of every node with devices of the ring such
 * a pass was told, or the user has approved {@code Prepare/<cycle>}. He can approve a pass that
 * nobody can tell of, and one that does not come.
 *
 * <p>Object servers tell in their own time. One whose clock is ahead by more than the settle time
 * could be believed too early; preflight warns of clocks that differ.
 */
final class ReplicationTurn {
  private static final String APPROVAL = "Prepare/";
  private static final int NAMED = 3;

  /** Whoever has told of no pass yet, as sentences. */
  private final List<String> missing = new ArrayList<>();

  /** The nodes with devices of the ring that nobody tells of. */
  private final Set<String> untold;

  private final Observation seen;
  private final int nodes;
  private final @Nullable Instant from;

  private ReplicationTurn(Scene scene) {
    this.seen = scene.seen();
    this.untold = new TreeSet<>(scene.devices().ringDevices().keySet());
    this.nodes = untold.size();
    Instant everywhere = everywhere(scene.status(), scene.pair().ringMd5());
    Duration settle = scene.settings().settle();
    this.from = everywhere == null ? null : everywhere.plus(settle);
    seen.audience().groups().stream().filter(ReplicationTurn::isAsked).forEach(this::ask);
  }

  /**
   * The plan to wait by; empty lets pass.
   *
   * @param next the cycle that has to wait
   */
  static Optional<Plan> hold(Scene scene, Cycle next) {
    ReplicationTurn turn = new ReplicationTurn(scene);
    String name = APPROVAL + next.number();
    if ((turn.missing.isEmpty() && turn.untold.isEmpty())
        || Gate.isApproved(scene.status(), name)) {
      return Optional.empty();
    }
    Observation.Increase increase = scene.seen().increase();
    if (name.equals(increase.approve())) {
      return Optional.of(
          scene.plan(
              Phase.AwaitingApproval,
              new Approve(
                  Reason.Approved, "%s was approved.".formatted(name), name, next.number())));
    }
    String command =
        "kubectl annotate ppi %s %s=%s."
            .formatted(increase.name(), ApiConstants.ANNOTATION_APPROVE, name);
    Duration after = scene.settings().recheck();
    return Optional.of(
        turn.missing.isEmpty()
            ? scene.plan(
                Phase.AwaitingApproval,
                new Wait(
                    Reason.ApprovalRequired, turn.untoldMessage(command) + scene.besides(), after))
            : scene.plan(
                Phase.Finishing,
                new Wait(
                    Reason.AwaitingReplication,
                    turn.missingMessage(command) + scene.besides(),
                    after)));
  }

  private static boolean isAsked(Group group) {
    return group.consumer().role() == Role.Object && group.consumer().proof() == Proof.Recon;
  }

  private void ask(Group group) {
    for (Member member : group.members()) {
      untold.removeAll(nodesOf(group.consumer(), member));
      Instant begun = member.answer() == null ? null : member.answer().replicated();
      if (from == null || begun == null || begun.isBefore(from)) {
        missing.add(
            "%s, %s: %s."
                .formatted(
                    ConsumerProofs.name(group.consumer()),
                    member.name(),
                    begun == null
                        ? "tells of no pass"
                        : "its last pass began at " + Times.format(begun)));
      }
    }
  }

  /** The nodes that a process tells of: where its pod runs, or whose address it has. */
  private Set<String> nodesOf(Consumer consumer, Member member) {
    if (member.node() != null) {
      return Set.of(member.node());
    }
    Set<String> of = new HashSet<>();
    if (consumer.kind() == Kind.Addresses) {
      String host = DeviceMap.canonical(host(member.name()));
      for (Node node : seen.nodes()) {
        if (node.addresses().stream().map(DeviceMap::canonical).anyMatch(host::equals)) {
          of.add(node.name());
        }
      }
    }
    return of;
  }

  /** Of {@code host:port} or {@code [v6]:port}. */
  private static String host(String address) {
    int port = address.lastIndexOf(':');
    String host = port < 0 ? address : address.substring(0, port);
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private String missingMessage(String command) {
    return "Before the next cycle, every object server has to have done a full replication pass that began after %s. %s%s If their replicators tell nothing to recon, see to it yourself that they have had their turn, and approve: %s"
        .formatted(since(), Sentences.first(missing), untold.isEmpty() ? "" : untold(), command);
  }

  private String untoldMessage(String command) {
    return "Before the next cycle, every node has to have done a full replication pass that began after %s.%s See to it yourself that it has, and approve: %s"
        .formatted(since(), untold(), command);
  }

  private String since() {
    return from == null ? "the Finish ring was everywhere" : Times.format(from);
  }

  private String untold() {
    List<String> names = List.copyOf(untold);
    return " Nobody tells of that on %d of %d nodes (%s%s): no consumer with role Object and proof Recon is there."
        .formatted(
            names.size(),
            nodes,
            String.join(", ", names.subList(0, Math.min(NAMED, names.size()))),
            names.size() > NAMED ? ", …" : "");
  }

  private static @Nullable Instant everywhere(
      @Nullable PartitionPowerIncreaseStatus status, String ringMd5) {
    if (status == null || status.ring() == null || !status.ring().md5().equals(ringMd5)) {
      return null;
    }
    Instant last = Times.parse(status.ring().lastProofTime(), Instant.MAX);
    return last.equals(Instant.MAX) ? null : last;
  }
}
