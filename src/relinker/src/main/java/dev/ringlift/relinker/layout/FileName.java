package dev.ringlift.relinker.layout;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a file in a hash dir, taken apart: {@code <timestamp>.data}, {@code .meta} (with an
 * optional content-type time as a signed hexadecimal difference), {@code .ts}, for erasure coding
 * {@code <timestamp>#<fragment>[#d].data} and the legacy {@code .durable}. A timestamp with any
 * other extension, or none, is a file that newer ones make obsolete too.
 *
 * @param name as it is on disk
 * @param extension one of the known ones, or {@link Extension#OTHER}
 * @param timestamp when the file was made
 * @param contentType for {@code .meta}: the time of its content type, if it carries one
 * @param fragment for erasure-coded {@code .data}: the fragment index, else −1
 * @param durable for erasure-coded {@code .data}: whether the name carries the durable mark
 */
public record FileName(
    Name name,
    Extension extension,
    Timestamp timestamp,
    @Nullable Timestamp contentType,
    int fragment,
    boolean durable) {

  /** The extensions that have a meaning. */
  public enum Extension {
    DATA,
    META,
    TOMBSTONE,
    DURABLE,
    OTHER
  }

  private static final byte[] DATA = ascii(".data");
  private static final byte[] META = ascii(".meta");
  private static final byte[] TOMBSTONE = ascii(".ts");
  private static final byte[] DURABLE = ascii(".durable");

  private static final Pattern META_TIMES =
      Pattern.compile("([^+-]*)([+-])([^+-]*)(?:([+-])([^+-]*))?.*", Pattern.DOTALL);
  private static final Pattern HEXADECIMAL = Pattern.compile("(0[xX])?[0-9a-fA-F]+");
  private static final Pattern FRAGMENT = Pattern.compile("\\+?\\d{1,9}");

  /** Takes a name of a replicated object apart; null when it is none of Swift's ("unexpected"). */
  public static @Nullable FileName replicated(byte[] name) {
    int dot = extensionDot(name);
    Extension extension = extension(name, dot);
    Timestamp contentType = null;
    Timestamp timestamp;
    if (extension == Extension.META && sign(name, dot) >= 0) {
      Timestamp[] both = metaTimes(text(name, 0, dot));
      if (both == null) {
        return null;
      }
      timestamp = both[0];
      contentType = both[1];
    } else {
      timestamp = Timestamp.parse(name, 0, dot);
    }
    if (timestamp == null) {
      return null;
    }
    return new FileName(new Name(name), extension, timestamp, contentType, -1, false);
  }

  /**
   * Takes a name of an erasure-coded object apart; null when it is none of Swift's. {@code
   * fragments} is the policy's number of fragments, or 0 to accept every index.
   */
  public static @Nullable FileName erasureCoded(byte[] name, int fragments) {
    int dot = extensionDot(name);
    if (extension(name, dot) != Extension.DATA) {
      return replicated(name);
    }
    String[] parts = text(name, 0, dot).split("#", -1);
    Timestamp timestamp = Timestamp.parse(parts[0]);
    if (timestamp == null || parts.length < 2 || !FRAGMENT.matcher(parts[1]).matches()) {
      return null;
    }
    int fragment = Integer.parseInt(parts[1]);
    if (fragments > 0 && fragment >= fragments) {
      return null;
    }
    boolean durable = parts.length > 2 && parts[2].equals("d");
    return new FileName(new Name(name), Extension.DATA, timestamp, null, fragment, durable);
  }

  /**
   * Where the extension begins; the end of the name when there is none. Leading dots begin no
   * extension.
   */
  private static int extensionDot(byte[] name) {
    int first = 0;
    while (first < name.length && name[first] == '.') {
      first++;
    }
    for (int i = name.length - 1; i > first; i--) {
      if (name[i] == '.') {
        return i;
      }
    }
    return name.length;
  }

  private static Extension extension(byte[] name, int dot) {
    if (endsWith(name, dot, DATA)) {
      return Extension.DATA;
    }
    if (endsWith(name, dot, META)) {
      return Extension.META;
    }
    if (endsWith(name, dot, TOMBSTONE)) {
      return Extension.TOMBSTONE;
    }
    return endsWith(name, dot, DURABLE) ? Extension.DURABLE : Extension.OTHER;
  }

  private static boolean endsWith(byte[] name, int dot, byte[] extension) {
    return Arrays.equals(name, dot, name.length, extension, 0, extension.length);
  }

  private static int sign(byte[] name, int to) {
    for (int i = 0; i < to; i++) {
      if (name[i] == '+' || name[i] == '-') {
        return i;
      }
    }
    return -1;
  }

  /**
   * The two times of {@code <timestamp>±<hex>}; a third part, which Swift's encoding knows
   * elsewhere, must be valid too.
   */
  private static Timestamp @Nullable [] metaTimes(String text) {
    Matcher matcher = META_TIMES.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    Timestamp time = Timestamp.parse(matcher.group(1));
    Timestamp contentType = time == null ? null : shifted(time, matcher.group(2), matcher.group(3));
    if (time == null || contentType == null) {
      return null;
    }
    if (matcher.group(4) != null
        && shifted(contentType, matcher.group(4), matcher.group(5)) == null) {
      return null;
    }
    return new Timestamp[] {time, contentType};
  }

  private static @Nullable Timestamp shifted(Timestamp from, String sign, String hexadecimal) {
    if (!HEXADECIMAL.matcher(hexadecimal).matches()) {
      return null;
    }
    String digits =
        hexadecimal.startsWith("0x") || hexadecimal.startsWith("0X")
            ? hexadecimal.substring(2)
            : hexadecimal;
    BigInteger delta = new BigInteger(digits, 16);
    if (delta.bitLength() > 62) {
      return null;
    }
    return from.plus(sign.equals("-") ? -delta.longValue() : delta.longValue());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String text(byte[] name, int from, int to) {
    return new String(name, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
