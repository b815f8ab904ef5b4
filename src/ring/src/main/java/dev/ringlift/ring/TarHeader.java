package dev.ringlift.ring;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/**
 * One 512-byte header of a tar, as POSIX (ustar) lays it out and GNU tar uses it. Only what says
 * where a member begins and ends, what it is and what it is called is understood; all else is
 * carried along.
 */
final class TarHeader {
  static final int BLOCK = 512;

  private static final int NAME_LENGTH = 100;
  private static final int SIZE = 124;
  private static final int SIZE_LENGTH = 12;
  private static final int CHECKSUM = 148;
  private static final int CHECKSUM_LENGTH = 8;
  private static final int TYPE = 156;
  private static final int MAGIC = 257;
  private static final int PREFIX = 345;
  private static final int PREFIX_LENGTH = 155;
  private static final byte[] POSIX_MAGIC = "ustar\0".getBytes(ISO_8859_1);

  private final byte[] bytes;

  private TarHeader(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * The header that begins at this place of an array.
   *
   * @throws RingFormatException if its checksum is not that of its bytes
   */
  static TarHeader read(byte[] tar, int start) throws RingFormatException {
    TarHeader header = at(tar, start);
    if (header.number(CHECKSUM, CHECKSUM_LENGTH) != header.sum()) {
      throw new RingFormatException(
          "It is not a tar, or it is damaged: a header has a wrong checksum.");
    }
    return header;
  }

  /** The header at this place, where one is known to be. */
  static TarHeader at(byte[] tar, int start) {
    return new TarHeader(Arrays.copyOfRange(tar, start, start + BLOCK));
  }

  /** What kind of member it is: '0' a file, '5' a folder, and so on. */
  char type() {
    return (char) bytes[TYPE];
  }

  /** How many bytes of content follow. */
  long size() throws RingFormatException {
    return number(SIZE, SIZE_LENGTH);
  }

  /** The name, bytes as characters; where a longer one precedes the header, it is not this. */
  String name() throws RingFormatException {
    String name = text(0, NAME_LENGTH);
    String prefix = text(PREFIX, PREFIX_LENGTH);
    if (prefix.isEmpty()) {
      return name;
    }
    // GNU tar keeps times and the like here, and Python's tarfile would take them for a folder.
    if (!Arrays.equals(bytes, MAGIC, MAGIC + 6, POSIX_MAGIC, 0, 6)) {
      throw new RingFormatException(
          "It has a member whose name programs read in different ways: it has a prefix, but is not"
              + " in the POSIX format.");
    }
    return prefix + "/" + name;
  }

  /** A header that is the same but for this. */
  TarHeader withSize(int size) {
    TarHeader header = new TarHeader(bytes.clone());
    header.put(SIZE, "%011o\0".formatted(size));
    header.seal();
    return header;
  }

  /** A header that is the same but for this; the name is at most 99 ASCII characters. */
  TarHeader withName(String name) {
    if (name.length() >= NAME_LENGTH) {
      throw new IllegalArgumentException("A name is at most 99 characters long: " + name);
    }
    TarHeader header = new TarHeader(bytes.clone());
    header.put(0, name + "\0".repeat(NAME_LENGTH - name.length()));
    header.put(PREFIX, "\0".repeat(PREFIX_LENGTH));
    header.seal();
    return header;
  }

  void copyTo(byte[] tar, int start) {
    System.arraycopy(bytes, 0, tar, start, BLOCK);
  }

  private void seal() {
    put(CHECKSUM, "%06o\0 ".formatted(sum()));
  }

  /** The sum of all bytes, its own field taken as spaces. */
  private int sum() {
    int sum = CHECKSUM_LENGTH * ' ';
    for (int i = 0; i < BLOCK; i++) {
      if (i < CHECKSUM || i >= CHECKSUM + CHECKSUM_LENGTH) {
        sum += bytes[i] & 0xFF;
      }
    }
    return sum;
  }

  private void put(int offset, String text) {
    byte[] field = text.getBytes(ISO_8859_1);
    System.arraycopy(field, 0, bytes, offset, field.length);
  }

  private String text(int offset, int length) {
    int end = offset;
    while (end < offset + length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, offset, end - offset, ISO_8859_1);
  }

  /** Octal digits, after spaces, before spaces and zero bytes: all that tar writes below 8 GiB. */
  private long number(int offset, int length) throws RingFormatException {
    String field = new String(bytes, offset, length, ISO_8859_1);
    int begin = 0;
    while (begin < length && field.charAt(begin) == ' ') {
      begin++;
    }
    int end = begin;
    while (end < length && field.charAt(end) >= '0' && field.charAt(end) <= '7') {
      end++;
    }
    boolean clean = field.substring(end).chars().allMatch(c -> c == 0 || c == ' ');
    if (end == begin || !clean) {
      throw new RingFormatException(
          "It is not a tar, or it is damaged: a header has something that is no number.");
    }
    return Long.parseLong(field, begin, end, 8);
  }
}
