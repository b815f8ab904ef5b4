package dev.ringlift.e2e.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.e2e.chart.RingliftChart;
import dev.ringlift.e2e.cluster.ClusterLayout;
import dev.ringlift.e2e.cluster.ProcessSettings;
import dev.ringlift.e2e.cluster.Programs;
import dev.ringlift.e2e.cluster.SwiftCluster;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.process.ManagedProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A real operator and a real agent give Prometheus what the documents promise, in its format. */
@Tag("e2e")
@ExtendWith(ApiServerExtension.class)
class ExposedMetricsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String NODE = "metrics-node1";

  /** There only once something is wrong. */
  private static final String PROBLEMS = "ringlift_increase_problems";

  @Test
  void operatorAndAgentGiveAllThatIsDocumented(ApiServer server, @TempDir Path folder)
      throws IOException {
    try (SwiftCluster cluster =
        new SwiftCluster(
            server,
            server.newNamespace("metrics"),
            folder.resolve("nodes"),
            new ClusterLayout(1, 2, "metrics-node", "127.0.92"),
            ProcessSettings.quick(),
            Programs.ofThisCheckout())) {
      cluster.publishNewRing(4, 2);
      ManagedProcess operator = cluster.startOperator();
      ManagedProcess agent = cluster.startAgent(NODE);
      cluster.apply("grow", 5, "  gates: {relink: Manual}\n");

      await("the operator gives its figures")
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(names(scrape(operator, folder)))
                      .containsAll(documented("ringlift_increase_\\w+")));
      await("the agent gives its figures")
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(names(scrape(agent, folder)))
                      .containsAll(documented("ringlift_agent_\\w+")));
    }
  }

  /** What documents, alerts and dashboard name. */
  private static Set<String> documented(String regex) throws IOException {
    String text =
        Files.readString(Path.of("../../docs/metrics.md"))
            + Files.readString(RingliftChart.folder().resolve("files/alerts.yaml"))
            + Files.readString(RingliftChart.folder().resolve("files/dashboard.json"));
    return Pattern.compile(regex)
        .matcher(text)
        .results()
        .map(found -> found.group())
        .filter(name -> !name.equals(PROBLEMS))
        .collect(Collectors.toSet());
  }

  private static Set<String> names(String metrics) {
    return metrics
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("[{ ]", 2)[0])
        .collect(Collectors.toSet());
  }

  private static String scrape(ManagedProcess process, Path folder)
      throws IOException, InterruptedException {
    String address = process.awaitOutput("Listening on: ", PATIENCE);
    String port = address.replaceAll(".*Listening on: http://[^:]*:(\\d+).*", "$1");
    try (HttpClient client = HttpClient.newHttpClient()) {
      String metrics =
          client
              .send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/metrics"))
                      .header("Accept", "text/plain") // promtool does not read OpenMetrics
                      .build(),
                  BodyHandlers.ofString())
              .body();
      // it exits with 3 for what is merely against custom, as some of the libraries' names are
      Command.Result check = Promtool.command(folder, "check", "metrics").input(metrics).run();
      assertThat(check.exitCode()).as(check.err()).isIn(0, 3);
      return metrics;
    }
  }
}
