package dev.ringlift.agent.delivery;

import java.util.Optional;

/** The ConfigMaps that rings are delivered from, and those with their parts. */
public interface RingMaps {

  /** Whether this map has been asked for with success, so that it is known to be there or not. */
  boolean known(String name);

  /** The map of this name, as it was last heard of. */
  Optional<RingMap> map(String name);

  /**
   * What a map of parts holds under a key, read now.
   *
   * @throws PartsUnavailable if the API server does not give it; the message is a whole sentence
   */
  Optional<byte[]> part(String where, String name);

  /** The API server does not give a part: for want of permission, or because it is out of reach. */
  final class PartsUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PartsUnavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
