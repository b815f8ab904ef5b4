package dev.ringlift.operator.recon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ringlift.operator.plan.ReconAnswer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The poller and servers that answer, that don't, and that try to harm it. */
class ReconPollerTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final String FILE = "object.ring.gz";
  private static final String MD5 = "0123456789abcdef0123456789abcdef";

  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final ReconPoller poller =
      new ReconPoller(
          Clock.systemUTC(),
          new ReconPoller.Pace(
              Duration.ofMillis(50), Duration.ofMillis(200), Duration.ofMillis(1500)));
  private final ReconTarget target;

  ReconPollerTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    target = new ReconTarget("", "127.0.0.1", server.getAddress().getPort(), true);
  }

  @AfterEach
  void close() {
    closing.countDown();
    poller.close();
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.incrementAndGet();
    String body = answers.get(exchange.getRequestURI().getPath());
    try (exchange) {
      if (body == null) {
        exchange.sendResponseHeaders(404, -1);
      } else if (body.startsWith("redirect")) {
        exchange.getResponseHeaders().add("Location", "/recon/version");
        exchange.sendResponseHeaders(302, -1);
      } else if (body.startsWith("drip")) {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write('{');
        exchange.getResponseBody().flush();
        hold(closing);
      } else {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(body.getBytes(UTF_8));
      }
    }
  }

  private static void hold(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void rings(String json) {
    answers.put("/recon/ringmd5", json);
  }

  private ReconState state() {
    return poller.state(target, FILE, MD5);
  }

  private ReconAnswer answered() {
    await("an answer").atMost(LONG).until(() -> state().answer() != null);
    return Objects.requireNonNull(state().answer());
  }

  @Test
  void anAnswerIsReadAsSwiftWritesIt() {
    rings(
        "{\"/etc/swift/account.ring.gz\": null, \"/etc/swift/%s\": \"%s\", \"/etc/swift/object-1.ring.gz\": \"%s\"}"
            .formatted(FILE, MD5, "f".repeat(32)));
    answers.put("/recon/version", "{\"version\": \"2.38.3\"}");
    answers.put("/recon/time", "1000000000.5");
    answers.put(
        "/recon/replication/object",
        "{\"object_replication_last\": 1000000600.0, \"object_replication_time\": 5.0, \"replication_last\": null}");

    ReconAnswer answer = answered();

    assertThat(answer.rings())
        .containsOnly(
            Map.entry(FILE, MD5),
            Map.entry("object-1.ring.gz", "f".repeat(32)),
            Map.entry("account.ring.gz", ReconAnswer.UNREADABLE));
    assertThat(answer.version()).isEqualTo("2.38.3");
    assertThat(answer.clockSkew()).isNegative();
    assertThat(Objects.requireNonNull(answer.replicated()).getEpochSecond())
        .as("when the last pass began")
        .isEqualTo(1000000300);
  }

  @Test
  void ofReplicationAndReconstructionTheEarlierPassCounts() {
    rings("{}");
    answers.put(
        "/recon/replication/object",
        "{\"object_replication_last\": 1000000600, \"object_replication_time\": 0}");
    answers.put(
        "/recon/reconstruction/object",
        "{\"object_reconstruction_last\": 1000000600, \"object_reconstruction_time\": 10.0}");

    assertThat(Objects.requireNonNull(answered().replicated()).getEpochSecond())
        .isEqualTo(1000000000);
  }

  @Test
  void whoTellsHisRingsNeedNotTellMore() {
    rings("{\"/etc/swift/%s\": \"%s\"}".formatted(FILE, MD5));

    ReconAnswer answer = answered();

    assertThat(answer.rings()).containsEntry(FILE, MD5);
    assertThat(answer.version()).isNull();
    assertThat(answer.replicated()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]                                       | no JSON object",
        "\"text\"                                 | no JSON object",
        "{\"/a/object.ring.gz\": 5}               | no md5",
        "{\"/a/object.ring.gz\": \"ABC\"}         | no md5",
        "{\"/a/object.ring.gz\": [\"x\"]}         | no md5",
        "{\"/a/evil\\nfile\": \"x\"}              | no ring",
        "{\"/a/object.ring.gz\": null, \"/b/object.ring.gz\": null} | twice",
        "{\"/a/object.ring.gz\": null, \"/a/object.ring.gz\": null} | no JSON",
        "{\"a\": {\"a\": {\"a\": {\"a\": {\"a\": {\"a\": {\"a\": {\"a\": {\"a\": {\"a\": {\"a\": 1}}}}}}}}}}} | no JSON",
        "{} trailing                              | no JSON",
        "<html>                                   | no JSON",
        "redirect                                 | HTTP status 302",
        "drip                                     | no whole answer within 1500 ms",
      })
  void whatIsNotReconsAnswerIsNamedAndNotBelieved(String body, String why) {
    rings(body);

    await("it was asked").atMost(LONG).until(() -> state().failure() != null);

    assertThat(state().answer()).isNull();
    assertThat(state().failure()).contains(why);
  }

  @Test
  void anAnswerWithoutEndIsBrokenOff() {
    rings("{\"" + "x".repeat(300_000) + "\": null}");

    await("it was asked").atMost(LONG).until(() -> state().failure() != null);

    assertThat(state().failure()).contains("more than 262,144 bytes");
  }

  @Test
  void aFailureKeepsTheLastAnswerAndItsTime() {
    rings("{\"/etc/swift/%s\": \"%s\"}".formatted(FILE, MD5));
    answered();
    answers.clear();
    await("it failed").atMost(LONG).until(() -> state().failure() != null);
    ReconAnswer last = Objects.requireNonNull(state().answer());

    int before = asked.get();
    await("it is asked again").atMost(LONG).until(() -> asked.get() > before + 2);

    assertThat(state().answer()).isEqualTo(last);
    assertThat(state().failure()).contains("HTTP status 404");
  }

  @Test
  void newsAreToldAndThatNothingIsNewIsNot() {
    AtomicInteger news = new AtomicInteger();
    poller.onNews(news::incrementAndGet);
    rings("{\"/etc/swift/%s\": \"%s\"}".formatted(FILE, "f".repeat(32)));
    answered();
    await("the first answer is news").atMost(LONG).until(() -> news.get() == 1);
    int before = asked.get();
    await("some more of the same").atMost(LONG).until(() -> asked.get() > before + 3);
    assertThat(news).hasValue(1);

    rings("{\"/etc/swift/%s\": \"%s\"}".formatted(FILE, MD5));
    await("another ring is").atMost(LONG).until(() -> news.get() == 2);
  }

  @Test
  void nobodyThereIsNamed() {
    server.stop(0);

    await("it was asked").atMost(LONG).until(() -> state().failure() != null);

    assertThat(state().failure()).contains("can't be reached");
  }

  @ParameterizedTest
  @CsvSource({
    "proxy:8080, proxy, 8080",
    "10.0.0.1:1, 10.0.0.1, 1",
    "[fd00::1]:6200, fd00::1, 6200",
  })
  void addressesAreHostsWithPorts(String address, String host, int port) {
    assertThat(ReconTarget.ofAddress(address, false))
        .hasValue(new ReconTarget("", host, port, false));
  }

  @Test
  void whatIsNoAddressIsRefused() {
    for (String wrong :
        List.of(
            "proxy",
            ":80",
            "a:0",
            "a:65536",
            "a/b:80",
            "user@a:80",
            "a b:80",
            "fd00::1:80",
            "[a]:80",
            "[]:80",
            "a:80/x",
            "a\n:80",
            "http://a:80",
            "-a:80")) {
      assertThat(ReconTarget.ofAddress(wrong, false)).as(wrong).isEmpty();
    }
  }
}
