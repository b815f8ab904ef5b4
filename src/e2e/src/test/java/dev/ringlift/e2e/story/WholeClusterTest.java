package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.e2e.chart.RingliftChart;
import dev.ringlift.testkit.kube.KubernetesAssets;
import dev.ringlift.testkit.kube.Machine;
import dev.ringlift.testkit.kube.WholeCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chart and the images on a whole Kubernetes: installed for each kind of site, disturbed in the
 * middle of an increase in every way that an administrator's day knows, and removed. The first
 * release brings the definitions, which the others find there.
 */
@Tag("cluster")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WholeClusterTest {
  private static WholeCluster cluster;

  @BeforeAll
  static void startCluster(@TempDir Path folder) {
    cluster =
        new WholeCluster(
            KubernetesAssets.fromEnvironment().forNodes(),
            folder.resolve("kube"),
            List.of("storage-a", "storage-b"),
            List.of(image("operator"), image("agent")));
    cluster.startMachines();
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  private static Path image(String component) {
    Path archive =
        Path.of("").toAbsolutePath().resolve("../../target/images/ringlift-" + component + ".tar");
    if (!Files.exists(archive)) {
      throw new IllegalStateException(archive + " is not there: bin/images makes it");
    }
    return archive.normalize();
  }

  @Test
  @Order(1)
  void anIncreaseOutlivesUpgradesEvictionAndPowerFailure(@TempDir Path folder) {
    try (WholeClusterSite site =
        new WholeClusterSite(cluster, SiteKind.CONFIG_MAP, folder, 6, 600)) {
      site.tell(() -> tell(site, site.view()));
    }
  }

  private static void tell(WholeClusterSite site, SiteView view) {
    site.install();
    site.awaitReady();
    assertRunsWithoutRights(view);
    site.startProxies();
    site.raiseWithProxies(7, 2);
    view.eventually("objects are linked").until(() -> view.filesDone() > 0);

    long agents = view.agentsGeneration();
    site.upgrade("operator.settings.recheck", "3s");
    assertThat(view.agentsGeneration())
        .as("a change of the operator alone is none of the agents")
        .isEqualTo(agents);
    upgradeToOtherImages(site, view);

    site.evictAgent(cluster.machines().getFirst());
    view.eventually("it goes on under another agent").until(view::goesOn);

    Machine lost = cluster.machines().getLast();
    lost.powerOff();
    view.eventually("the node is missed")
        .until(() -> view.conditionMessage("Degraded").contains(lost.name()));
    lost.start();
    lost.awaitReady();
    site.setRate(0);
    view.awaitComplete(7);
    assertThat(view.consumers()).as("two storage nodes, and two proxies").isEqualTo(4);

    assertThat(site.uninstall())
        .as("what Helm says of what it leaves")
        .contains("partitionpowerincreases.ringlift.dev", "storagenodes.ringlift.dev");
    view.assertNothingRuns();
    view.assertAllAt(7);
    assertThat(view.phase()).isEqualTo(Phase.Complete);

    // where it has left its definitions
    site.install();
    site.uninstall();
    assertThat(view.phase()).isEqualTo(Phase.Complete);
  }

  private static void upgradeToOtherImages(WholeClusterSite site, SiteView view) {
    for (Machine machine : cluster.machines()) {
      for (String component : List.of("operator", "agent")) {
        String name = "localhost/ringlift-%s:".formatted(component);
        machine.tagImage(name + RingliftChart.version(), name + "next");
      }
    }
    Set<String> agents = view.agents();
    long done = view.filesDone();

    site.upgrade("image.tag", "next");
    site.awaitReady();

    assertThat(view.agents()).as("agents of the new image").doesNotContainAnyElementsOf(agents);
    assertThat(view.images())
        .containsExactlyInAnyOrder(
            "localhost/ringlift-operator:next", "localhost/ringlift-agent:next");
    view.eventually("it goes on in the new image").until(view::goesOn);
    assertThat(view.phase()).isEqualTo(Phase.Relinking);
    assertThat(view.filesDone()).as("what was done counts").isGreaterThan(done);
  }

  private static void assertRunsWithoutRights(SiteView view) {
    for (Machine machine : cluster.machines()) {
      assertThat(view.processStatus(machine))
          .containsPattern("Uid:\\s+42445\\s+42445\\s+42445")
          .containsPattern("CapEff:\\s+0000000000000000")
          .containsPattern("NoNewPrivs:\\s+1")
          .containsPattern("Seccomp:\\s+2");
    }
  }

  /** Both at once, on the same nodes: two releases beside each other. */
  @Test
  @Order(2)
  void theOtherPresetsWorkAndAnIncreaseOutlivesUninstalling(@TempDir Path folder) {
    try (WholeClusterSite swiftOperator = site(SiteKind.SWIFT_OPERATOR, folder);
        WholeClusterSite hostPath = site(SiteKind.HOST_PATH, folder)) {
      swiftOperator.tell(() -> hostPath.tell(() -> tell(swiftOperator, hostPath)));
    }
  }

  private static WholeClusterSite site(SiteKind kind, Path folder) {
    return new WholeClusterSite(cluster, kind, folder.resolve(kind.preset()), 6, 100);
  }

  private static void tell(WholeClusterSite swiftOperator, WholeClusterSite hostPath) {
    List<WholeClusterSite> both = List.of(swiftOperator, hostPath);
    both.forEach(WholeClusterSite::install);
    both.forEach(WholeClusterSite::awaitReady);
    both.forEach(site -> site.view().awaitNodes());
    swiftOperator.raise(7, 0);
    hostPath.raise(7, 2);
    SiteView view = hostPath.view();
    view.eventually("objects are linked").until(() -> view.filesDone() > 0);

    byte[] ring = view.ring();
    hostPath.uninstall();
    view.assertNothingRuns();
    view.assertInTheMiddle(ring, 6);
    assertThat(view.phase()).isEqualTo(Phase.Relinking);
    long done = view.filesDone();
    hostPath.taintNodes(); // which this preset's agents bear
    hostPath.install();
    view.eventually("it goes on under the release that is installed anew")
        .until(() -> view.filesDone() > done);
    hostPath.setRate(0);

    both.forEach(site -> site.view().awaitComplete(7));
    both.forEach(WholeClusterSite::uninstall);
  }
}
