package dev.ringlift.operator.recon;

import dev.ringlift.operator.plan.ReconAnswer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Asks every target that somebody wants to know of, and keeps the last answer of each.
 *
 * <ol>
 *   <li>Each call of {@link #state} says that the target is wanted, and for which ring. A target
 *       that nobody has wanted for a while is forgotten.
 *   <li>Some times a second, those that are due are asked, each by a thread of its own, and never
 *       more at once than {@link #AT_ONCE}: the rest has its turn later. Due is, after {@link
 *       Pace#eager}, who has not told the wanted ring; after {@link Pace#calm}, everybody.
 *   <li>A failure leaves the last answer as it was: it grows old, and whoever reads it looks at its
 *       age.
 *   <li>When what is known of any of them has changed, the listener is told, once for many.
 * </ol>
 */
public final class ReconPoller implements ReconReader, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(ReconPoller.class);
  private static final int AT_ONCE = 64;
  private static final Duration WANTED = Duration.ofMinutes(2);

  /**
   * How often questions are put.
   *
   * @param eager to who does not have the wanted ring
   * @param calm to who does
   * @param timeout of an answer
   */
  public record Pace(Duration eager, Duration calm, Duration timeout) {
    /** For use. */
    public static final Pace DEFAULT =
        new Pace(Duration.ofSeconds(2), Duration.ofSeconds(20), Duration.ofSeconds(4));
  }

  private final Clock clock;
  private final Pace pace;
  private final ReconClient client;
  private final Map<ReconTarget, Entry> entries = new ConcurrentHashMap<>();
  private final Semaphore slots = new Semaphore(AT_ONCE);
  private final AtomicBoolean news = new AtomicBoolean();
  private final ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService ticker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("recon").factory());
  private final Future<?> ticking;
  private volatile Runnable listener = () -> {};

  public ReconPoller(Clock clock, Pace pace) {
    this.clock = clock;
    this.pace = pace;
    this.client = new ReconClient(pace.timeout());
    long millis = Math.clamp(pace.eager().toMillis() / 4, 20, 250);
    ticking = ticker.scheduleWithFixedDelay(this::tick, millis, millis, TimeUnit.MILLISECONDS);
  }

  /** What is known of a target, and when to ask it again; guarded by itself. */
  private static final class Entry {
    ReconState state = ReconState.UNKNOWN;
    String file = "";
    String md5 = "";
    Instant wanted = Instant.MIN;
    Instant asked = Instant.MIN;
    boolean asking;
    Extras extras = new Extras(Instant.MIN, null, null, null);
  }

  /** What changes seldom, or matters little. */
  private record Extras(
      Instant at,
      @Nullable String version,
      @Nullable Duration skew,
      @Nullable Instant replicated) {}

  /** Whom to tell that something has changed. */
  public void onNews(Runnable newListener) {
    listener = newListener;
  }

  @Override
  public ReconState state(ReconTarget target, String file, String md5) {
    Entry entry = entries.computeIfAbsent(target, unknown -> new Entry());
    synchronized (entry) {
      entry.wanted = clock.instant();
      if (!md5.equals(entry.md5) || !file.equals(entry.file)) {
        entry.file = file;
        entry.md5 = md5;
      }
      return entry.state;
    }
  }

  private void tick() {
    try {
      Instant now = clock.instant();
      entries.values().removeIf(entry -> isForgotten(entry, now));
      entries.forEach((target, entry) -> askIfDue(target, entry, now));
      if (news.getAndSet(false)) {
        listener.run();
      }
    } catch (RuntimeException e) {
      LOG.error("Asking for rings failed; it goes on.", e);
    }
  }

  private static boolean isForgotten(Entry entry, Instant now) {
    synchronized (entry) {
      return !entry.asking && entry.wanted.isBefore(now.minus(WANTED));
    }
  }

  private void askIfDue(ReconTarget target, Entry entry, Instant now) {
    synchronized (entry) {
      ReconAnswer answer = entry.state.answer();
      boolean there =
          entry.state.failure() == null
              && answer != null
              && entry.md5.equals(answer.rings().get(entry.file));
      Duration every = there ? pace.calm() : pace.eager();
      if (entry.asking || now.isBefore(entry.asked.plus(every)) || !slots.tryAcquire()) {
        return;
      }
      entry.asking = true;
      entry.asked = now;
    }
    askers.execute(() -> ask(target, entry));
  }

  private void ask(ReconTarget target, Entry entry) {
    Extras extras;
    ReconState before;
    synchronized (entry) {
      extras = entry.extras;
      before = entry.state;
    }
    ReconState after = before;
    try {
      // Taken before the question: the answer is of this time or later.
      Instant at = clock.instant();
      Map<String, String> rings = ReconParser.rings(client.ask(target, "ringmd5"));
      if (extras.at().isBefore(at.minus(pace.calm()))) {
        extras = extras(target, at);
      }
      after =
          new ReconState(
              new ReconAnswer(at, rings, extras.version(), extras.skew(), extras.replicated()),
              null);
    } catch (ReconException e) {
      after = new ReconState(before.answer(), e.what());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the poller is being closed
    } finally {
      synchronized (entry) {
        entry.state = after;
        entry.extras = extras;
        entry.asking = false;
      }
      slots.release();
      if (isNews(before, after)) {
        news.set(true);
      }
    }
  }

  private Extras extras(ReconTarget target, Instant at) throws InterruptedException {
    Instant begun = clock.instant();
    Duration skew =
        optional(target, "time", ReconParser::time)
            .map(time -> Duration.between(middle(begun, clock.instant()), time))
            .orElse(null);
    return new Extras(
        at,
        optional(target, "version", ReconParser::version).orElse(null),
        skew,
        target.keepsObjects() ? replicated(target) : null);
  }

  /** The earlier of both passes, where there are both: nobody tells which a policy needs. */
  private @Nullable Instant replicated(ReconTarget target) throws InterruptedException {
    Optional<Instant> copied = optional(target, "replication/object", ReconParser::replicated);
    Optional<Instant> rebuilt =
        optional(target, "reconstruction/object", ReconParser::reconstructed);
    return Stream.of(copied, rebuilt)
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  private static Instant middle(Instant begin, Instant end) {
    return begin.plus(Duration.between(begin, end).dividedBy(2));
  }

  private interface Parser<T> {
    Optional<T> parse(byte[] body) throws ReconException;
  }

  /** A process that tells its rings need not tell all else. */
  private <T> Optional<T> optional(ReconTarget target, String question, Parser<T> parser)
      throws InterruptedException {
    try {
      return parser.parse(client.ask(target, question));
    } catch (ReconException e) {
      return Optional.empty();
    }
  }

  private static boolean isNews(ReconState before, ReconState after) {
    ReconAnswer then = before.answer();
    ReconAnswer now = after.answer();
    return !Objects.equals(before.failure(), after.failure())
        || (then == null) != (now == null)
        || (then != null && now != null && !then.rings().equals(now.rings()));
  }

  @Override
  public void close() {
    ticking.cancel(false);
    ticker.shutdownNow();
    askers.shutdownNow();
    client.close();
  }
}
