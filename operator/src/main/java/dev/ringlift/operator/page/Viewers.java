package dev.ringlift.operator.page;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Who looks at the page. Nobody waits for a viewer, and what is kept for one is bounded: a viewer
 * that does not read as fast as there is news gets, of each topic, only the latest when it does;
 * one that reads nothing for long is hung up on.
 */
final class Viewers {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int WRITE_QUEUE = 1 << 18;

  private final int most;
  private final InstantSource clock;
  private final Set<Viewer> viewers = ConcurrentHashMap.newKeySet();
  private final AtomicInteger places = new AtomicInteger();

  Viewers(int most, InstantSource clock) {
    this.most = most;
    this.clock = clock;
  }

  int count() {
    return viewers.size();
  }

  /** Takes in another, whose headers are not sent yet; false if there is no place for it. */
  boolean add(HttpServerResponse response, Context context) {
    if (places.incrementAndGet() > most) {
      places.decrementAndGet();
      return false;
    }
    Viewer viewer = new Viewer(response, context);
    response.closeHandler(unused -> remove(viewer));
    response.exceptionHandler(unused -> response.reset());
    response.setWriteQueueMaxSize(WRITE_QUEUE);
    response.drainHandler(unused -> viewer.flush());
    // How soon a browser is to come back; and the answer has begun.
    response.write("retry: 2000\n\n");
    viewers.add(viewer);
    return true;
  }

  private void remove(Viewer viewer) {
    if (viewers.remove(viewer)) {
      places.decrementAndGet();
    }
  }

  /** Gives all of them the latest of a topic. */
  void publish(String topic, Buffer event) {
    viewers.stream()
        .filter(viewer -> viewer.welcomed)
        .forEach(viewer -> viewer.offer(topic, event));
  }

  /** Gives all that there is to whoever has come since this was called last. */
  void welcome(Map<String, Buffer> latest) {
    for (Viewer viewer : viewers) {
      if (!viewer.welcomed) {
        viewer.welcomed = true;
        latest.forEach(viewer::offer);
      }
    }
  }

  private final class Viewer {
    private final HttpServerResponse response;
    private final Context context;
    private volatile boolean welcomed;

    // On the context's thread alone:
    private final Map<String, Buffer> pending = new LinkedHashMap<>();
    private @Nullable Instant fullSince;

    Viewer(HttpServerResponse response, Context context) {
      this.response = response;
      this.context = context;
    }

    void offer(String topic, Buffer event) {
      context.runOnContext(
          unused -> {
            pending.put(topic, event);
            flush();
          });
    }

    private void flush() {
      if (response.closed() || response.ended()) {
        remove(this);
        return;
      }
      Queue<String> topics = new ArrayDeque<>(pending.keySet());
      while (!topics.isEmpty() && !response.writeQueueFull()) {
        response.write(pending.remove(topics.remove()));
      }
      if (!response.writeQueueFull()) {
        fullSince = null;
      } else if (fullSince == null) {
        fullSince = clock.instant();
      } else if (fullSince.plus(PATIENCE).isBefore(clock.instant())) {
        response.reset();
      }
    }
  }
}
