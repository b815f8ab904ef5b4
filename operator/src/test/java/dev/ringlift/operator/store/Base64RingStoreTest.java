package dev.ringlift.operator.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.operator.plan.Check;
import dev.ringlift.testkit.kube.ApiServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The ring as base64 text, which pods decode, and the builder in another ConfigMap. */
class Base64RingStoreTest extends RingStoreContract {
  private static final String RINGS = "swift-object-ring";
  private static final String BUILDERS = "swift-builders";
  private static final String TEXT = "ring.b64";

  Base64RingStoreTest(ApiServer server) {
    super(server);
  }

  @Override
  RingSource source() {
    return new RingSource(
        RingSource.Type.ConfigMap,
        List.of(RINGS, BUILDERS),
        RingSource.Encoding.Base64,
        RingSource.Builder.Required);
  }

  @Override
  List<ConfigMap> maps(byte[] ring, byte[] builder) {
    return List.of(
        map(RINGS).addToData(TEXT, base64(ring)).build(),
        map(BUILDERS).addToBinaryData(BUILDER, base64(builder)).build());
  }

  /** As {@code base64 -d} does, which takes lines of any length. */
  @Override
  byte[] ringFile() {
    return Base64.getDecoder()
        .decode(Objects.requireNonNull(found(RINGS).getData().get(TEXT)).replace("\n", ""));
  }

  @Override
  Set<String> changedKeys() {
    return Set.of(TEXT, BUILDER);
  }

  @Override
  String badRing() {
    return "ring.b64 in ConfigMap swift-object-ring";
  }

  @Test
  void readsTextInLinesOfAnyLength() {
    String md5 = pair().ringMd5();
    String inLines =
        "\n"
            + Base64.getMimeEncoder(20, new byte[] {'\r', '\n'}).encodeToString(ringFile())
            + "\n\n";
    edit(RINGS, map -> map.addToData(TEXT, inLines));

    assertThat(pair().ringMd5()).isEqualTo(md5);
  }

  @Test
  void saysThatTheTextIsNone() {
    edit(RINGS, map -> map.addToData(TEXT, "H4sI*"));

    assertUnusable(
        Check.RingReadable, "ring.b64 in ConfigMap swift-object-ring is no base64 text:");
  }

  @Test
  void saysThatTheRingStandsThereAsAFile() {
    edit(RINGS, map -> map.removeFromData(TEXT).addToBinaryData(TEXT, "AQ=="));

    assertUnusable(Check.RingStore, "swift-object-ring has that key under binaryData, not as text");
  }
}
