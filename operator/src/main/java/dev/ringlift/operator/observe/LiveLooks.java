package dev.ringlift.operator.observe;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Finds out that a cache hears nothing any more. A watch whose connection is dead at the other end
 * tells nothing for minutes, and looks no different from one that has nothing to tell: whoever
 * waits for what its cache does not hear would wait as long, and take for lost whoever goes on
 * renewing a Lease.
 *
 * <ol>
 *   <li>Once in {@link #LONGEST_ON_CACHES} each increase is looked at with nothing taken from a
 *       cache, whatever else such looks are made for.
 *   <li>What a cache had not heard of then, and {@link #GRACE} later still has not heard of, it
 *       does not hear: it is not behind, as any cache is for a moment.
 *   <li>From then on there is no look but live ones, each {@link #GRACE}, until it has.
 * </ol>
 */
public final class LiveLooks {
  /** So long, at most, an increase waits for what has happened already. */
  public static final Duration LONGEST_ON_CACHES = Duration.ofMinutes(1);

  /** So long a cache that hears may take to hear; and between looks while one does not. */
  public static final Duration GRACE = Duration.ofSeconds(5);

  private static final Logger LOG = Logger.getLogger(LiveLooks.class);

  private final Map<String, Last> lasts = new ConcurrentHashMap<>();

  /**
   * The last live look at an increase.
   *
   * @param deaf whether a cache was known to hear nothing then
   */
  private record Last(Instant at, List<Unheard> unheard, boolean deaf) {
    List<String> unheardSince() {
      return unheard.stream().filter(Unheard::persists).map(Unheard::kind).toList();
    }
  }

  /** What to look at an increase with. */
  public enum Means {
    /** Caches do. */
    CACHES,
    /** The API server is to be asked. */
    LIVE,
    /** A cache hears nothing, and it is not time yet to ask the API server again. */
    NONE
  }

  /** What to look with now; the first time that it is asked of an increase, caches do. */
  public Means means(String increaseUid, Instant now) {
    Last last = lasts.computeIfAbsent(increaseUid, uid -> new Last(now, List.of(), false));
    boolean early = now.isBefore(last.at.plus(GRACE));
    if (!last.deaf && early) {
      return Means.CACHES;
    }
    List<String> deaf = last.unheardSince();
    if (deaf.isEmpty()) {
      if (last.deaf) {
        LOG.infof("Caches hear of everything again.");
      }
      lasts.put(increaseUid, new Last(last.at, List.of(), false));
      return now.isBefore(last.at.plus(LONGEST_ON_CACHES)) ? Means.CACHES : Means.LIVE;
    }
    if (early) {
      return Means.NONE;
    }
    if (!last.deaf) {
      LOG.warnf(
          "The cache of %s has not heard in %s of what has happened: the API server is asked"
              + " each time until it has.",
          String.join(", ", deaf), Duration.between(last.at, now));
    }
    lasts.put(increaseUid, new Last(last.at, last.unheard, true));
    return Means.LIVE;
  }

  /**
   * There was a live look.
   *
   * @param unheard what it saw that caches had not heard of
   */
  public void done(String increaseUid, Instant now, List<Unheard> unheard) {
    lasts.compute(increaseUid, (uid, last) -> new Last(now, unheard, last != null && last.deaf));
  }

  /** When to look again: soon, while nothing would wake the increase. */
  public Duration atMost(String increaseUid, Duration after) {
    Last last = lasts.get(increaseUid);
    boolean deaf = last != null && last.deaf;
    return deaf && after.compareTo(GRACE) > 0 ? GRACE : after;
  }

  /** There will be none any more. */
  public void forget(String increaseUid) {
    lasts.remove(increaseUid);
  }
}
