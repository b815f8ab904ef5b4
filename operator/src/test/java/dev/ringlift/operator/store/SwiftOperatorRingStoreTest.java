package dev.ringlift.operator.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.operator.cluster.DyingClient;
import dev.ringlift.operator.plan.Check;
import dev.ringlift.operator.plan.StoreSizes.PartSize;
import dev.ringlift.operator.plan.StoredRing;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingPair;
import dev.ringlift.ring.Transition;
import dev.ringlift.ring.TransitionRefusedException;
import dev.ringlift.testkit.kube.ApiServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The ConfigMap that is shared with swift-operator, whose tar says the same as the ring. */
class SwiftOperatorRingStoreTest extends RingStoreContract {
  private static final String MAP = SwiftOperatorRings.MAP;
  private static final String TAR = SwiftOperatorRings.TAR;

  @TempDir private static Path scratch;
  private static SwiftOperatorRings rings;

  SwiftOperatorRingStoreTest(ApiServer server) {
    super(server);
  }

  @BeforeAll
  static void scratchFolder() {
    rings = new SwiftOperatorRings(scratch);
  }

  @Override
  RingSource source() {
    return RingSource.ofSwiftOperator(MAP);
  }

  @Override
  List<ConfigMap> maps(byte[] ring, byte[] builder) {
    return List.of(rings.map(ring, builder, 2, 100));
  }

  @Override
  byte[] ringFile() {
    return file(found(MAP), RING);
  }

  @Override
  Set<String> changedKeys() {
    return Set.of(RING, TAR);
  }

  @Override
  String badRing() {
    return "object.ring.gz in ConfigMap swift-ring-files";
  }

  private RingStore store(KubernetesClient anyClient) {
    return new SwiftOperatorRingStore(
        anyClient, increase, Clock.fixed(NOW, ZoneOffset.UTC), new ReadFiles());
  }

  private static Optional<String> prepare(RingStore target, StoredRing.Pair pair)
      throws StoreChangedException, TransitionRefusedException {
    return target.write(
        pair.revision(),
        pair.ring().after(Transition.PREPARE),
        builder(pair).after(Transition.PREPARE, NOW));
  }

  private static RingBuilder builder(StoredRing.Pair pair) {
    return Objects.requireNonNull(pair.builder());
  }

  private void replace(ConfigMap map) {
    edit(MAP, now -> now.withBinaryData(map.getBinaryData()).withData(map.getData()));
  }

  /** By GNU tar: the same members of the same modes, owners and times, and copies of what was. */
  @Test
  void aWriteKeepsAllThatIsOfOthersInTheTar() throws Exception {
    ConfigMap before = found(MAP);

    assertThat(prepare(store(client()), pair())).as("what had to give way").isEmpty();

    ConfigMap after = found(MAP);
    List<String> members = rings.listing(before);
    assertThat(members).hasSize(8).allMatch(line -> line.contains("swift/swift"));
    assertThat(rings.listing(after))
        .startsWith(members.toArray(String[]::new))
        .hasSize(members.size() + 2);
    Map<String, String> old = rings.unpacked(before);
    Map<String, String> now = rings.unpacked(after);
    Map<String, String> expected = new TreeMap<>(old);
    String second = "backups/" + NOW.getEpochSecond() + ".";
    expected.put(second + BUILDER, Objects.requireNonNull(old.get(BUILDER)));
    expected.put(second + RING, Objects.requireNonNull(old.get(RING)));
    expected.put(BUILDER, Md5.hex(builder(pair()).toBytes()));
    expected.put(RING, Md5.hex(ringFile()));
    assertThat(now).isEqualTo(expected);
  }

  /** As for every store; that the sizes are foretold is below, since a tar's hangs on the clock. */
  @Test
  @Override
  void writesWhatItSaysThatItWritesAndNothingElse() throws Exception {
    ConfigMap before = found(MAP);
    StoredRing.Pair pair = (StoredRing.Pair) store(client()).read();
    List<PartSize> foretold =
        pair.sizes()
            .with(
                pair.ring().after(Transition.PREPARE),
                builder(pair).after(Transition.PREPARE, NOW));

    prepare(store(client()), pair);

    ConfigMap after = found(MAP);
    assertThat(pair().ring().nextPartPower()).isEqualTo(7);
    assertThat(builder(pair()).nextPartPower()).isEqualTo(7);
    assertOnlyOursChanged(List.of(before), List.of(after));
    assertThat(after.getMetadata().getAnnotations())
        .isEqualTo(before.getMetadata().getAnnotations());
    assertThat(foretold)
        .containsExactly(
            new PartSize("ConfigMap " + MAP, MapEntries.of(after).size(), MapEntries.LIMIT_BYTES));
  }

  @Test
  void theBackupIsTheWayBack() throws Exception {
    Map<String, String> before = found(MAP).getBinaryData();
    store.backUp(pair().revision(), BEFORE);
    prepare(store, pair());

    Map<String, String> backup = backups().getFirst().getBinaryData();
    edit(MAP, map -> map.addToBinaryData(backup));

    assertThat(found(MAP).getBinaryData()).isEqualTo(before);
  }

  @Test
  void theOldestBackupsGiveWayWhenAllWouldNotFit() throws Exception {
    RingBuilder builder = cluster.newBuilder(6);
    replace(rings.map(builder.toRing(1).toBytes(), builder.toBytes(), 9, 100_000));
    int room = (int) (MapEntries.LIMIT_BYTES - MapEntries.of(found(MAP)).size());
    edit(MAP, map -> map.addToData("filler", "x".repeat(room - 200)));

    Optional<String> said = prepare(store(client()), pair());

    assertThat(said).hasValueSatisfying(text -> assertThat(text).contains("oldest 1 of 11 files"));
    assertThat(rings.unpacked(found(MAP)).keySet())
        .doesNotContain("backups/1700000001.object.builder")
        .contains(
            "backups/1700000002.object.builder",
            "backups/%d.object.builder".formatted(NOW.getEpochSecond()));
    assertThat(MapEntries.of(found(MAP)).size()).isLessThan(MapEntries.LIMIT_BYTES);
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
    replace(rings.repacked(found(MAP), work, members));

    assertUnusable(check, message);
  }

  @Test
  void saysWhatTheMapLacks() {
    edit(MAP, map -> map.removeFromBinaryData(TAR));

    assertUnusable(
        Check.RingStore, "has no binaryData key swiftrings.tar.gz: it has account.ring.gz");
  }

  @Test
  void aJobAtWorkIsSeenAndNothingIsWrittenBesideIt() throws Exception {
    StoredRing.Pair pair = pair();
    Job job = client().resource(SwiftOperatorRings.job(cluster.namespace(), MAP)).create();

    assertThat(store.read())
        .isInstanceOfSatisfying(
            StoredRing.Busy.class,
            busy -> assertThat(busy.message()).contains("Job swift-ring-rebalance", MAP));
    assertThatThrownBy(() -> prepare(store, pair))
        .isInstanceOf(StoreChangedException.class)
        .hasMessageContaining("swift-ring-rebalance");
    assertThat(pair.revision().token()).contains(found(MAP).getMetadata().getResourceVersion());

    client()
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
    client().resource(SwiftOperatorRings.job(cluster.namespace(), "swift-ring-files-1")).create();
    Job suspended =
        new JobBuilder(SwiftOperatorRings.job(cluster.namespace(), MAP))
            .editMetadata()
            .withName("suspended")
            .endMetadata()
            .editSpec()
            .withSuspend(true)
            .endSpec()
            .build();
    client().resource(suspended).create();
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
    client().resource(unclear).create();
    assertThat(store.read())
        .isInstanceOfSatisfying(
            StoredRing.Busy.class, busy -> assertThat(busy.message()).contains("unclear"));
  }

  @Test
  void killedBeforeAnyWriteItLeavesAPairThatCanBeGoneOnFrom() throws Exception {
    int writes = 0;
    boolean completed = false;
    while (!completed) {
      StoredRing.Pair pair = pair();
      try (KubernetesClient dying = DyingClient.before(++writes, client())) {
        store(dying).backUp(pair.revision(), BEFORE);
        prepare(store(dying), pair);
        completed = true;
      } catch (DyingClient.Died e) {
        assertThat(pair().revision()).as("all or nothing").isEqualTo(pair.revision());
      }
    }
    assertThat(writes)
        .as("one backup and one patch, and then the one that was not made")
        .isEqualTo(3);
    assertThat(pair().ring().nextPartPower()).isEqualTo(7);
    assertThat(RingPair.difference(pair().ring(), builder(pair()))).isEmpty();
  }
}
