package dev.ringlift.operator.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.operator.plan.Check;
import dev.ringlift.operator.plan.StoredRing;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingPair;
import dev.ringlift.ring.Transition;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What {@link RingStore} promises, of the one that agents install rings from. */
@Tag("apiserver")
@ExtendWith(ApiServerExtension.class)
class HostPathRingStoreTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final int PART_LIMIT = 200;

  private final SimulatedCluster cluster;
  private final PartitionPowerIncrease increase;
  private final RingStore store;

  HostPathRingStoreTest(ApiServer server) {
    cluster = SimulatedCluster.start(server, 2);
    RingSource source =
        new RingSource(
            RingSource.Type.HostPath,
            List.of(SimulatedCluster.MAP),
            RingSource.Encoding.Raw,
            RingSource.Builder.Required);
    increase = cluster.apply("grow", 7, source);
    store =
        new HostPathRingStore(cluster.client(), increase, PART_LIMIT, joined(), new ReadFiles());
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

  /** Each store looks for itself: what a test does to parts is to be seen at once. */
  private static JoinedFiles joined() {
    return new JoinedFiles(Duration.ZERO, InstantSource.system());
  }

  private static RingBuilder builder(StoredRing.Pair pair) {
    return Objects.requireNonNull(pair.builder());
  }

  private static void write(RingStore store, StoredRing.Pair before, Transition transition)
      throws Exception {
    store.backUp(before.revision(), null);
    store.write(
        before.revision(), before.ring().after(transition), builder(before).after(transition, NOW));
  }

  private List<ConfigMap> parts() {
    return cluster
        .client()
        .configMaps()
        .inNamespace(cluster.namespace())
        .withLabel(ApiConstants.LABEL_RING_FILE)
        .list()
        .getItems();
  }

  private Set<String> named() {
    Set<String> named = new TreeSet<>();
    String indexes = String.join(" ", map().getData().values());
    for (ConfigMap part : parts()) {
      if (indexes.contains(part.getMetadata().getName())) {
        named.add(part.getMetadata().getName());
      }
    }
    return named;
  }

  private void assertOwnersAreRight() {
    Set<String> named = named();
    assertThat(parts())
        .allSatisfy(
            part ->
                assertThat(part.getMetadata().getOwnerReferences())
                    .as("%s, named: %s", part.getMetadata().getName(), named)
                    .extracting(OwnerReference::getUid)
                    .isEqualTo(
                        named.contains(part.getMetadata().getName())
                            ? List.of()
                            : List.of(increase.getMetadata().getUid())));
  }

  @Test
  void writesBothInPartsInOnePatchOfTheMap() throws Exception {
    StoredRing.Pair before = pair();

    write(store, before, Transition.PREPARE);

    StoredRing.Pair after = pair();
    assertThat(after.ring().nextPartPower()).isEqualTo(7);
    assertThat(RingPair.difference(after.ring(), builder(after))).isEmpty();
    assertThat(map().getBinaryData()).as("what was whole is gone").isNullOrEmpty();
    assertThat(map().getData())
        .containsOnlyKeys("note", "object.ring.gz.index", "object.builder.index");
    assertThat(map().getMetadata().getLabels()).containsEntry("kept", "yes");
    assertThat(named()).hasSameSizeAs(parts()).hasSizeGreaterThan(5);
    assertThat(parts())
        .allSatisfy(
            part -> {
              assertThat(part.getImmutable()).isTrue();
              assertThat(part.getMetadata().getOwnerReferences()).isEmpty();
              assertThat(part.getBinaryData()).hasSize(1);
            });
  }

  @Test
  void whatIsSupersededGoesWithTheIncreaseAndCanBePutBack() throws Exception {
    write(store, pair(), Transition.PREPARE);
    Map<String, String> prepared = map().getData();
    StoredRing.Pair before = pair();

    write(store, before, Transition.CANCEL);

    assertOwnersAreRight();
    assertThat(parts()).hasSizeGreaterThan(named().size());
    ConfigMap backup =
        cluster
            .client()
            .configMaps()
            .inNamespace(cluster.namespace())
            .withLabel(ApiConstants.LABEL_INCREASE_UID, increase.getMetadata().getUid())
            .list()
            .getItems()
            .stream()
            .filter(found -> found.getMetadata().getName().contains(before.ringMd5()))
            .findFirst()
            .orElseThrow();
    assertThat(prepared).containsAllEntriesOf(backup.getData());
    assertThat(store.backup(before.ringMd5()))
        .hasValueSatisfying(ring -> assertThat(ring.nextPartPower()).isEqualTo(7));
    assertThat(store.backup("0".repeat(32))).isEmpty();

    cluster
        .client()
        .resource(new ConfigMapBuilder(map()).addToData(backup.getData()).build())
        .update();
    assertThat(pair().ringMd5()).isEqualTo(before.ringMd5());
    StoredRing.Pair back = pair();
    store.backUp(back.revision(), null);
    assertOwnersAreRight();
    assertThat(named()).isNotEmpty();
  }

  @Test
  void whatFitsStaysWhole() throws Exception {
    RingStore roomy =
        new HostPathRingStore(cluster.client(), increase, 1 << 20, joined(), new ReadFiles());

    write(roomy, pair(), Transition.PREPARE);

    assertThat(map().getBinaryData()).containsOnlyKeys("object.ring.gz", "object.builder");
    assertThat(parts()).isEmpty();
    assertThat(pair().ring().nextPartPower()).isEqualTo(7);
  }

  @Test
  void comesBackFromPartsToWhole() throws Exception {
    write(store, pair(), Transition.PREPARE);

    write(
        new HostPathRingStore(cluster.client(), increase, 1 << 20, joined(), new ReadFiles()),
        pair(),
        Transition.CANCEL);

    assertThat(map().getBinaryData()).containsOnlyKeys("object.ring.gz", "object.builder");
    assertThat(map().getData()).containsOnlyKeys("note");
    assertOwnersAreRight();
  }

  /** At each API write the process ends; whoever reads then, and whoever goes on, finds a pair. */
  @Test
  void leavesAWholePairWhereverItDies() throws Exception {
    write(store, pair(), Transition.PREPARE);
    int deaths = 0;
    for (boolean died = true; died; ) {
      StoredRing.Pair before = pair();
      Transition transition =
          before.ring().nextPartPower() == null ? Transition.PREPARE : Transition.CANCEL;
      if (Objects.equals(before.ring().nextPartPower(), before.ring().partPower())) {
        transition = Transition.FINISH;
      }
      String afterwards = Objects.toString(before.ring().after(transition).nextPartPower());
      try (KubernetesClient dying = dyingAt(deaths + 1)) {
        write(
            new HostPathRingStore(dying, increase, PART_LIMIT, joined(), new ReadFiles()),
            before,
            transition);
        died = false;
      } catch (RuntimeException e) {
        assertThat(e).hasStackTraceContaining("killed");
        deaths++;
      }

      StoredRing.Pair found = pair();
      assertThat(RingPair.difference(found.ring(), builder(found))).isEmpty();
      if (found.ringMd5().equals(before.ringMd5())) {
        write(store, found, transition);
      }
      assertThat(Objects.toString(pair().ring().nextPartPower())).isEqualTo(afterwards);
      store.backUp(pair().revision(), null);
      assertOwnersAreRight();
    }
    assertThat(deaths).as("writes").isGreaterThan(12);
  }

  private KubernetesClient dyingAt(int write) {
    return new KubernetesClientBuilder()
        .withConfig(cluster.client().getConfiguration())
        .withHttpClientBuilderConsumer(
            http -> http.addOrReplaceInterceptor("dying", new Dying(write)))
        .build();
  }

  /** From the n-th write on, nothing goes out any more. */
  private static final class Dying implements Interceptor {
    private int left;

    Dying(int write) {
      left = write;
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      if (!request.method().equals("GET")) {
        left--;
      }
      if (left <= 0) {
        throw new IllegalStateException("killed");
      }
    }
  }

  @Test
  void writesNothingOverAMapThatChangedInBetween() throws Exception {
    StoredRing.Pair before = pair();
    cluster
        .client()
        .resource(new ConfigMapBuilder(map()).addToData("note", "changed").build())
        .update();

    assertThatThrownBy(() -> write(store, before, Transition.PREPARE))
        .isInstanceOf(StoreChangedException.class);

    assertThat(pair().ringMd5()).isEqualTo(before.ringMd5());
    assertThat(parts()).isEmpty();
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    write(store, pair(), Transition.PREPARE);
    ConfigMap part =
        parts().stream()
            .filter(found -> found.getMetadata().getName().contains("ring.gz"))
            .findFirst()
            .orElseThrow();
    cluster.client().resource(part).delete();

    assertUnusable(
        Check.RingReadable,
        "object.ring.gz in ConfigMap swift-rings is no ring that could be used. Its part"
            + " object.ring.gz.0000");

    cluster
        .client()
        .resource(new ConfigMapBuilder(map()).addToBinaryData("object.ring.gz", "AAAA").build())
        .update();
    assertUnusable(Check.RingReadable, "It is there twice, whole and as object.ring.gz.index");

    cluster
        .client()
        .resource(
            new ConfigMapBuilder(map())
                .removeFromBinaryData("object.ring.gz")
                .removeFromData("object.ring.gz.index")
                .build())
        .update();
    assertUnusable(
        Check.RingStore,
        "ConfigMap swift-rings has neither object.ring.gz nor object.ring.gz.index; make it with"
            + " ringlift ring manifest.");
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
  void tellsInHowManyPartsTheFilesWouldBe() {
    StoredRing.Pair pair = pair();

    assertThat(pair.sizes().with(pair.ring(), pair.builder()))
        .singleElement()
        .satisfies(
            size -> {
              assertThat(size.name())
                  .matches(
                      "ConfigMap swift-rings \\(with object.builder in \\d+ part\\(s\\),"
                          + " object.ring.gz in \\d+ part\\(s\\)\\)");
              assertThat(size.bytes()).isLessThan(size.limitBytes());
            });
  }
}
