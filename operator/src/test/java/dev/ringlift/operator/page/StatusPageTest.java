package dev.ringlift.operator.page;

import static dev.ringlift.operator.page.SampleCluster.progress;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.operator.page.History.Point;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page over HTTP. */
@Timeout(120)
class StatusPageTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String UID = SampleIncrease.uid("grow");

  private final SampleCluster cluster = new SampleCluster();
  private final ServedPage page = new ServedPage(cluster);
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

  @AfterEach
  void close() {
    client.shutdownNow();
    page.close();
  }

  private HttpResponse<String> ask(String method, String path)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(page.url()).resolve(path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Its lines; closed by closing the client. */
  private HttpResponse<Stream<String>> listen() throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(page.url()).resolve("/events")).build(),
        HttpResponse.BodyHandlers.ofLines());
  }

  /** What the next event of this name says. */
  private static JsonNode next(Iterator<String> lines, String event)
      throws JsonProcessingException {
    while (!lines.next().equals("event: " + event)) {
      // another one, or its end
    }
    String data = lines.next();
    assertThat(data).startsWith("data: ");
    return JSON.readTree(data.substring("data: ".length()));
  }

  private void relinking() {
    cluster.put(
        new SampleIncrease("grow", Phase.Relinking)
            .progress(100, 1024, 250, Instant.now().plusSeconds(60))
            .build());
    cluster.addNode("storage-1", 2, Instant.now());
    cluster.putTask(
        UID, "storage-1", Step.Relink, State.Running, progress("d1", 100), progress("d2", 0));
  }

  @Test
  void thePageIsWhatItsPolicyDescribes() throws IOException, InterruptedException {
    HttpResponse<String> response = ask("GET", "/");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(PageDocument.load().html());
    assertThat(response.headers().map())
        .containsEntry(
            "content-security-policy", List.of(PageDocument.load().contentSecurityPolicy()))
        .containsEntry("x-content-type-options", List.of("nosniff"))
        .containsEntry("x-frame-options", List.of("DENY"))
        .containsEntry("referrer-policy", List.of("no-referrer"))
        .containsEntry("cache-control", List.of("no-store"))
        .doesNotContainKey("access-control-allow-origin");
  }

  @Test
  void nothingElseIsThereAndNothingCanBeChanged() throws IOException, InterruptedException {
    assertThat(ask("GET", "/q/metrics").statusCode()).isEqualTo(404);
    assertThat(ask("GET", "/../page.js").statusCode()).isEqualTo(404);
    assertThat(ask("POST", "/").statusCode()).isEqualTo(405);
    assertThat(ask("DELETE", "/events").statusCode()).isEqualTo(405);
    assertThat(ask("HEAD", "/").statusCode()).isEqualTo(200);
    assertThat(ask("HEAD", "/events").statusCode()).isEqualTo(200);
  }

  @Test
  void atLoopbackOnlyWhoCallsItSoIsAnswered() throws IOException {
    assertThat(answerTo("localhost:" + page.port())).contains(" 200 ");
    assertThat(answerTo("127.0.0.1")).contains(" 200 ");
    assertThat(answerTo("evil.example:" + page.port())).contains(" 403 ");
    assertThat(answerTo("localhost.evil.example")).contains(" 403 ");
  }

  /** The first line of what is said to who calls it so. */
  private String answerTo(String host) throws IOException {
    try (Socket socket = connect()) {
      send(socket, "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .findFirst()
          .orElse("");
    }
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), page.port());
  }

  private static void send(Socket socket, String request) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(request.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  @Test
  void whoListensHearsHowItIsAndThenWhatChanges() throws IOException, InterruptedException {
    relinking();
    HttpResponse<Stream<String>> response = listen();
    assertThat(response.headers().firstValue("content-type")).contains("text/event-stream");
    Iterator<String> lines = response.body().iterator();

    JsonNode nodes = next(lines, "nodes");
    assertThat(nodes.path("increase").asText()).isEqualTo(UID);
    assertThat(nodes.path("nodes").path(0).path("devices").path(0).path("d").asInt())
        .isEqualTo(100);
    JsonNode grow = next(lines, "overview").path("increases").path(0);
    assertThat(grow.path("phase").asText()).isEqualTo("Relinking");
    assertThat(grow.path("step").asText()).isEqualTo("Relink");
    assertThat(Instant.parse(next(lines, "beat").path("time").asText())).isNotNull();

    cluster.put(new SampleIncrease("grow", Phase.Complete).build());
    String phase = "";
    while (!phase.equals("Complete")) {
      phase = next(lines, "overview").path("increases").path(0).path("phase").asText();
    }
  }

  @Test
  void hostileTextsAreJsonAndNoFrame() throws IOException, InterruptedException {
    String hostile = "</script><script>alert(1)</script>\n\ndata: {}\n\nevent: overview\u2028";
    cluster.put(new SampleIncrease("grow", Phase.Relinking).message(hostile).build());

    JsonNode overview = next(listen().body().iterator(), "overview");

    assertThat(overview.path("increases").path(0).path("message").asText())
        .isEqualTo("</script><script>alert(1)</script>  data: {}  event: overview\uFFFD");
  }

  @Test
  void onlySoManyMayListenAndWhoGoesMakesRoom() throws IOException, InterruptedException {
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < ServedPage.VIEWERS; i++) {
      Socket socket = connect();
      send(socket, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(socket.getInputStream().read()).isEqualTo('H');
      sockets.add(socket);
    }
    assertThat(ask("GET", "/events").statusCode()).isEqualTo(503);
    assertThat(ask("GET", "/").statusCode()).isEqualTo(200);

    sockets.getLast().close();
    await("its place is free")
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              try (Socket socket = connect()) {
                send(socket, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
                return new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8)
                    .endsWith("200");
              }
            });
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Test
  void whoDoesNotReadHoldsUpNobody() throws IOException, InterruptedException {
    relinking();
    for (int i = 0; i < 500; i++) {
      cluster.addNode("node-%03d".formatted(i), 3, Instant.now());
    }
    try (Socket asleep = new Socket()) {
      asleep.setReceiveBufferSize(4096);
      asleep.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), page.port()));
      send(asleep, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
      InputStream in = asleep.getInputStream();
      assertThat(in.read()).isEqualTo('H');

      Iterator<String> awake = listen().body().iterator();
      for (int i = 1; i <= 40; i++) {
        String message = "message " + i;
        cluster.put(new SampleIncrease("grow", Phase.Relinking).message(message).build());
        String heard = "";
        while (!heard.equals(message)) {
          heard = next(awake, "overview").path("increases").path(0).path("message").asText();
        }
      }
    }
  }

  @Test
  void threeThousandNodesWithTwelveDevicesAreAMessageOfBoundedSize()
      throws IOException, InterruptedException {
    cluster.put(new SampleIncrease("grow", Phase.Relinking).build());
    for (int i = 0; i < 3000; i++) {
      String node = "rack-%02d-storage-%04d.example.org".formatted(i / 40, i);
      cluster.addNode(node, 12, Instant.now());
      cluster.putTask(
          UID,
          node,
          Step.Relink,
          State.Running,
          Stream.iterate(1, d -> d + 1)
              .limit(12)
              .map(d -> progress("d" + d, 200 + d))
              .toArray(DeviceProgress[]::new));
    }

    JsonNode nodes = next(listen().body().iterator(), "nodes");

    assertThat(nodes.path("nodes")).hasSize(3000);
    assertThat(nodes.path("aggregated").asBoolean()).isTrue();
    assertThat(nodes.toString().length()).isLessThan(600_000);
  }

  @Test
  void theCachesAreAskedAsOftenHoweverManyLook() throws IOException, InterruptedException {
    relinking();
    Iterator<String> one = listen().body().iterator();
    Iterator<String> two = listen().body().iterator();
    Iterator<String> three = listen().body().iterator();
    int before = cluster.calls();
    Instant began = Instant.now();
    for (Iterator<String> lines : List.of(one, two, three)) {
      next(lines, "overview");
      next(lines, "beat");
    }
    long ticks = Duration.between(began, Instant.now()).toMillis() / 50;

    assertThat(cluster.calls() - before).isLessThanOrEqualTo((int) ticks + 2);
  }

  @Test
  void aPortThatIsTakenIsNoReasonToFail() {
    Vertx vertx = Vertx.vertx();
    try (StatusPage second =
        new StatusPage(
            vertx,
            "swift",
            Optional::empty,
            new StatusPage.Settings(
                List.of("127.0.0.1"), page.port(), Duration.ofSeconds(1), 1, Duration.ZERO),
            InstantSource.system())) {
      assertThat(second.start()).isEmpty();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  @Test
  void ratesAreSmallInTheStream() throws JsonProcessingException {
    assertThat(JSON.writeValueAsString(new Point(1_777_000_000L, 10, 200, -1)))
        .isEqualTo("[1777000000,10,200,-1]");
  }
}
