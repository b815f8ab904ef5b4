package dev.ringlift.operator.store;

import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.operator.plan.Check;
import dev.ringlift.testkit.kube.ApiServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The ring alone: its builder is kept elsewhere. */
class AbsentBuilderRingStoreTest extends RingStoreContract {
  private static final String MAP = "swift-rings";

  AbsentBuilderRingStoreTest(ApiServer server) {
    super(server);
  }

  @Override
  RingSource source() {
    return new RingSource(
        RingSource.Type.ConfigMap,
        List.of(MAP),
        RingSource.Encoding.Raw,
        RingSource.Builder.Absent);
  }

  @Override
  List<ConfigMap> maps(byte[] ring, byte[] builder) {
    return List.of(map(MAP).addToBinaryData(RING, base64(ring)).build());
  }

  @Override
  byte[] ringFile() {
    return file(found(MAP), RING);
  }

  @Override
  Set<String> changedKeys() {
    return Set.of(RING);
  }

  @Override
  String badRing() {
    return "object.ring.gz in ConfigMap swift-rings";
  }

  @Test
  void refusesABuilderThatWouldBeLeftBehind() {
    edit(MAP, map -> map.addToBinaryData(BUILDER, base64(new byte[] {1})));

    assertUnusable(
        Check.RingStore,
        "The builder is said to be Absent, but ConfigMap swift-rings has object.builder");
  }
}
