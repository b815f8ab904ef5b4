package dev.ringlift.testkit.tree;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * One object of a synthetic tree. All of it follows from the settings and its number, so that
 * nothing has to be remembered of a million of them.
 *
 * @param name {@code /account/container/object}
 * @param hash 32 hex digits: md5 of prefix, name and suffix
 */
record SyntheticObject(String name, String hash, List<SyntheticFile> files) {
  /** More files than this no object has. */
  static final int MOST_FILES = 2;

  private static final int TOMBSTONE_EVERY = 50;
  private static final int METADATA_EVERY = 20;

  /** A file in the hash dir. */
  record SyntheticFile(String name, String contents) {}

  static SyntheticObject of(TreeSettings settings, int number) {
    String name = "/AUTH_synthetic/container/object-" + padded(number, 8);
    List<SyntheticFile> files = new ArrayList<>();
    if (number % TOMBSTONE_EVERY == 1) {
      files.add(new SyntheticFile(timestamp(settings, number) + ".ts", ""));
    } else {
      String contents = "contents of " + name + "\n";
      files.add(new SyntheticFile(timestamp(settings, number) + ".data", contents));
      if (number % METADATA_EVERY == 0) {
        // posted after all objects were put
        String posted = timestamp(settings, number + settings.objects());
        files.add(new SyntheticFile(posted + ".meta", ""));
      }
    }
    return new SyntheticObject(
        name, md5(settings.hashPrefix() + name + settings.hashSuffix()), files);
  }

  /** The top bits of the hash. */
  int partition(int partPower) {
    return partition(hash, partPower);
  }

  static int partition(String hash, int partPower) {
    return (int) (Long.parseLong(hash, 0, 8, 16) >>> (32 - partPower));
  }

  /** Where the object is on a device. */
  Path hashDirectory(Path device, String dataDirectory, int partPower) {
    return device
        .resolve(dataDirectory)
        .resolve(Integer.toString(partition(partPower)))
        .resolve(hash.substring(hash.length() - 3))
        .resolve(hash);
  }

  /** Swift's internal form: ten digits, a point, five digits. */
  private static String timestamp(TreeSettings settings, int number) {
    long tenMicroseconds = settings.written().getEpochSecond() * 100_000 + number;
    return padded(tenMicroseconds / 100_000, 10) + "." + padded(tenMicroseconds % 100_000, 5);
  }

  private static String padded(long value, int digits) {
    String text = Long.toString(value);
    return "0".repeat(Math.max(0, digits - text.length())) + text;
  }

  private static String md5(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("MD5");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no MD5", e);
    }
  }
}
