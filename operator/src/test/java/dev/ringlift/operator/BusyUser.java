package dev.ringlift.operator;

import static dev.ringlift.operator.IncreaseRunTest.ringMap;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.Consumer.Kind;
import dev.ringlift.api.v1alpha1.Consumer.Proof;
import dev.ringlift.api.v1alpha1.Consumer.Role;
import dev.ringlift.api.v1alpha1.Gates;
import dev.ringlift.api.v1alpha1.Gates.Gate;
import dev.ringlift.api.v1alpha1.NodeSelection;
import dev.ringlift.api.v1alpha1.NodeSelection.ExcludedDevice;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.operator.cluster.SimulatedWorkload;
import dev.ringlift.testkit.process.LoopbackPorts;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An increase whose user asks for whatever makes an operator write: a gate to approve, a limit that
 * changes in the middle, a device to leave out, a proxy whose pods are told of each ring, a
 * Deployment that is started anew for each, and an end that removes the increase.
 */
final class BusyUser implements AutoCloseable {
  private static final String ADDRESS = "127.0.0.4";
  private static final int LIMIT = 100;
  private static final String LEFT_OUT = "sdc1";

  private final SimulatedCluster cluster;
  private final SimulatedWorkload proxy;
  private final SimulatedWorkload expirer;
  private @Nullable String rolledOut;
  private int pods;
  private boolean limited;
  private boolean complete;

  /** The increase is applied. */
  BusyUser(SimulatedCluster cluster) {
    this.cluster = cluster;
    cluster.putRing(cluster.newBuilder(6));
    int port = LoopbackPorts.free();
    proxy = SimulatedWorkload.create(cluster, "swift-proxy", 1, false, port);
    proxy.startPod("proxy-a", ADDRESS);
    proxy.deliver("proxy-a", publishedRing());
    expirer = SimulatedWorkload.create(cluster, "swift-expirer", 1, true, port);
    rollOut();
    PartitionPowerIncrease increase = cluster.increase("grow", 7);
    increase.setSpec(
        increase.getSpec().toBuilder()
            .consumers(
                new Consumer(
                    Kind.Deployment, "swift-proxy", Role.Proxy, Proof.Recon, port, null, null),
                new Consumer(
                    Kind.Deployment, "swift-expirer", Role.Other, Proof.Restart, null, null, null))
            .gates(new Gates(Gate.Automatic, Gate.Manual, Gate.Automatic))
            .nodes(
                new NodeSelection(
                    null,
                    "100%",
                    false,
                    List.of(new ExcludedDevice(cluster.agent(2).node(), LEFT_OUT))))
            .ttlAfterFinished("5s")
            .build());
    cluster.client().resource(increase).create();
    cluster.agent(1).stopWorking();
  }

  /** Does what a user and a cluster would do now. */
  void act() {
    PartitionPowerIncrease increase = increase().get();
    if (increase == null) {
      return;
    }
    proxy.deliver("proxy-a", publishedRing());
    if (!Objects.equals(expirer.stamp(), rolledOut)) {
      rollOut();
    }
    PartitionPowerIncreaseStatus status = increase.getStatus();
    Phase phase = status == null ? Phase.Pending : status.phase();
    complete |= phase == Phase.Complete;
    if (phase == Phase.Relinking && !limited && !cluster.tasks().isEmpty()) {
      limited = true;
      wish("{\"spec\":{\"relinker\":{\"filesPerSecond\":%d}}}".formatted(LIMIT));
    }
    boolean told =
        cluster.tasks().stream()
            .anyMatch(task -> task.getSpec().relinker().filesPerSecond() == LIMIT);
    if (told) {
      cluster.agent(1).goOnWorking();
    }
    if (phase == Phase.AwaitingApproval) {
      wish(
          "{\"metadata\":{\"annotations\":{\"%s\":\"Increase/1\"}}}"
              .formatted(ApiConstants.ANNOTATION_APPROVE));
    }
  }

  /** A pod of the present template takes the place of the one that is there. */
  private void rollOut() {
    rolledOut = expirer.stamp();
    expirer.startPod("expirer-" + (pods + 1), null);
    if (pods > 0) {
      expirer.deletePod("expirer-" + pods);
    }
    pods++;
    expirer.rollOut(1);
  }

  private byte[] publishedRing() {
    return Base64.getDecoder().decode(ringMap(cluster).getBinaryData().get(SimulatedCluster.RING));
  }

  boolean sawComplete() {
    return complete;
  }

  /** It has ended and removed itself. */
  boolean isGone() {
    return increase().get() == null;
  }

  private void wish(String patch) {
    increase().patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  private Resource<PartitionPowerIncrease> increase() {
    return cluster
        .client()
        .resources(PartitionPowerIncrease.class)
        .inNamespace(cluster.namespace())
        .withName("grow");
  }

  @Override
  public void close() {
    proxy.close();
    expirer.close();
  }
}
