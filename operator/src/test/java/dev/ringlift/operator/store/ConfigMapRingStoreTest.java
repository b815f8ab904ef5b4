package dev.ringlift.operator.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.operator.plan.Check;
import dev.ringlift.operator.plan.Md5;
import dev.ringlift.operator.plan.StoreSizes.PartSize;
import dev.ringlift.operator.plan.StoredRing;
import dev.ringlift.operator.plan.StoredRing.Revision;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingPair;
import dev.ringlift.ring.Transition;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What {@link RingStore} promises, of the one in a ConfigMap. */
@Tag("apiserver")
@ExtendWith(ApiServerExtension.class)
class ConfigMapRingStoreTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private static final Publication BEFORE =
      new Publication("Prepare", 1, "md5", 1L, "former md5", "2026-03-01T10:00:00Z");

  private final SimulatedCluster cluster;
  private final PartitionPowerIncrease increase;
  private final RingStore store;

  ConfigMapRingStoreTest(ApiServer server) {
    cluster = SimulatedCluster.start(server, 2);
    increase = cluster.apply("grow", 7);
    store = new ConfigMapRingStore(cluster.client(), increase);
  }

  @BeforeEach
  void aRing() {
    cluster.putRing(cluster.newBuilder(6));
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private ConfigMap map() {
    return cluster
        .client()
        .configMaps()
        .inNamespace(cluster.namespace())
        .withName(SimulatedCluster.MAP)
        .require();
  }

  private StoredRing.Pair pair() {
    StoredRing read = store.read();
    assertThat(read).isInstanceOf(StoredRing.Pair.class);
    return (StoredRing.Pair) read;
  }

  private static RingBuilder builder(StoredRing.Pair pair) {
    return Objects.requireNonNull(pair.builder());
  }

  private void touch() {
    cluster
        .client()
        .resource(new ConfigMapBuilder(map()).addToData("note", "changed").build())
        .update();
  }

  private List<ConfigMap> backups() {
    return cluster
        .client()
        .configMaps()
        .inNamespace(cluster.namespace())
        .withLabel(ApiConstants.LABEL_INCREASE_UID, increase.getMetadata().getUid())
        .list()
        .getItems();
  }

  @Test
  void readsRingAndBuilderAndWhatElseTakesRoom() {
    StoredRing.Pair pair = pair();

    assertThat(pair.ring().partPower()).isEqualTo(6);
    assertThat(RingPair.difference(pair.ring(), builder(pair))).isEmpty();
    assertThat(pair.ringMd5())
        .isEqualTo(
            Md5.hex(Base64.getDecoder().decode(map().getBinaryData().get(SimulatedCluster.RING))));
    assertThat(pair.sizes().with(pair.ring(), pair.builder()))
        .as("with the note 'kept'")
        .containsExactly(
            new PartSize(
                "ConfigMap swift-rings",
                pair.ring().toBytes().length + builder(pair).toBytes().length + 4L,
                1024 * 1024));
  }

  @Test
  void writesBothAtOnceAndNothingElse() throws Exception {
    StoredRing.Pair before = pair();

    store.write(
        before.revision(),
        before.ring().after(Transition.PREPARE),
        builder(before).after(Transition.PREPARE, NOW));

    StoredRing.Pair after = pair();
    assertThat(after.ring().nextPartPower()).isEqualTo(7);
    assertThat(builder(after).nextPartPower()).isEqualTo(7);
    assertThat(map().getData()).isEqualTo(Map.of("note", "kept"));
    assertThat(map().getMetadata().getLabels()).containsEntry("kept", "yes");
  }

  @Test
  void writesNothingOverAMapThatChangedInBetween() throws Exception {
    StoredRing.Pair before = pair();
    touch();

    assertThatThrownBy(
            () ->
                store.write(
                    before.revision(),
                    before.ring().after(Transition.PREPARE),
                    builder(before).after(Transition.PREPARE, NOW)))
        .isInstanceOf(StoreChangedException.class)
        .hasMessageContaining(SimulatedCluster.MAP);

    assertThat(pair().ringMd5()).isEqualTo(before.ringMd5());
    assertThat(map().getData()).containsEntry("note", "changed");
  }

  @Test
  void writesNothingIntoAMapThatIsGone() throws Exception {
    StoredRing.Pair before = pair();
    cluster.client().resource(map()).delete();

    assertThatThrownBy(
            () ->
                store.write(
                    before.revision(),
                    before.ring().after(Transition.PREPARE),
                    builder(before).after(Transition.PREPARE, NOW)))
        .isInstanceOf(StoreChangedException.class);
    assertThat(store.read()).isInstanceOf(StoredRing.Unusable.class);
  }

  @Test
  void backsUpBothFilesAsFoundOnceForEachRing() throws Exception {
    StoredRing.Pair pair = pair();

    store.backUp(pair.revision(), BEFORE);
    store.backUp(pair.revision(), BEFORE);

    assertThat(backups())
        .singleElement()
        .satisfies(
            backup -> {
              assertThat(backup.getBinaryData())
                  .containsExactlyInAnyOrderEntriesOf(map().getBinaryData());
              assertThat(backup.getMetadata().getName()).contains("grow").contains(pair.ringMd5());
              assertThat(backup.getMetadata().getOwnerReferences())
                  .singleElement()
                  .satisfies(
                      owner ->
                          assertThat(owner.getUid()).isEqualTo(increase.getMetadata().getUid()));
            });
  }

  @Test
  void aBackupOfAFormerIncreaseOfThatNameIsKeptForThisOneToo() throws Exception {
    store.backUp(pair().revision(), BEFORE);
    cluster.client().resource(increase).delete();
    PartitionPowerIncrease anew = cluster.apply("grow", 7);

    new ConfigMapRingStore(cluster.client(), anew).backUp(pair().revision(), BEFORE);

    assertThat(cluster.client().configMaps().inNamespace(cluster.namespace()).list().getItems())
        .filteredOn(map -> map.getMetadata().getName().startsWith("grow-backup-"))
        .singleElement()
        .satisfies(
            backup ->
                assertThat(backup.getMetadata().getOwnerReferences())
                    .extracting(OwnerReference::getUid)
                    .contains(anew.getMetadata().getUid()));
  }

  @Test
  void backsUpNothingThatWasNotMeant() {
    Revision revision = pair().revision();
    touch();

    assertThatThrownBy(() -> store.backUp(revision, BEFORE))
        .isInstanceOf(StoreChangedException.class);
    assertThat(backups()).isEmpty();
  }

  @Test
  void saysThatThereIsNoMap() {
    cluster.client().resource(map()).delete();

    assertUnusable(Check.RingStore, "There is no ConfigMap swift-rings in namespace");
  }

  @Test
  void saysWhichKeyIsMissingAndWhatIsThere() {
    edit(builder -> builder.removeFromBinaryData(SimulatedCluster.BUILDER));

    assertUnusable(Check.RingStore, "no binaryData key object.builder: it has object.ring.gz.");
  }

  @Test
  void saysThatAMapIsImmutable() {
    edit(builder -> builder.withImmutable(true));

    assertUnusable(Check.RingStore, "is immutable");
  }

  @Test
  void saysWhyARingCanNotBeRead() {
    for (UnaryOperator<byte[]> damage :
        List.<UnaryOperator<byte[]>>of(
            content -> Arrays.copyOf(content, content.length / 2),
            content -> "no ring".getBytes(UTF_8),
            content -> new byte[0],
            ConfigMapRingStoreTest::flipped)) {
      aRing();
      damage(SimulatedCluster.RING, damage);

      assertUnusable(Check.RingReadable, "object.ring.gz in ConfigMap swift-rings is no ring");
    }
  }

  @Test
  void saysWhyABuilderCanNotBeRead() {
    for (UnaryOperator<byte[]> damage :
        List.<UnaryOperator<byte[]>>of(
            content -> Arrays.copyOf(content, content.length / 2),
            content -> "cos\nsystem\n(S'true'\ntR.".getBytes(UTF_8),
            content -> new byte[0])) {
      aRing();
      damage(SimulatedCluster.BUILDER, damage);

      assertUnusable(
          Check.BuilderReadable, "object.builder in ConfigMap swift-rings is no builder");
    }
  }

  private static byte[] flipped(byte[] content) {
    byte[] damaged = content.clone();
    damaged[content.length / 2] ^= 0x55;
    return damaged;
  }

  private void assertUnusable(Check check, String message) {
    assertThat(store.read())
        .isInstanceOfSatisfying(
            StoredRing.Unusable.class,
            unusable -> {
              assertThat(unusable.check()).isEqualTo(check);
              assertThat(unusable.message()).contains(message).doesNotContain("Exception");
            });
  }

  private void damage(String key, UnaryOperator<byte[]> damage) {
    byte[] content = Base64.getDecoder().decode(map().getBinaryData().get(key));
    String damaged = Base64.getEncoder().encodeToString(damage.apply(content));
    edit(builder -> builder.addToBinaryData(key, damaged));
  }

  private void edit(Consumer<ConfigMapBuilder> change) {
    ConfigMapBuilder builder = new ConfigMapBuilder(map());
    change.accept(builder);
    cluster.client().resource(builder.build()).update();
  }

  @Test
  void keepsTheVersionOfTheFormat() throws Exception {
    RingBuilder builder = cluster.newBuilder(6);
    cluster.putRing(builder.toRing(2).toBytes(), builder.toBytes());
    StoredRing.Pair before = pair();

    store.write(
        before.revision(),
        before.ring().after(Transition.PREPARE),
        builder(before).after(Transition.PREPARE, NOW));

    assertThat(pair().ring().formatVersion()).isEqualTo(2);
  }
}
