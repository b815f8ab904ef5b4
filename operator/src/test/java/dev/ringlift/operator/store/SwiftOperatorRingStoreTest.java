package dev.ringlift.operator.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.operator.plan.Check;
import dev.ringlift.operator.plan.StoreSizes.PartSize;
import dev.ringlift.operator.plan.StoredRing;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingPair;
import dev.ringlift.ring.Transition;
import dev.ringlift.ring.TransitionRefusedException;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@link RingStore} promises, of the one that shares a ConfigMap with swift-operator. */
@Tag("apiserver")
@ExtendWith(ApiServerExtension.class)
class SwiftOperatorRingStoreTest {
  private static final String MAP = SwiftOperatorRings.MAP;
  private static final String TAR = SwiftOperatorRings.TAR;
  private static final String RING = SwiftOperatorRings.RING;
  private static final String BUILDER = SwiftOperatorRings.BUILDER;
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
  private static final Publication BEFORE =
      new Publication("Prepare", 1, "md5", 1L, "former md5", "2026-03-01T10:00:00Z");

  private final SimulatedCluster cluster;
  private final KubernetesClient client;
  private final PartitionPowerIncrease increase;
  private final RingStore store;
  @TempDir private Path scratch;
  private SwiftOperatorRings rings;

  SwiftOperatorRingStoreTest(ApiServer server) {
    cluster = SimulatedCluster.start(server, 2);
    client = cluster.client();
    PartitionPowerIncrease grow = cluster.increase("grow", 7);
    grow.setSpec(
        new PartitionPowerIncreaseSpec(
            0, 7, RingSource.ofSwiftOperator(MAP), grow.getSpec().relinker()));
    increase = client.resource(grow).create();
    store = store(client);
  }

  private RingStore store(KubernetesClient anyClient) {
    return new SwiftOperatorRingStore(anyClient, increase, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @BeforeEach
  void aRing() throws IOException {
    rings = new SwiftOperatorRings(scratch);
    client.resource(newMap(2, 100)).create();
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private ConfigMap newMap(int backups, int backupBytes) throws IOException {
    return rings.map(cluster.namespace(), cluster.newBuilder(6), backups, backupBytes);
  }

  private ConfigMap map() {
    return client.configMaps().inNamespace(cluster.namespace()).withName(MAP).require();
  }

  private void put(ConfigMap map) {
    ObjectMeta metadata = map.getMetadata();
    metadata.setResourceVersion(null);
    client.resource(map).update();
  }

  private StoredRing.Pair pair() {
    StoredRing read = store.read();
    assertThat(read).isInstanceOf(StoredRing.Pair.class);
    return (StoredRing.Pair) read;
  }

  private static RingBuilder builder(StoredRing.Pair pair) {
    return Objects.requireNonNull(pair.builder());
  }

  private Optional<String> prepare(RingStore target, StoredRing.Pair pair)
      throws StoreChangedException, TransitionRefusedException {
    return target.write(
        pair.revision(),
        pair.ring().after(Transition.PREPARE),
        builder(pair).after(Transition.PREPARE, NOW));
  }

  @Test
  void aWriteChangesRingAndTarAndKeepsAllElse() throws Exception {
    StoredRing.Pair pair = pair();
    ConfigMap before = map();
    assertThat(RingPair.difference(pair.ring(), builder(pair))).isEmpty();

    assertThat(prepare(store, pair)).as("nothing had to give way").isEmpty();

    ConfigMap after = map();
    assertThat(pair().ring().nextPartPower()).isEqualTo(7);
    assertThat(builder(pair()).nextPartPower()).isEqualTo(7);
    assertThat(after.getMetadata().getFinalizers()).containsExactly("openstack.org/swiftring");
    assertThat(after.getMetadata().getOwnerReferences())
        .isEqualTo(before.getMetadata().getOwnerReferences());
    assertThat(after.getMetadata().getLabels()).isEqualTo(before.getMetadata().getLabels());
    assertThat(after.getMetadata().getAnnotations())
        .isEqualTo(before.getMetadata().getAnnotations());
    assertThat(others(after)).isEqualTo(others(before));
    assertTarKept(before, after);
  }

  private static Map<String, String> others(ConfigMap map) {
    Map<String, String> others = new HashMap<>(map.getBinaryData());
    others.keySet().removeAll(List.of(TAR, RING));
    return others;
  }

  /** By GNU tar: the same members of the same modes, owners and times, and copies of what was. */
  private void assertTarKept(ConfigMap before, ConfigMap after) throws IOException {
    List<String> members = rings.listing(before);
    assertThat(members).allMatch(line -> line.contains("swift/swift"));
    assertThat(rings.listing(after))
        .startsWith(members.toArray(String[]::new))
        .hasSize(members.size() + 2);
    Map<String, String> old = rings.unpacked(before);
    Map<String, String> now = rings.unpacked(after);
    Map<String, String> expected = new HashMap<>(old);
    expected.put("backups/1800000000." + BUILDER, old.get(BUILDER));
    expected.put("backups/1800000000." + RING, old.get(RING));
    expected.put(BUILDER, now.get(BUILDER));
    expected.put(RING, now.get(RING));
    assertThat(now).isEqualTo(expected);
    assertThat(now.get(BUILDER)).isNotEqualTo(old.get(BUILDER));
  }

  @Test
  void writesNothingOverAMapThatChangedInBetween() throws Exception {
    StoredRing.Pair pair = pair();
    client.resource(new ConfigMapBuilder(map()).addToData("note", "changed").build()).update();

    assertThatThrownBy(() -> prepare(store, pair)).isInstanceOf(StoreChangedException.class);
    assertThatThrownBy(() -> store.backUp(pair.revision(), BEFORE))
        .isInstanceOf(StoreChangedException.class);

    assertThat(pair().ringMd5()).isEqualTo(pair.ringMd5());
    assertThat(backups()).isEmpty();
  }

  private List<ConfigMap> backups() {
    return client
        .configMaps()
        .inNamespace(cluster.namespace())
        .withLabel(ApiConstants.LABEL_INCREASE_UID, increase.getMetadata().getUid())
        .list()
        .getItems();
  }

  @Test
  void theBackupIsTheWayBack() throws Exception {
    ConfigMap before = map();
    StoredRing.Pair pair = pair();
    store.backUp(pair.revision(), BEFORE);
    prepare(store, pair);

    ConfigMap backup = backups().getFirst();
    client
        .resource(new ConfigMapBuilder(map()).addToBinaryData(backup.getBinaryData()).build())
        .update();

    assertThat(backup.getBinaryData()).containsOnlyKeys(TAR, RING);
    assertThat(map().getBinaryData()).isEqualTo(before.getBinaryData());
  }

  @Test
  void theOldestBackupsGiveWayWhenAllWouldNotFit() throws Exception {
    ConfigMap full = newMap(9, 100_000);
    int room = (int) (MapEntries.LIMIT_BYTES - MapEntries.of(full).size());
    put(new ConfigMapBuilder(full).addToData("filler", "x".repeat(room - 200)).build());
    StoredRing.Pair pair = pair();

    Optional<String> said = prepare(store, pair);

    assertThat(said).hasValueSatisfying(text -> assertThat(text).contains("the oldest 1 of 11"));
    assertThat(rings.unpacked(map()).keySet())
        .doesNotContain("backups/1700000001.object.builder")
        .contains("backups/1700000002.object.builder", "backups/1800000000.object.builder");
    PartSize size = pair.sizes().with(pair.ring(), pair.builder()).getFirst();
    assertThat(size.name()).isEqualTo("ConfigMap " + MAP);
    assertThat(size.bytes())
        .as("preflight counts on their giving way")
        .isLessThan(MapEntries.LIMIT_BYTES - 900_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rm object.builder                       | *.builder *.ring.gz       | BuilderReadable | holds no object.builder
          rm object.ring.gz                       | *.builder *.ring.gz       | BuilderReadable | holds no object.ring.gz
          cp account.ring.gz object.ring.gz       | *.builder *.ring.gz       | RingReadable    | has two rings object.ring.gz
          echo nonsense > object.builder          | *.builder *.ring.gz       | BuilderReadable | is no builder that could be used
          ln -sf /etc/passwd container.builder    | *.builder *.ring.gz       | BuilderReadable | is a link
          true                                    | -P ../*/*.builder *.gz    | BuilderReadable | leads out of the folder
          """)
  void saysWhatIsWrongWithTheTar(String work, String members, Check check, String message)
      throws IOException {
    put(rings.repacked(map(), work, members));

    assertUnusable(check, message);
  }

  @Test
  void saysWhatTheMapLacks() {
    put(new ConfigMapBuilder(map()).removeFromBinaryData(TAR).build());

    assertUnusable(Check.RingStore, "no binaryData key swiftrings.tar.gz: it has account.ring.gz");
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

  @Test
  void aJobAtWorkIsSeenAndNothingIsWrittenBesideIt() throws Exception {
    StoredRing.Pair pair = pair();
    Job job = client.resource(SwiftOperatorRings.job(cluster.namespace(), MAP)).create();

    assertThat(store.read())
        .isInstanceOfSatisfying(
            StoredRing.Busy.class,
            busy -> assertThat(busy.message()).contains("Job swift-ring-rebalance", MAP));
    assertThatThrownBy(() -> prepare(store, pair))
        .isInstanceOf(StoreChangedException.class)
        .hasMessageContaining("swift-ring-rebalance");
    assertThat(pair.revision().token()).contains(map().getMetadata().getResourceVersion());

    client
        .resource(
            new JobBuilder(job)
                .editOrNewStatus()
                .withStartTime("2026-03-01T10:00:00Z")
                .withCompletionTime("2026-03-01T10:01:00Z")
                .withSucceeded(1)
                .addNewCondition()
                .withType("SuccessCriteriaMet")
                .withStatus("True")
                .endCondition()
                .addNewCondition()
                .withType("Complete")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build())
        .updateStatus();
    assertThat(prepare(store, pair())).isEmpty();
  }

  @Test
  void onlyAJobThatMayWriteThisMapHoldsItUp() {
    client.resource(SwiftOperatorRings.job(cluster.namespace(), "swift-ring-files-1")).create();
    Job suspended =
        new JobBuilder(SwiftOperatorRings.job(cluster.namespace(), MAP))
            .editMetadata()
            .withName("suspended")
            .endMetadata()
            .editSpec()
            .withSuspend(true)
            .endSpec()
            .build();
    client.resource(suspended).create();
    assertThat(pair().ring().partPower()).isEqualTo(6);

    Job unclear =
        new JobBuilder(SwiftOperatorRings.job(cluster.namespace(), MAP))
            .editMetadata()
            .withName("unclear")
            .endMetadata()
            .editSpec()
            .editTemplate()
            .editSpec()
            .editFirstContainer()
            .withEnv()
            .endContainer()
            .endSpec()
            .endTemplate()
            .endSpec()
            .build();
    client.resource(unclear).create();
    assertThat(store.read())
        .isInstanceOfSatisfying(
            StoredRing.Busy.class, busy -> assertThat(busy.message()).contains("unclear"));
  }

  @Test
  void killedAtAnyRequestItLeavesAPairThatCanBeGoneOnFrom() throws Exception {
    String former = pair().ringMd5();
    int completed = -1;
    for (int requests = 0; completed < 0; requests++) {
      StoredRing.Pair pair = pair();
      try (DyingClient dying = DyingClient.of(client, requests)) {
        store(dying.client()).backUp(pair.revision(), BEFORE);
        prepare(store(dying.client()), pair);
        completed = requests;
      } catch (RuntimeException e) {
        assertThat(DyingClient.isDeath(e)).as(e.toString()).isTrue();
      }
      StoredRing.Pair left = pair();
      assertThat(RingPair.difference(left.ring(), builder(left))).isEmpty();
      if (left.ring().nextPartPower() != null) {
        put(
            new ConfigMapBuilder(map())
                .addToBinaryData(backups().getFirst().getBinaryData())
                .build());
      }
      assertThat(pair().ringMd5()).isEqualTo(former);
    }
    assertThat(completed)
        .as("five requests, each to be killed before and after")
        .isGreaterThanOrEqualTo(10);
  }
}
