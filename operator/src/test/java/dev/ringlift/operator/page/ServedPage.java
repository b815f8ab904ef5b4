package dev.ringlift.operator.page;

import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The page of a sample cluster, served at the loopback address, with short times. */
final class ServedPage implements AutoCloseable {
  static final int VIEWERS = 4;

  private final Vertx vertx = Vertx.vertx();
  private final StatusPage page;
  private final String url;

  ServedPage(SampleCluster cluster) {
    this(cluster, 0);
  }

  /** The same, at a port that must be free. */
  ServedPage(SampleCluster cluster, int port) {
    page =
        new StatusPage(
            vertx,
            SampleCluster.NAMESPACE,
            () -> Optional.of(cluster),
            new StatusPage.Settings(
                List.of("127.0.0.1"), port, Duration.ofMillis(50), VIEWERS, Duration.ofSeconds(10)),
            InstantSource.system());
    url = page.start().getFirst();
  }

  String url() {
    return url;
  }

  int port() {
    return URI.create(url).getPort();
  }

  @Override
  public void close() {
    page.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
