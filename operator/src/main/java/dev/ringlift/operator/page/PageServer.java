package dev.ringlift.operator.page;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.HostAndPort;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hands out the page and its stream of events at one address: {@code GET /} and {@code GET
 * /events}, and nothing else. It changes nothing and reads nothing that is sent to it but the path.
 *
 * <p>At a loopback address it answers only those who call it {@code localhost} or by that address:
 * another site's page in the same browser, whose name has been made to lead here, learns nothing.
 */
final class PageServer implements AutoCloseable {
  private static final int CONNECTIONS = 128;
  private static final Duration IDLE = Duration.ofSeconds(60);
  private static final Duration START = Duration.ofSeconds(20);
  private static final Set<String> LOOPBACK_NAMES =
      Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  private final Vertx vertx;
  private final PageDocument document;
  private final Viewers viewers;
  private final boolean loopback;
  private final AtomicInteger connections = new AtomicInteger();
  private final HttpServer server;

  private PageServer(Vertx vertx, PageDocument document, Viewers viewers, String host, int port)
      throws UnknownHostException {
    this.vertx = vertx;
    this.document = document;
    this.viewers = viewers;
    this.loopback = InetAddress.getByName(host).isLoopbackAddress();
    this.server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost(host)
                    .setPort(port)
                    .setIdleTimeout((int) IDLE.toSeconds())
                    .setMaxInitialLineLength(1024)
                    .setMaxHeaderSize(16 << 10)
                    .setHttp2ClearTextEnabled(false))
            .connectionHandler(this::connected)
            .requestHandler(this::handle);
  }

  /**
   * Listens.
   *
   * @param port 0 for any that is free
   * @throws CannotListen if it can't be had
   */
  static PageServer start(
      Vertx vertx, PageDocument document, Viewers viewers, String host, int port)
      throws CannotListen {
    try {
      PageServer page = new PageServer(vertx, document, viewers, host, port);
      page.server
          .listen()
          .toCompletionStage()
          .toCompletableFuture()
          .orTimeout(START.toSeconds(), TimeUnit.SECONDS)
          .join();
      return page;
    } catch (UnknownHostException | CompletionException e) {
      throw new CannotListen(host, port, e.getCause() == null ? e : e.getCause());
    }
  }

  /** An address is not ours, or somebody else's port. */
  static final class CannotListen extends Exception {
    private static final long serialVersionUID = 1;

    CannotListen(String host, int port, Throwable cause) {
      super("It can't listen at %s port %d: %s".formatted(host, port, cause.getMessage()), cause);
    }
  }

  int port() {
    return server.actualPort();
  }

  private void connected(HttpConnection connection) {
    if (connections.incrementAndGet() > CONNECTIONS) {
      connections.decrementAndGet();
      connection.close();
    } else {
      connection.closeHandler(unused -> connections.decrementAndGet());
    }
  }

  private void handle(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    response
        .putHeader("Content-Security-Policy", document.contentSecurityPolicy())
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("X-Frame-Options", "DENY")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Cross-Origin-Resource-Policy", "same-origin")
        .putHeader("Cross-Origin-Opener-Policy", "same-origin")
        .putHeader("Cache-Control", "no-store");
    if (!isCalledRightly(request)) {
      say(response, 403, "This is the status page of localhost; call it so.");
    } else if (!request.method().equals(HttpMethod.GET) && !isHead(request)) {
      response.putHeader("Allow", "GET, HEAD");
      say(response, 405, "Nothing can be changed here.");
    } else {
      switch (request.path()) {
        case "/" -> page(request);
        case "/events" -> events(request);
        default -> say(response, 404, "There is only /.");
      }
    }
  }

  private boolean isCalledRightly(HttpServerRequest request) {
    HostAndPort authority = request.authority();
    return !loopback || (authority != null && LOOPBACK_NAMES.contains(authority.host()));
  }

  private static boolean isHead(HttpServerRequest request) {
    return request.method().equals(HttpMethod.HEAD);
  }

  private void page(HttpServerRequest request) {
    request.response().putHeader("Content-Type", "text/html; charset=utf-8");
    if (isHead(request)) {
      request.response().end();
    } else {
      request.response().end(document.html());
    }
  }

  private void events(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    if (isHead(request)) {
      response.putHeader("Content-Type", "text/event-stream").end();
      return;
    }
    response.putHeader("Content-Type", "text/event-stream");
    // nginx would else keep events back until it has many
    response.putHeader("X-Accel-Buffering", "no");
    response.setChunked(true);
    if (!viewers.add(response, vertx.getOrCreateContext())) {
      response.setChunked(false);
      response.putHeader("Retry-After", "30");
      say(response, 503, "As many look at this page as may.");
    }
  }

  private static void say(HttpServerResponse response, int status, String sentence) {
    response
        .setStatusCode(status)
        .putHeader("Content-Type", "text/plain; charset=utf-8")
        .end(sentence + "\n");
  }

  @Override
  public void close() {
    server.close();
  }
}
