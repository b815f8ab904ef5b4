package dev.ringlift.operator.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.operator.plan.Check;
import dev.ringlift.operator.plan.StoreSizes.PartSize;
import dev.ringlift.operator.plan.StoredRing;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingPair;
import dev.ringlift.ring.Transition;
import dev.ringlift.ring.TransitionRefusedException;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What {@link RingStore} promises, of whatever store. */
@Tag("apiserver")
@ExtendWith(ApiServerExtension.class)
abstract class RingStoreContract {
  static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  static final String RING = SimulatedCluster.RING;
  static final String BUILDER = SimulatedCluster.BUILDER;
  static final Publication BEFORE =
      new Publication(
          "Prepare",
          1,
          "md5",
          1L,
          "former md5",
          "2026-03-01T10:00:00Z",
          null,
          null,
          null,
          null,
          null,
          null);

  final SimulatedCluster cluster;
  final PartitionPowerIncrease increase;
  final RingStore store;

  RingStoreContract(ApiServer server) {
    cluster = SimulatedCluster.start(server, 2);
    increase = cluster.apply("grow", 7, source());
    store = RingStores.of(cluster.client()).of(increase);
    cluster.deliver(() -> cluster.hasMaps(source()) ? Map.of(RING, ringFile()) : Map.of());
  }

  // What differs from store to store

  /** With the names of the maps that {@link #maps} makes. */
  abstract RingSource source();

  /** The ConfigMaps of a site, with nothing in them but these. */
  abstract List<ConfigMap> maps(byte[] ring, byte[] builder);

  /** The ring as those get it who load it. */
  abstract byte[] ringFile();

  /** Every key that a write changes, in any map. */
  abstract Set<String> changedKeys();

  /** How the sentence begins that tells of a bad ring. */
  abstract String badRing();

  // What all have in common

  @BeforeEach
  void aRing() {
    put(cluster.newBuilder(6));
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  final void put(RingBuilder builder) {
    put(builder.toRing(1).toBytes(), builder.toBytes());
  }

  /** A site with both in one map, each under its own name. */
  static List<ConfigMap> oneMap(String name, byte[] ring, byte[] builder) {
    return List.of(
        map(name)
            .addToBinaryData(RING, base64(ring))
            .addToBinaryData(BUILDER, base64(builder))
            .build());
  }

  /** Puts both, into maps that others use, too. */
  final void put(byte[] ring, byte[] builder) {
    for (ConfigMap map : maps(ring, builder)) {
      client()
          .resource(
              new ConfigMapBuilder(map)
                  .editMetadata()
                  .withNamespace(cluster.namespace())
                  .addToLabels("kept", "yes")
                  .addToFinalizers("example.dev/kept")
                  .addNewOwnerReference()
                  .withApiVersion("example.dev/v1")
                  .withKind("Site")
                  .withName("kept")
                  .withUid("kept")
                  .endOwnerReference()
                  .endMetadata()
                  .addToData("note", "kept")
                  .addToBinaryData("object-5.ring.gz", base64("another policy's".getBytes(UTF_8)))
                  .build())
          .createOr(existing -> existing.update());
    }
  }

  final KubernetesClient client() {
    return cluster.client();
  }

  static String base64(byte[] content) {
    return Base64.getEncoder().encodeToString(content);
  }

  static ConfigMapBuilder map(String name) {
    return new ConfigMapBuilder().withNewMetadata().withName(name).endMetadata();
  }

  final ConfigMap found(String name) {
    return client().configMaps().inNamespace(cluster.namespace()).withName(name).require();
  }

  final List<ConfigMap> found() {
    return source().configMaps().stream().map(this::found).toList();
  }

  static byte[] file(ConfigMap map, String key) {
    return MapEntries.decoded(Objects.requireNonNull(map.getBinaryData().get(key), key));
  }

  final void edit(String name, Consumer<ConfigMapBuilder> change) {
    ConfigMapBuilder builder = new ConfigMapBuilder(found(name));
    change.accept(builder);
    client().resource(builder.build()).update();
  }

  final StoredRing.Pair pair() {
    StoredRing read = store.read();
    assertThat(read).isInstanceOf(StoredRing.Pair.class);
    return (StoredRing.Pair) read;
  }

  final void assertUnusable(Check check, String message) {
    assertThat(store.read())
        .isInstanceOfSatisfying(
            StoredRing.Unusable.class,
            unusable -> {
              assertThat(unusable.check()).isEqualTo(check);
              assertThat(unusable.message()).contains(message).doesNotContain("Exception");
            });
  }

  private boolean hasBuilder() {
    return source().builder() == RingSource.Builder.Required;
  }

  private void prepare(StoredRing.Pair pair) throws StoreChangedException {
    store.write(pair.revision(), prepared(pair.ring()), prepared(pair.builder()));
  }

  private static Ring prepared(Ring ring) {
    try {
      return ring.after(Transition.PREPARE);
    } catch (TransitionRefusedException e) {
      throw new AssertionError(e);
    }
  }

  private static @Nullable RingBuilder prepared(@Nullable RingBuilder builder) {
    try {
      return builder == null ? null : builder.after(Transition.PREPARE, NOW);
    } catch (TransitionRefusedException e) {
      throw new AssertionError(e);
    }
  }

  /** {@code map/key}, with its value. */
  private static Map<String, String> values(List<ConfigMap> maps) {
    Map<String, String> values = new TreeMap<>();
    for (ConfigMap map : maps) {
      MapEntries entries = MapEntries.of(map);
      String name = map.getMetadata().getName();
      entries.text().forEach((key, value) -> values.put(name + "/" + key, value));
      entries.binary().forEach((key, value) -> values.put(name + "/" + key, value));
    }
    return values;
  }

  final List<ConfigMap> backups() {
    return client()
        .configMaps()
        .inNamespace(cluster.namespace())
        .withLabel(ApiConstants.LABEL_INCREASE_UID, increase.getMetadata().getUid())
        .list()
        .getItems();
  }

  @Test
  void readsWhatIsThere() {
    StoredRing.Pair pair = pair();

    assertThat(pair.ring().partPower()).isEqualTo(6);
    assertThat(pair.ringMd5()).isEqualTo(Md5.hex(cluster.newBuilder(6).toRing(1).toBytes()));
    assertThat(pair.builder() != null).isEqualTo(hasBuilder());
    if (pair.builder() != null) {
      assertThat(RingPair.difference(pair.ring(), pair.builder())).isEmpty();
    }
    assertThat(pair.revision()).isEqualTo(pair().revision());
  }

  @Test
  void writesWhatItSaysThatItWritesAndNothingElse() throws Exception {
    List<ConfigMap> before = found();
    StoredRing.Pair pair = pair();
    List<PartSize> foretold = pair.sizes().with(prepared(pair.ring()), prepared(pair.builder()));

    prepare(pair);

    StoredRing.Pair after = pair();
    assertThat(after.ring().nextPartPower()).isEqualTo(7);
    assertThat(after.ringMd5()).isEqualTo(Md5.hex(prepared(pair.ring()).toBytes()));
    assertThat(ringFile()).isEqualTo(prepared(pair.ring()).toBytes());
    assertThat(after.revision()).isNotEqualTo(pair.revision());
    if (after.builder() != null) {
      assertThat(RingPair.difference(after.ring(), after.builder())).isEmpty();
    }
    List<ConfigMap> maps = found();
    assertOnlyOursChanged(before, maps);
    assertThat(foretold)
        .containsExactlyInAnyOrderElementsOf(
            maps.stream()
                .map(
                    map ->
                        new PartSize(
                            "ConfigMap " + map.getMetadata().getName(),
                            MapEntries.of(map).size(),
                            1024 * 1024))
                .toList());
  }

  @Test
  void rehearsesAWriteAndChangesNothing() throws Exception {
    StoredRing.Pair pair = pair();
    List<ConfigMap> before = allMaps();

    store.rehearse(pair.revision(), prepared(pair.ring()), prepared(pair.builder()));

    assertThat(allMaps()).isEqualTo(before);
    prepare(pair);
    assertThatThrownBy(
            () -> store.rehearse(pair.revision(), prepared(pair.ring()), prepared(pair.builder())))
        .isInstanceOf(StoreChangedException.class);
  }

  private List<ConfigMap> allMaps() {
    return client().configMaps().inNamespace(cluster.namespace()).list().getItems();
  }

  final void assertOnlyOursChanged(List<ConfigMap> before, List<ConfigMap> after) {
    Map<String, String> old = values(before);
    Map<String, String> now = values(after);
    Set<String> changed = new TreeSet<>();
    now.forEach(
        (place, value) -> {
          if (!value.equals(old.get(place))) {
            changed.add(place.substring(place.indexOf('/') + 1));
          }
        });
    assertThat(changed).isEqualTo(changedKeys());
    assertThat(now.keySet()).containsAll(old.keySet());
    for (ConfigMap map : after) {
      assertThat(map.getMetadata().getLabels()).containsEntry("kept", "yes");
      assertThat(map.getMetadata().getFinalizers()).containsExactly("example.dev/kept");
      assertThat(map.getMetadata().getOwnerReferences())
          .extracting(OwnerReference::getName)
          .containsExactly("kept");
    }
  }

  @Test
  void writesNoRingOverAMapThatChangedInBetweenAndAfterAnotherLookItDoes() throws Exception {
    for (String changed : source().configMaps()) {
      aRing();
      StoredRing.Pair before = pair();
      edit(changed, map -> map.addToBinaryData("object-5.ring.gz", base64(new byte[] {1})));

      assertThatThrownBy(() -> prepare(before))
          .isInstanceOf(StoreChangedException.class)
          .hasMessageContaining(changed);

      StoredRing.Pair again = pair();
      assertThat(again.ringMd5())
          .as("the other policy's ring is not ours")
          .isEqualTo(before.ringMd5());
      prepare(again);
      assertThat(pair().ring().nextPartPower()).isEqualTo(7);
      assertThat(found(changed).getBinaryData()).containsEntry("object-5.ring.gz", "AQ==");
    }
  }

  @Test
  void writesNothingIntoAMapThatIsGone() {
    String gone = source().configMaps().getFirst();
    StoredRing.Pair before = pair();
    edit(gone, map -> map.editMetadata().withFinalizers().endMetadata());
    client().resource(found(gone)).delete();

    assertThatThrownBy(() -> prepare(before)).isInstanceOf(StoreChangedException.class);
    assertThatThrownBy(() -> store.backUp(before.revision(), BEFORE))
        .isInstanceOf(StoreChangedException.class);
    assertUnusable(Check.RingStore, "There is no ConfigMap " + gone + " in namespace");
  }

  @Test
  void aRingAloneCanBeWrittenWhereItsBuilderIsAhead() throws Exception {
    StoredRing.Pair before = pair();

    store.write(before.revision(), prepared(before.ring()), null);

    assertThat(pair().ring().nextPartPower()).isEqualTo(7);
    if (hasBuilder()) {
      assertThat(Objects.requireNonNull(pair().builder()).nextPartPower()).isNull();
    }
  }

  @Test
  void backsUpWhatAWriteWouldChangeOnceForEachRing() throws Exception {
    StoredRing.Pair pair = pair();
    Map<String, String> before = values(found());

    store.backUp(pair.revision(), BEFORE);
    store.backUp(pair.revision(), BEFORE);

    Map<String, String> kept = new TreeMap<>();
    for (ConfigMap backup : backups()) {
      assertThat(backup.getMetadata().getName()).startsWith("grow-backup-" + pair.ringMd5());
      assertThat(backup.getMetadata().getLabels())
          .containsEntry(ApiConstants.LABEL_CYCLE, "1")
          .containsEntry(ApiConstants.LABEL_BEFORE, "Prepare");
      assertThat(backup.getMetadata().getOwnerReferences())
          .extracting(OwnerReference::getUid)
          .containsExactly(increase.getMetadata().getUid());
      String from =
          Objects.requireNonNull(
              backup.getMetadata().getAnnotations().get(ApiConstants.ANNOTATION_CONFIG_MAP));
      values(List.of(backup))
          .forEach((place, value) -> kept.put(from + place.substring(place.indexOf('/')), value));
    }
    assertThat(kept.keySet().stream().map(place -> place.substring(place.indexOf('/') + 1)))
        .containsExactlyInAnyOrderElementsOf(changedKeys());
    kept.forEach(
        (place, value) -> assertThat(before.getOrDefault(place, value)).as(place).isEqualTo(value));
  }

  @Test
  void findsTheRingOfABackup() throws Exception {
    StoredRing.Pair before = pair();
    store.backUp(before.revision(), null);
    assertThat(backups())
        .allSatisfy(
            backup ->
                assertThat(backup.getMetadata().getLabels())
                    .doesNotContainKey(ApiConstants.LABEL_BEFORE));
    prepare(before);

    assertThat(store.backup(before.ringMd5()).orElseThrow().toBytes())
        .isEqualTo(before.ring().toBytes());
    assertThat(store.backup(pair().ringMd5())).isEmpty();
  }

  @Test
  void backsUpNothingThatWasNotMeant() {
    for (String changed : source().configMaps()) {
      StoredRing.Revision revision = pair().revision();
      edit(changed, map -> map.addToData("note", "changed " + changed));

      assertThatThrownBy(() -> store.backUp(revision, BEFORE))
          .isInstanceOf(StoreChangedException.class);
    }
    assertThat(backups()).isEmpty();
  }

  @Test
  void aBackupOfAFormerIncreaseOfThatNameIsKeptForThisOneToo() throws Exception {
    store.backUp(pair().revision(), BEFORE);
    int made = backups().size();
    client().resource(increase).delete();
    PartitionPowerIncrease anew = cluster.apply("grow", 7, source());

    RingStores.of(client()).of(anew).backUp(pair().revision(), BEFORE);

    assertThat(client().configMaps().inNamespace(cluster.namespace()).list().getItems())
        .filteredOn(map -> map.getMetadata().getName().startsWith("grow-backup-"))
        .hasSize(made)
        .allSatisfy(
            backup ->
                assertThat(backup.getMetadata().getOwnerReferences())
                    .extracting(OwnerReference::getUid)
                    .contains(anew.getMetadata().getUid()));
  }

  @Test
  void saysThatAMapIsImmutable() {
    String name = source().configMaps().getLast();
    edit(name, map -> map.withImmutable(true));

    assertUnusable(Check.RingStore, "ConfigMap " + name + " is immutable");
  }

  @Test
  void saysWhyARingCanNotBeRead() {
    RingBuilder builder = cluster.newBuilder(6);
    byte[] ring = builder.toRing(1).toBytes();
    for (UnaryOperator<byte[]> damage :
        List.<UnaryOperator<byte[]>>of(
            content -> Arrays.copyOf(content, content.length / 2),
            content -> "no ring".getBytes(UTF_8),
            content -> new byte[0],
            RingStoreContract::flipped)) {
      put(damage.apply(ring.clone()), builder.toBytes());

      assertUnusable(Check.RingReadable, badRing() + " is no ring that could be used. ");
    }
  }

  private static byte[] flipped(byte[] content) {
    content[content.length / 2] ^= 0x55;
    return content;
  }

  @Test
  void saysWhyABuilderCanNotBeRead() {
    RingBuilder builder = cluster.newBuilder(6);
    for (byte[] bad :
        List.of(
            Arrays.copyOf(builder.toBytes(), 100),
            "cos\nsystem\n(S'true'\ntR.".getBytes(UTF_8),
            new byte[0])) {
      put(builder.toRing(1).toBytes(), bad);

      if (hasBuilder()) {
        assertUnusable(Check.BuilderReadable, "object.builder in ConfigMap");
      } else {
        assertThat(pair().builder()).isNull();
      }
    }
  }

  @Test
  void keepsTheVersionOfTheFormat() throws Exception {
    RingBuilder builder = cluster.newBuilder(6);
    put(builder.toRing(2).toBytes(), builder.toBytes());

    prepare(pair());

    assertThat(pair().ring().formatVersion()).isEqualTo(2);
    assertThat(pair().ring().nextPartPower()).isEqualTo(7);
  }
}
