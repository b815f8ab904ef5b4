package dev.ringlift.operator.store;

import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.operator.plan.Check;
import dev.ringlift.testkit.kube.ApiServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Ring and builder in a ConfigMap each. */
class SplitMapsRingStoreTest extends RingStoreContract {
  private static final String RINGS = "swift-rings";
  private static final String BUILDERS = "swift-builders";

  SplitMapsRingStoreTest(ApiServer server) {
    super(server);
  }

  @Override
  RingSource source() {
    return RingSource.inConfigMaps(BUILDERS, RINGS);
  }

  @Override
  List<ConfigMap> maps(byte[] ring, byte[] builder) {
    return List.of(
        map(RINGS).addToBinaryData(RING, base64(ring)).build(),
        map(BUILDERS).addToBinaryData(BUILDER, base64(builder)).build());
  }

  @Override
  byte[] ringFile() {
    return file(found(RINGS), RING);
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
  void saysWhatEachMapHasInsteadOfTheMissingKey() {
    edit(RINGS, map -> map.removeFromBinaryData(RING));

    assertUnusable(
        Check.RingStore,
        "None of the ConfigMaps swift-builders, swift-rings has the binaryData key object.ring.gz:"
            + " swift-builders has object-5.ring.gz, object.builder; swift-rings has"
            + " object-5.ring.gz.");
  }

  @Test
  void refusesARingThatTwoMapsHave() {
    edit(BUILDERS, map -> map.addToBinaryData(RING, base64(ringFile())));

    assertUnusable(
        Check.RingStore,
        "More than one ConfigMap has the key object.ring.gz: swift-builders, swift-rings.");
  }

  @Test
  void refusesABuilderThatTwoMapsHave() {
    edit(RINGS, map -> map.addToBinaryData(BUILDER, base64(new byte[] {1})));

    assertUnusable(
        Check.RingStore,
        "More than one ConfigMap has the key object.builder: swift-builders, swift-rings.");
  }
}
