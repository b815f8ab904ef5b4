package dev.ringlift.operator.store;

import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.operator.plan.Check;
import dev.ringlift.testkit.kube.ApiServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Ring and builder in one ConfigMap. */
class OneMapRingStoreTest extends RingStoreContract {
  private static final String MAP = "swift-rings";

  OneMapRingStoreTest(ApiServer server) {
    super(server);
  }

  @Override
  RingSource source() {
    return RingSource.inConfigMaps(MAP);
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

  @Test
  void saysWhichKeyIsMissingAndWhatIsThere() {
    edit(MAP, map -> map.removeFromBinaryData(BUILDER));

    assertUnusable(
        Check.RingStore,
        "ConfigMap swift-rings has no binaryData key object.builder: it has object-5.ring.gz,"
            + " object.ring.gz. If you keep the builder elsewhere, say builder: Absent.");
  }

  @Test
  void saysThatAFileWasPutThereAsText() {
    edit(MAP, map -> map.removeFromBinaryData(RING).addToData(RING, "H4sI"));

    assertUnusable(Check.RingStore, "it has that key under data, as text; put the file there with");
  }
}
