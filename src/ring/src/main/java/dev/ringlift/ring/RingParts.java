package dev.ringlift.ring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A ring or builder file in parts, for a store whose objects can't hold it whole.
 *
 * <p>The places are named by what they hold: a new content, or one that is cut differently, goes to
 * places of its own, beside those of the former. So both are there, whole, until nobody needs the
 * former any more, and which of them counts is changed by changing the index alone.
 *
 * @param index tells how to put them together
 * @param contents of the parts, in order
 */
public record RingParts(PartIndex index, List<byte[]> contents) {
  private static final int LONGEST_PLACE = 253;
  private static final int HASH = 20;

  public RingParts {
    contents = List.copyOf(contents);
  }

  /**
   * Splits a file.
   *
   * @param file its name: of an object ring or its builder
   * @param content the whole file
   * @param limit the size of a part, in bytes; the last one may be smaller
   * @param store the name of what holds the index: the names of the places begin with it
   * @throws IllegalArgumentException if the file is empty, too large or would get too many parts
   */
  public static RingParts split(String file, byte[] content, int limit, String store) {
    if (RingFileName.parse(file).isEmpty()) {
      throw new IllegalArgumentException(file + " is no file of an object ring");
    }
    if (content.length < 1 || content.length > PartIndex.LARGEST_FILE || limit < 1) {
      throw new IllegalArgumentException(
          "%s of %d bytes can't be split at %d".formatted(file, content.length, limit));
    }
    int count = count(content.length, limit);
    if (count > PartIndex.MOST_PARTS) {
      throw new IllegalArgumentException(
          "%s would get %d parts; %d are possible".formatted(file, count, PartIndex.MOST_PARTS));
    }
    String sha256 = Sha256.hex(content);
    String prefix = prefix(store, file, Sha256.hexOf(store, file, sha256, Integer.toString(limit)));
    List<PartIndex.Part> parts = new ArrayList<>();
    List<byte[]> contents = new ArrayList<>();
    for (int number = 1; number <= count; number++) {
      int start = (number - 1) * limit;
      byte[] part =
          Arrays.copyOfRange(content, start, start + Math.min(limit, content.length - start));
      contents.add(part);
      parts.add(
          new PartIndex.Part(
              "%s-%05d".formatted(prefix, number),
              PartIndex.partName(file, number),
              part.length,
              Sha256.hex(part)));
    }
    return new RingParts(new PartIndex(file, content.length, sha256, parts), contents);
  }

  /** How many parts a file of this size gets. */
  public static int count(long size, int limit) {
    return (int) Math.min(Integer.MAX_VALUE, (size + limit - 1) / limit);
  }

  /** Ends in a letter or digit, and leaves room for the number. */
  private static String prefix(String store, String file, String hash) {
    String end = "-" + file + "-" + hash.substring(0, HASH);
    int room = LONGEST_PLACE - end.length() - "-00000".length();
    String begin = store.length() <= room ? store : store.substring(0, room);
    return begin.replaceAll("[-.]+$", "") + end;
  }
}
