package dev.ringlift.operator.store;

import dev.ringlift.ring.PartIndex;
import dev.ringlift.ring.RingFormatException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Files that were put together from parts. A store is looked at up to twice a second, and its parts
 * may be many megabytes. An index tells by sha256 what its file is, so what is kept here is never
 * wrong; only whether the parts are all still there has to be looked at again: from time to time,
 * and before anything is changed.
 */
final class JoinedFiles {
  private final Duration keep;
  private final InstantSource clock;
  private final Map<String, Joined> files = new ConcurrentHashMap<>();

  /**
   * @param keep for how long a file is taken to be there without another look
   */
  JoinedFiles(Duration keep, InstantSource clock) {
    this.keep = keep;
    this.clock = clock;
  }

  /** A file, and when its parts were last seen to be there. */
  private static final class Joined {
    private final PartIndex index;
    private final byte[] content;
    private final Instant at;

    Joined(PartIndex index, byte[] content, Instant at) {
      this.index = index;
      this.content = content;
      this.at = at;
    }
  }

  /**
   * A file, as it was put together not long ago, or now.
   *
   * @param place where its index is, as no other file's: the last one of each place is kept
   */
  byte[] get(String place, PartIndex index, PartIndex.Source source) throws RingFormatException {
    Joined last = files.get(place);
    if (last != null && last.index.equals(index) && clock.instant().isBefore(last.at.plus(keep))) {
      return last.content.clone();
    }
    files.remove(place);
    byte[] content = index.join(source);
    files.put(place, new Joined(index, content.clone(), clock.instant()));
    return content;
  }

  /** The file of this place is put together anew when it is next asked for. */
  void forget(String place) {
    files.remove(place);
  }
}
