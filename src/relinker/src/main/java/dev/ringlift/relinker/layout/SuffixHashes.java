package dev.ringlift.relinker.layout;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The contents of a partition's {@code hashes.pkl}.
 *
 * @param valid false when it must not be relied on for which suffixes there are
 * @param updated when it was written, seconds since 1970; −1 when it does not say
 * @param bySuffix hash by suffix number; empty for a suffix whose hash is not known
 */
public record SuffixHashes(
    boolean valid, double updated, SortedMap<Integer, Optional<SuffixHash>> bySuffix) {
  /** What a missing, unreadable or invalid file stands for. */
  public static SuffixHashes invalid() {
    return new SuffixHashes(false, -1, new TreeMap<>());
  }
}
