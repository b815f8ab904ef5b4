package dev.ringlift.relinker.layout;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A point of Swift's time: hundred-thousandths of a second since 1970, and an offset that orders
 * internal rewrites of the same moment. The canonical text is {@code 1402464677.04188}, or {@code
 * 1402464677.04188_0000000000000001} with an offset.
 *
 * @param raw 10 µs units since 1970
 * @param offset 64 bits, unsigned
 */
public record Timestamp(long raw, long offset) implements Comparable<Timestamp> {
  /** The first raw value that Swift refuses: ten billion seconds. */
  private static final long TOO_LARGE = 1_000_000_000_000_000L;

  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
  private static final Pattern OFFSET = Pattern.compile("(0[xX])?[0-9a-fA-F]{1,16}");

  /**
   * Reads a timestamp as Swift does: any decimal number of seconds that fits, rounded to 10 µs, and
   * up to 16 hexadecimal digits after an underscore. Null when it is none.
   */
  public static @Nullable Timestamp parse(byte[] text, int from, int to) {
    long canonical = canonical(text, from, to);
    if (canonical >= 0) {
      return new Timestamp(canonical, 0);
    }
    return parse(new String(text, from, to - from, StandardCharsets.ISO_8859_1));
  }

  /** As {@link #parse(byte[], int, int)}. */
  public static @Nullable Timestamp parse(String text) {
    int underscore = text.indexOf('_');
    String number = underscore < 0 ? text : text.substring(0, underscore);
    String hexadecimal = underscore < 0 ? "" : text.substring(underscore + 1);
    Matcher matcher = NUMBER.matcher(number);
    if (!matcher.matches()) {
      return null;
    }
    long offset = 0;
    if (!hexadecimal.isEmpty()) {
      if (!OFFSET.matcher(hexadecimal).matches()) {
        return null;
      }
      String digits =
          hexadecimal.startsWith("0x") || hexadecimal.startsWith("0X")
              ? hexadecimal.substring(2)
              : hexadecimal;
      offset = Long.parseUnsignedLong(digits, 16);
    }
    double units = Math.rint(Double.parseDouble(number) / 1e-5);
    if (!(units >= 0 && units < TOO_LARGE)) {
      return null;
    }
    return new Timestamp((long) units, offset);
  }

  /**
   * This moment moved by so many 10 µs units, without its offset; itself when the delta is zero;
   * null when out of range.
   */
  @Nullable Timestamp plus(long delta) {
    if (delta == 0) {
      return this;
    }
    long moved = raw + delta;
    return moved >= 0 && moved < TOO_LARGE ? new Timestamp(moved, 0) : null;
  }

  /** The text that Swift compares and hashes. */
  public String internal() {
    return new String(internalBytes(), StandardCharsets.US_ASCII);
  }

  /** The same as bytes. */
  byte[] internalBytes() {
    byte[] text = new byte[offset == 0 ? 16 : 33];
    long rest = raw;
    for (int i = 15; i >= 0; i--) {
      if (i == 10) {
        text[i] = '.';
      } else {
        text[i] = (byte) ('0' + rest % 10);
        rest /= 10;
      }
    }
    if (offset != 0) {
      text[16] = '_';
      for (int i = 0; i < 16; i++) {
        text[17 + i] = (byte) Character.forDigit((int) (offset >>> (60 - 4 * i)) & 0xf, 16);
      }
    }
    return text;
  }

  /** Seconds since 1970. */
  public double seconds() {
    return raw / 1e5;
  }

  @Override
  public int compareTo(Timestamp other) {
    int byTime = Long.compare(raw, other.raw);
    return byTime != 0 ? byTime : Long.compareUnsigned(offset, other.offset);
  }

  /**
   * The value of the form that nearly every file has, ten digits, a point, five digits; −1 for any
   * other.
   */
  private static long canonical(byte[] text, int from, int to) {
    if (to - from != 16 || text[from + 10] != '.') {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < 16; i++) {
      if (i != 10) {
        int digit = text[from + i] - '0';
        if (digit < 0 || digit > 9) {
          return -1;
        }
        value = value * 10 + digit;
      }
    }
    return value;
  }
}
