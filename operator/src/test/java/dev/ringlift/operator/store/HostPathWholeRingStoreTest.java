package dev.ringlift.operator.store;

import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.testkit.kube.ApiServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.List;
import java.util.Set;

/** Agents install the ring, and all is small enough to be whole. */
class HostPathWholeRingStoreTest extends RingStoreContract {
  private static final String MAP = SimulatedCluster.MAP;

  HostPathWholeRingStoreTest(ApiServer server) {
    super(server);
  }

  @Override
  RingSource source() {
    return new RingSource(
        RingSource.Type.HostPath,
        List.of(MAP),
        RingSource.Encoding.Raw,
        RingSource.Builder.Required);
  }

  @Override
  List<ConfigMap> maps(byte[] ring, byte[] builder) {
    return oneMap(MAP, ring, builder);
  }

  @Override
  byte[] ringFile() {
    return file(found(MAP), RING);
  }

  @Override
  Set<String> changedKeys() {
    return Set.of(RING, BUILDER);
  }

  @Override
  String badRing() {
    return "object.ring.gz in ConfigMap swift-rings";
  }
}
