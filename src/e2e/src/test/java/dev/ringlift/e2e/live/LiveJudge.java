package dev.ringlift.e2e.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.e2e.cluster.StorageHost;
import dev.ringlift.e2e.live.Fragments.Stored;
import dev.ringlift.testkit.swift.Found;
import dev.ringlift.testkit.swift.SwiftFile;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What has to hold after a story in which nobody was forgotten. */
final class LiveJudge {
  private final LiveCluster live;

  LiveJudge(LiveCluster live) {
    this.live = live;
  }

  /**
   * Every promise was kept, but to those who read, within the spread of an Increase ring, what was
   * written within it.
   */
  void assertPromisesKept(List<Spread.Window> windows) {
    Ledger ledger = live.ledger();
    System.out.println("live Swift: " + ledger);
    ledger.contradictions().forEach(each -> System.out.println("live Swift: " + each));
    assertThat(ledger.laterRequests()).as("requests").isGreaterThan(ledger.baselineRequests());
    // A slow machine may let a request fail now and then, but not more often for an increase.
    long allowed =
        ledger.baselineFailures().size()
            * Math.ceilDiv(ledger.laterRequests(), ledger.baselineRequests());
    assertThat((long) ledger.laterFailures().size())
        .as("failed: %s; in the baseline: %s", ledger.laterFailures(), ledger.baselineFailures())
        .isLessThanOrEqualTo(allowed);
    assertThat(ledger.contradictions())
        .as("answers that contradict a promise, outside of the spread %s", windows)
        .filteredOn(Spread.excused(windows, live.settings().ringReload()).negate())
        .isEmpty();
  }

  /** Nothing was done before everybody had the ring for it; which rings there were. */
  List<Spread.Window> assertBarrierHeld(int policy, List<String> powers) {
    Spread spread =
        new Spread(live.cluster().courier().deliveries(), policy, live.settings().ringReload());
    assertThat(spread.powers()).isEqualTo(powers);
    Set<String> everybody =
        Stream.concat(
                live.cluster().hosts().stream().map(StorageHost::name),
                live.proxies().stream().map(Proxy::name))
            .collect(Collectors.toSet());
    spread.assertBarrierHeld(
        live.cluster().tasks().stream()
            .filter(task -> task.getSpec().policyIndex() == policy)
            .toList(),
        everybody);
    List<Spread.Window> windows = spread.increases(live.proxies());
    windows.forEach(
        window -> System.out.println("live Swift: spread of an Increase ring " + window.length()));
    return windows;
  }

  /** Rings and trees of a policy are at this power, whole and tidy. */
  void assertAllAt(int policy, int partPower) {
    ConfigMap map =
        live.cluster()
            .client()
            .configMaps()
            .inNamespace(live.cluster().namespace())
            .withName("swift-rings")
            .require();
    Path ring = LiveRings.save(map, policy, live.folder("last-" + policy));
    String builder = ring.resolveSibling(LiveRings.name(policy) + ".builder").toString();
    assertThat(live.swift().ringBuilder(builder).orThrow().out())
        .contains((1 << partPower) + " partitions", "Ring file " + ring + " is up-to-date");
    assertThat(misplaced(LiveRings.name(policy).replace("object", "objects"), partPower))
        .as("files at old paths, or with further links")
        .isEmpty();
    for (StorageHost host : live.cluster().hosts()) {
      assertThat(live.swift().audit(host.devicesRoot()).quarantined()).isEmpty();
    }
    if (policy == 0) {
      assertReplicas(ring);
    } else {
      assertFragments(ring, policy);
    }
  }

  private List<String> misplaced(String dataDir, int partPower) {
    List<String> misplaced = new ArrayList<>();
    for (StorageHost host : live.cluster().hosts()) {
      for (SwiftFile file : live.swift().tree(host.devicesRoot())) {
        // <device>/objects/<partition>/<suffix>/<hash>/<file>
        String[] parts = file.path().split("/", -1);
        if (file.isFile() && parts.length == 6 && parts[1].equals(dataDir)) {
          long partition = Long.parseLong(parts[4].substring(0, 8), 16) >>> (32 - partPower);
          if (!parts[2].equals(Long.toString(partition)) || file.links() != 1) {
            misplaced.add(host.name() + "/" + file.path() + " (" + file.links() + " links)");
          }
        }
      }
    }
    return misplaced;
  }

  /** Not only do proxies find what was promised: each of the replicas has it. */
  private void assertReplicas(Path ring) {
    List<Found> found = live.swift().read(ring, 0, live.roots(), live.objects().questions());
    assertThat(found.stream().map(live.objects()::wrong).filter(wrong -> !wrong.isEmpty()))
        .as("replicas that are not as promised")
        .isEmpty();
  }

  /** Each place has the fragment that belongs there, and any of them that are enough the object. */
  private void assertFragments(Path ring, int policy) {
    Map<String, Stored> stored =
        new Fragments(live.swift(), live.roots())
            .read(ring, policy, live.objects().coded().keySet());
    assertThat(stored.values().stream().mapToInt(each -> each.bodies().size()).sum())
        .as("objects that are there, read from different fragments")
        .isPositive();
    assertThat(
            live.objects().coded().entrySet().stream()
                .flatMap(
                    each ->
                        Fragments.wrong(
                            each.getValue(), Objects.requireNonNull(stored.get(each.getKey())))
                            .stream()))
        .as("fragments that are not as promised")
        .isEmpty();
  }
}
