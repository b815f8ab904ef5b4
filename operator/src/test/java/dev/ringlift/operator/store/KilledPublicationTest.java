package dev.ringlift.operator.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.operator.act.EventWriter;
import dev.ringlift.operator.act.Publisher;
import dev.ringlift.operator.act.StatusWriter;
import dev.ringlift.operator.cluster.DyingClient;
import dev.ringlift.operator.cluster.Remembered;
import dev.ringlift.operator.cluster.SimulatedCluster;
import dev.ringlift.operator.observe.LiveReader;
import dev.ringlift.operator.observe.Observer;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Observation;
import dev.ringlift.operator.plan.Plan;
import dev.ringlift.operator.plan.Planner;
import dev.ringlift.operator.plan.Settings;
import dev.ringlift.operator.plan.StatusAggregator;
import dev.ringlift.operator.plan.StoredRing;
import dev.ringlift.operator.recon.ReconReader;
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
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * An operator dies before the first write of a publication, before the second, and so on through
 * all of them (backups, status, Events, builder, ring); each time another one takes over.
 */
@Tag("apiserver")
@ExtendWith(ApiServerExtension.class)
class KilledPublicationTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Settings AT_ONCE =
      new Settings(
          Duration.ZERO,
          Duration.ZERO,
          Duration.ofMillis(500),
          Duration.ofSeconds(2),
          Duration.ofSeconds(30),
          Duration.ofMillis(500));

  @Test
  void ringAndBuilderInOneMapAreNeverFoundApart(ApiServer server) {
    assertThat(killEverywhere(server, List.of("swift-rings")))
        .as("dead before it: the transition is decided on anew; behind it: it was published")
        .containsOnly("former pair", "new pair");
  }

  @Test
  void ofRingAndBuilderInTwoMapsTheBuilderIsNeverBehind(ApiServer server) {
    assertThat(killEverywhere(server, List.of("swift-rings", "swift-builders")))
        .contains("former pair", "builder ahead", "new pair")
        .containsOnly("former pair", "builder ahead", "new pair");
  }

  /** What was found in the store after each death. */
  private static List<String> killEverywhere(ApiServer server, List<String> maps) {
    List<String> found = new ArrayList<>();
    try (SimulatedCluster cluster = SimulatedCluster.start(server, 2)) {
      Site site = new Site(cluster, maps);
      boolean died = true;
      for (int write = 1; died; write++) {
        site.begin("grow-" + write);
        try (KubernetesClient mortal = DyingClient.before(write, cluster.client())) {
          site.operate(mortal);
          died = false;
        } catch (DyingClient.Died death) {
          found.add(site.state());
          site.anotherOperatorGoesOn();
        }
        site.assertPublishedOnce();
        site.end();
      }
    }
    return found;
  }

  /** One ring, as maps hold it, and the increase under way. */
  private static final class Site {
    private final SimulatedCluster cluster;
    private final List<String> maps;
    private final RingBuilder former;
    private final Ring formerRing;
    private String name = "";

    Site(SimulatedCluster cluster, List<String> maps) {
      this.cluster = cluster;
      this.maps = maps;
      this.former = cluster.newBuilder(6);
      this.formerRing = former.toRing(1);
    }

    void begin(String increaseName) {
      name = increaseName;
      putFormerPair();
      cluster.apply(name, 7, RingSource.inConfigMaps(maps.toArray(String[]::new)));
      String md5 = Md5.hex(formerRing.toBytes());
      await("the agents tell of the former ring")
          .atMost(LONG)
          .until(
              () -> {
                var nodes =
                    cluster
                        .client()
                        .resources(StorageNode.class)
                        .inNamespace(cluster.namespace())
                        .list()
                        .getItems();
                return nodes.size() == 2
                    && nodes.stream()
                        .allMatch(
                            node ->
                                node.getStatus() != null
                                    && node.getStatus().rings().stream()
                                        .anyMatch(ring -> ring.md5().equals(md5)));
              });
    }

    private void putFormerPair() {
      MapEntries ring = MapEntries.binary(SimulatedCluster.RING, formerRing.toBytes());
      MapEntries builder = MapEntries.binary(SimulatedCluster.BUILDER, former.toBytes());
      if (maps.size() == 1) {
        put(maps.getFirst(), ring.and(builder));
      } else {
        put(maps.getFirst(), ring);
        put(maps.getLast(), builder);
      }
    }

    private void put(String map, MapEntries entries) {
      ConfigMap content =
          entries
              .addTo(new ConfigMapBuilder())
              .withNewMetadata()
              .withNamespace(cluster.namespace())
              .withName(map)
              .endMetadata()
              .build();
      cluster.client().resource(content).createOr(existing -> existing.update());
    }

    private PartitionPowerIncrease increase() {
      return cluster
          .client()
          .resources(PartitionPowerIncrease.class)
          .inNamespace(cluster.namespace())
          .withName(name)
          .require();
    }

    /** One look and what follows from it, as the reconciler does it, with everything read anew. */
    void operate(KubernetesClient client) {
      Instant now = Instant.now();
      PartitionPowerIncrease increase = increase();
      RingStore store = RingStores.of(client).of(increase);
      Observation seen =
          Observer.observe(
              increase,
              store.read(),
              new LiveReader(
                  client, Remembered.NOTHING, cluster.namespace(), increase.getMetadata().getUid()),
              ReconReader.NONE,
              store::backup);
      Plan plan = new Planner(AT_ONCE).plan(seen, now);
      PartitionPowerIncreaseStatus status = StatusAggregator.aggregate(seen.increase(), plan, now);
      StatusWriter statusWriter = new StatusWriter(client);
      if (plan.decision() instanceof Publish publish) {
        try {
          new Publisher(statusWriter, new EventWriter(client))
              .publish(increase, status, store, publish, List.of(), now);
        } catch (StoreChangedException e) {
          throw new AssertionError("nobody else writes here", e);
        }
      } else {
        statusWriter.write(increase, status);
      }
    }

    private StoredRing.Pair pair() {
      StoredRing read = RingStores.of(cluster.client()).of(increase()).read();
      assertThat(read).isInstanceOf(StoredRing.Pair.class);
      return (StoredRing.Pair) read;
    }

    /** A valid pair, or the one half of a pair that may be found. */
    String state() {
      StoredRing.Pair pair = pair();
      RingBuilder builder = Objects.requireNonNull(pair.builder());
      if (RingPair.difference(pair.ring(), builder).isEmpty()) {
        return pair.ring().nextPartPower() == null ? "former pair" : "new pair";
      }
      assertThat(pair.ringMd5()).isEqualTo(Md5.hex(formerRing.toBytes()));
      assertThat(builder.nextPartPower()).isEqualTo(7);
      return "builder ahead";
    }

    void anotherOperatorGoesOn() {
      await("the ring is prepared")
          .atMost(LONG)
          .until(
              () -> {
                operate(cluster.client());
                return state().equals("new pair");
              });
    }

    void assertPublishedOnce() {
      StoredRing.Pair pair = pair();
      assertThat(state()).isEqualTo("new pair");
      assertThat(pair.ring().version()).isEqualTo(former.version() + 1);
      assertThat(pair.ringMd5()).isEqualTo(Md5.hex(prepared().toBytes()));
      PartitionPowerIncreaseStatus status = Objects.requireNonNull(increase().getStatus());
      assertThat(Objects.requireNonNull(status.publication()).md5()).isEqualTo(pair.ringMd5());
      assertThat(backedUp())
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  SimulatedCluster.RING,
                  Base64.getEncoder().encodeToString(formerRing.toBytes()),
                  SimulatedCluster.BUILDER,
                  Base64.getEncoder().encodeToString(former.toBytes())));
    }

    private Ring prepared() {
      try {
        return formerRing.after(Transition.PREPARE);
      } catch (TransitionRefusedException e) {
        throw new AssertionError(e);
      }
    }

    private Map<String, String> backedUp() {
      Map<String, String> all = new TreeMap<>();
      for (ConfigMap backup :
          cluster
              .client()
              .configMaps()
              .inNamespace(cluster.namespace())
              .withLabel(ApiConstants.LABEL_INCREASE_UID, increase().getMetadata().getUid())
              .list()
              .getItems()) {
        all.putAll(backup.getBinaryData());
      }
      return all;
    }

    void end() {
      cluster.client().resource(increase()).delete();
    }
  }
}
