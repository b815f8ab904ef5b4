package dev.ringlift.operator.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.operator.plan.StoredRing.Export;
import dev.ringlift.ring.Md5;
import dev.ringlift.testkit.kube.ApiServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A ring that is offered, with what tells it apart, to whoever deploys it. */
class ExternalRingStoreTest extends RingStoreContract {
  private static final String MAP = "swift-export";

  ExternalRingStoreTest(ApiServer server) {
    super(server);
  }

  @Override
  RingSource source() {
    return new RingSource(
        RingSource.Type.External,
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
    ConfigMap map = found(MAP);
    byte[] file = file(map, RING);
    String told = map.getData().get(RING + ".md5");
    if (told != null) {
      assertThat(told).as("in every state that there ever is").isEqualTo(Md5.hex(file));
    }
    return file;
  }

  @Override
  Set<String> changedKeys() {
    return Set.of(RING, BUILDER, "object.ring.gz.md5", "object.ring.gz.version");
  }

  @Override
  String badRing() {
    return "object.ring.gz in ConfigMap swift-export";
  }

  @Test
  void saysWhereToTakeTheRingFrom() {
    assertThat(pair().export()).isEqualTo(new Export(MAP, RING));
  }
}
