package dev.ringlift.relinker.layout;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The hash of a suffix dir as {@code hashes.pkl} holds it.
 *
 * @param digest for replication: an MD5 in hexadecimal; null for erasure coding
 * @param byFragment for erasure coding: an MD5 for each fragment index, and for {@link
 *     #NO_FRAGMENT} (Python's {@code None}) what does not belong to one; empty for replication
 */
public record SuffixHash(@Nullable String digest, Map<Integer, String> byFragment) {
  public static final int NO_FRAGMENT = -1;

  public static SuffixHash replicated(String digest) {
    return new SuffixHash(digest, Map.of());
  }

  public static SuffixHash erasureCoded(Map<Integer, String> byFragment) {
    return new SuffixHash(null, Map.copyOf(byFragment));
  }
}
