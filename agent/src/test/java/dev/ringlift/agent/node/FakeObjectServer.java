package dev.ringlift.agent.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;

/** An HTTP server that answers {@code /recon/ringmd5} with what it is told. */
final class FakeObjectServer implements AutoCloseable {
  private final HttpServer http;
  private volatile int status = 200;
  private volatile String body = "{}";

  FakeObjectServer() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext(
        "/recon/ringmd5",
        exchange -> {
          try (exchange) {
            byte[] bytes = body.getBytes(UTF_8);
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
          }
        });
    http.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
  }

  void answers(int newStatus, String newBody) {
    status = newStatus;
    body = newBody;
  }

  /** From now on it has this ring. */
  void has(String file, String md5) {
    answers(
        200,
        "{\"/etc/swift/%s\": \"%s\", \"/etc/swift/container.ring.gz\": null}".formatted(file, md5));
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
