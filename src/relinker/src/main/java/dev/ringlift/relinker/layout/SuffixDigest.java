package dev.ringlift.relinker.layout;

import dev.ringlift.relinker.ObjectPolicy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Computes the hash of one suffix dir from the file sets of its hash dirs, which must be added in
 * the order of the hash dirs' names, and only for hash dirs that hold a file.
 */
public final class SuffixDigest {
  private final ObjectPolicy.Kind kind;
  private final Map<Integer, MessageDigest> digests = new HashMap<>(2);

  public SuffixDigest(ObjectPolicy.Kind kind) {
    this.kind = kind;
  }

  public void add(FileSet files) {
    FileName meta = files.meta();
    if (meta != null) {
      update(SuffixHash.NO_FRAGMENT, meta.timestamp(), ".meta");
    }
    FileName tombstone = files.tombstone();
    if (tombstone != null) {
      update(SuffixHash.NO_FRAGMENT, tombstone.timestamp(), ".ts");
    }
    switch (kind) {
      case REPLICATION -> {
        FileName data = files.data();
        if (data != null) {
          update(SuffixHash.NO_FRAGMENT, data.timestamp(), ".data");
        }
      }
      case ERASURE_CODING -> addFragments(files);
    }
    FileName contentType = files.contentType();
    Timestamp contentTypeTime = contentType == null ? null : contentType.contentType();
    if (contentTypeTime != null) {
      update(SuffixHash.NO_FRAGMENT, contentTypeTime, "_ctype");
    }
  }

  public SuffixHash finish() {
    if (kind == ObjectPolicy.Kind.REPLICATION) {
      return SuffixHash.replicated(hexadecimal(digest(SuffixHash.NO_FRAGMENT)));
    }
    Map<Integer, String> byFragment = new HashMap<>();
    digests.forEach((fragment, digest) -> byFragment.put(fragment, hexadecimal(digest)));
    return SuffixHash.erasureCoded(byFragment);
  }

  private void addFragments(FileSet files) {
    files
        .fragmentSets()
        .forEach(set -> set.forEach(each -> update(each.fragment(), each.timestamp(), "")));
    var durable = files.durableSet();
    if (durable != null) {
      update(SuffixHash.NO_FRAGMENT, durable.getFirst().timestamp(), ".durable");
    }
  }

  private void update(int fragment, Timestamp time, String extension) {
    digest(fragment).update((time.internal() + extension).getBytes(StandardCharsets.US_ASCII));
  }

  private MessageDigest digest(int fragment) {
    return digests.computeIfAbsent(fragment, unused -> md5());
  }

  private static String hexadecimal(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }
}
