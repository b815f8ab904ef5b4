package dev.ringlift.relinker.layout;

import dev.ringlift.relinker.ObjectPolicy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Computes the hash of one suffix dir after another, from the file sets of its hash dirs, which
 * must be added in the order of the hash dirs' names, and only for hash dirs that hold a file.
 */
public final class SuffixDigest {
  private static final byte[] META = ascii(".meta");
  private static final byte[] TOMBSTONE = ascii(".ts");
  private static final byte[] DATA = ascii(".data");
  private static final byte[] CONTENT_TYPE = ascii("_ctype");
  private static final byte[] DURABLE = ascii(".durable");
  private static final byte[] FRAGMENT = {};

  private final ObjectPolicy.Kind kind;

  /** Of what belongs to no fragment. */
  private final MessageDigest main = md5();

  private boolean mainUsed;
  private final Map<Integer, MessageDigest> digests = new HashMap<>(2);

  /** Looking MD5 up costs more than computing one. */
  private final Deque<MessageDigest> spare = new ArrayDeque<>(2);

  public SuffixDigest(ObjectPolicy.Kind kind) {
    this.kind = kind;
  }

  /** Forgets what was added, for another suffix dir. */
  public SuffixDigest begin() {
    main.reset();
    mainUsed = false;
    for (MessageDigest digest : digests.values()) {
      digest.reset();
      spare.add(digest);
    }
    digests.clear();
    return this;
  }

  public void add(FileSet files) {
    FileName meta = files.meta();
    if (meta != null) {
      update(SuffixHash.NO_FRAGMENT, meta.timestamp(), META);
    }
    FileName tombstone = files.tombstone();
    if (tombstone != null) {
      update(SuffixHash.NO_FRAGMENT, tombstone.timestamp(), TOMBSTONE);
    }
    switch (kind) {
      case REPLICATION -> {
        FileName data = files.data();
        if (data != null) {
          update(SuffixHash.NO_FRAGMENT, data.timestamp(), DATA);
        }
      }
      case ERASURE_CODING -> addFragments(files);
    }
    FileName contentType = files.contentType();
    Timestamp contentTypeTime = contentType == null ? null : contentType.contentType();
    if (contentTypeTime != null) {
      update(SuffixHash.NO_FRAGMENT, contentTypeTime, CONTENT_TYPE);
    }
  }

  public SuffixHash finish() {
    if (kind == ObjectPolicy.Kind.REPLICATION) {
      return SuffixHash.replicated(hexadecimal(main));
    }
    Map<Integer, String> byFragment = new HashMap<>();
    if (mainUsed) {
      byFragment.put(SuffixHash.NO_FRAGMENT, hexadecimal(main));
    }
    digests.forEach((fragment, digest) -> byFragment.put(fragment, hexadecimal(digest)));
    return SuffixHash.erasureCoded(byFragment);
  }

  private void addFragments(FileSet files) {
    files
        .fragmentSets()
        .forEach(set -> set.forEach(each -> update(each.fragment(), each.timestamp(), FRAGMENT)));
    var durable = files.durableSet();
    if (durable != null) {
      update(SuffixHash.NO_FRAGMENT, durable.getFirst().timestamp(), DURABLE);
    }
  }

  private void update(int fragment, Timestamp time, byte[] extension) {
    MessageDigest digest = digest(fragment);
    digest.update(time.internalBytes());
    digest.update(extension);
  }

  private MessageDigest digest(int fragment) {
    if (fragment == SuffixHash.NO_FRAGMENT) {
      mainUsed = true;
      return main;
    }
    return digests.computeIfAbsent(fragment, unused -> spare.isEmpty() ? md5() : spare.remove());
  }

  private static String hexadecimal(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }
}
