package dev.ringlift.operator.plan;

import org.jspecify.annotations.Nullable;

/**
 * What of a {@link World} is neither the increase's nor a server's: whether work is allowed now,
 * who else wants the ring, whether replication has had its turn, and for which ring proxies were
 * started.
 *
 * @param closed whether no window is open
 * @param other the increase that was there before this one
 * @param replicated whether every node has done a whole replication pass since the last Finish ring
 *     was everywhere
 * @param stamp which the template of the proxy's pods bears; null before the first
 * @param started the stamp that the template bore when the proxy's pod was made
 */
record Setting(
    boolean closed,
    Other other,
    boolean replicated,
    @Nullable String stamp,
    @Nullable String started) {
  static final Setting PLAIN = new Setting(false, Other.NONE, false, null, null);

  /** Another increase of the same ring. */
  enum Other {
    NONE,
    /** It is older, and has not changed the ring. */
    WAITS,
    BEGUN
  }

  Setting closed(boolean now) {
    return new Setting(now, other, replicated, stamp, started);
  }

  Setting with(Other now) {
    return new Setting(closed, now, replicated, stamp, started);
  }

  Setting replicated(boolean now) {
    return new Setting(closed, other, now, stamp, started);
  }

  Setting stamped(String now) {
    return new Setting(closed, other, replicated, now, started);
  }

  /** A pod is made, from the template as it is. */
  Setting restarted() {
    return new Setting(closed, other, replicated, stamp, stamp);
  }

  /** A long time later; stamps tell since when their ring has been in the store. */
  Setting aged() {
    return new Setting(closed, other, replicated, aged(stamp), aged(started));
  }

  private static @Nullable String aged(@Nullable String stamp) {
    return stamp == null
        ? null
        : stamp.replace("." + Site.NOW.getEpochSecond(), "." + Site.BEFORE.getEpochSecond());
  }
}
