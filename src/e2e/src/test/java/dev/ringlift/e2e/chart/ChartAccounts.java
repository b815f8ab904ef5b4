package dev.ringlift.e2e.chart;

import dev.ringlift.e2e.cluster.SwiftCluster;
import dev.ringlift.testkit.kube.ApiServer;
import java.nio.file.Path;
import java.util.Map;

/** Lets the programs of a cluster run with the accounts of the chart, and with no more rights. */
public final class ChartAccounts {
  private ChartAccounts() {}

  /**
   * Applies the roles and the policy of the chart, and gives operator and agents tokens as in pods.
   *
   * @param folder for the kubeconfigs
   * @param ringsFrom the chart's value {@code agent.rings.from}
   */
  public static void give(ApiServer server, SwiftCluster cluster, Path folder, String ringsFrom) {
    server
        .apply(RingliftChart.access(cluster.namespace(), Map.of("agent.rings.from", ringsFrom)))
        .orThrow();
    String first = cluster.hosts().getFirst().name();
    cluster.runAs(
        kubeconfig(server, cluster, folder, RingliftChart.OPERATOR, first),
        node -> kubeconfig(server, cluster, folder, RingliftChart.AGENT, node));
  }

  /** Of this account as a pod on this node has it. */
  public static Path kubeconfig(
      ApiServer server, SwiftCluster cluster, Path folder, String account, String node) {
    return server.kubeconfig(
        folder.resolve(account + "-" + node + ".kubeconfig"),
        server.nodeToken(cluster.namespace(), account, node));
  }
}
