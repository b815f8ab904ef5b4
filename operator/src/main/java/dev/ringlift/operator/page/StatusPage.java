package dev.ringlift.operator.page;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.operator.observe.ClusterReader;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The status page, as a whole: looks at the caches about once a second, on a thread of its own, and
 * gives what has changed to whoever looks at the page. It asks the API server nothing, however many
 * look; while nobody does, it only remembers rates and phases. A message that is large is given
 * less often: a viewer costs {@value #BYTES_PER_SECOND} bytes a second at most, for each topic.
 */
public final class StatusPage implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(StatusPage.class);
  private static final int BYTES_PER_SECOND = 100_000;
  private static final Duration BEAT = Duration.ofSeconds(3);

  /** Most increases whose nodes are shown. */
  private static final int GRIDS = 4;

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_DEFAULT, JsonInclude.Include.ALWAYS))
          .build();

  /**
   * How it is served.
   *
   * @param hosts addresses to listen at
   * @param port 0 for any that is free
   * @param tick how often the caches are looked at
   * @param viewers how many may look at once
   * @param leaseGrace how much later than its Lease says an agent is taken for lost
   */
  public record Settings(
      List<String> hosts, int port, Duration tick, int viewers, Duration leaseGrace) {
    public Settings {
      hosts = List.copyOf(hosts);
    }
  }

  /** What was said of a topic last, and when more may be said. */
  private record Said(Buffer event, Instant next) {}

  private final Vertx vertx;
  private final String namespace;
  private final Supplier<Optional<ClusterReader>> caches;
  private final Settings settings;
  private final InstantSource clock;
  private final Viewers viewers;
  private final GridMapper gridMapper;
  private final List<PageServer> servers = new ArrayList<>();
  private final ScheduledExecutorService ticker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("status-page").factory());

  // On the ticker's thread alone:
  private final History history = new History();
  private final Map<String, Said> said = new LinkedHashMap<>();
  private boolean looked;
  private String lastFailure = "";

  /**
   * A page of this namespace.
   *
   * @param caches what is known of the cluster; empty while nothing is yet
   */
  public StatusPage(
      Vertx vertx,
      String namespace,
      Supplier<Optional<ClusterReader>> caches,
      Settings settings,
      InstantSource clock) {
    this.vertx = vertx;
    this.namespace = namespace;
    this.caches = caches;
    this.settings = settings;
    this.clock = clock;
    this.viewers = new Viewers(settings.viewers(), clock);
    this.gridMapper = new GridMapper(settings.leaseGrace());
  }

  /**
   * Begins to look, and to listen. An address that can't be had is logged and done without:
   * nobody's increase is to stand still because of a page.
   *
   * @return where it is served
   */
  public List<String> start() {
    Future<?> unused =
        ticker.scheduleWithFixedDelay(
            this::tick, 0, settings.tick().toMillis(), TimeUnit.MILLISECONDS);
    PageDocument document = PageDocument.load();
    List<String> urls = new ArrayList<>();
    int port = settings.port();
    for (String host : settings.hosts()) {
      try {
        PageServer server = PageServer.start(vertx, document, viewers, host, port);
        servers.add(server);
        port = server.port();
        urls.add("http://%s:%d/".formatted(host.contains(":") ? "[" + host + "]" : host, port));
      } catch (PageServer.CannotListen e) {
        LOG.errorf("The status page: %s", e.getMessage());
      }
    }
    return urls;
  }

  private void tick() {
    try {
      Optional<ClusterReader> reader = caches.get();
      if (reader.isPresent()) {
        look(reader.get(), clock.instant());
        looked = true;
      }
    } catch (RuntimeException e) {
      // Caches that are not filled yet can't be read. Else it would be told once a second; and the
      // next look may well succeed.
      if (looked && !lastFailure.equals(e.toString())) {
        lastFailure = e.toString();
        LOG.warn("The status page could not be brought up to date.", e);
      }
    }
  }

  private void look(ClusterReader reader, Instant now) {
    Collection<PartitionPowerIncrease> increases = reader.increases(namespace);
    history.observe(increases, now);
    if (viewers.count() == 0) {
      said.clear();
      return;
    }
    Map<String, Step> steps = new HashMap<>();
    Set<String> grids = new HashSet<>();
    for (PartitionPowerIncrease increase : OverviewMapper.shown(increases)) {
      String uid = increase.getMetadata().getUid();
      List<RelinkTask> tasks = reader.tasks(namespace, uid);
      Step step = GridMapper.step(increase, tasks);
      if (step != null) {
        steps.put(uid, step);
      }
      String topic = "nodes-" + uid;
      if (grids.size() < GRIDS && grids.add(topic) && mayBeSaid(topic, now)) {
        GridMapper.Sources sources =
            new GridMapper.Sources(tasks, reader.storageNodes(namespace), reader.leases(namespace));
        say(topic, "nodes", gridMapper.map(increase, sources, now), now);
      }
    }
    said.keySet().removeIf(topic -> topic.startsWith("nodes-") && !grids.contains(topic));
    if (mayBeSaid("overview", now)) {
      say(
          "overview",
          "overview",
          OverviewMapper.map(
              namespace,
              increases,
              history,
              increase ->
                  Optional.ofNullable(steps.get(increase.getMetadata().getUid()))
                      .map(Step::name)
                      .orElse(null)),
          now);
    }
    beat(now);
    Map<String, Buffer> latest = new LinkedHashMap<>();
    said.forEach((topic, last) -> latest.put(topic, last.event()));
    viewers.welcome(latest);
  }

  private boolean mayBeSaid(String topic, Instant now) {
    Said last = said.get(topic);
    return last == null || !now.isBefore(last.next());
  }

  /** Tells it if it is not what was told last. */
  private void say(String topic, String event, Object content, Instant now) {
    Buffer message = event(event, content);
    Said last = said.get(topic);
    if (last == null || !last.event().equals(message)) {
      Duration pause = Duration.ofMillis(1000L * message.length() / BYTES_PER_SECOND);
      said.put(topic, new Said(message, now.plus(pause)));
      viewers.publish(topic, message);
    }
  }

  /** The time, so that viewers know that the stream lives, and how their clocks differ. */
  private void beat(Instant now) {
    if (mayBeSaid("beat", now)) {
      Buffer message = event("beat", Map.of("time", now.toString()));
      said.put("beat", new Said(message, now.plus(BEAT)));
      viewers.publish("beat", message);
    }
  }

  private static Buffer event(String name, Object content) {
    try {
      // JSON has no line breaks but escaped ones: it is one line of data.
      return Buffer.buffer("event: " + name + "\ndata: ")
          .appendBytes(JSON.writeValueAsBytes(content))
          .appendString("\n\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("every value of the page has a form in JSON", e);
    }
  }

  @Override
  public void close() {
    ticker.shutdownNow();
    servers.forEach(PageServer::close);
  }
}
