package dev.ringlift.ring;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Python's texts in bytes. A Python text may hold lone surrogates (that is how it carries bytes of
 * a command line that are not UTF-8); pickles write them as UTF-8 would ("surrogatepass").
 */
final class PickleText {
  private PickleText() {}

  static String utf8(byte[] bytes, int offset, int length) throws RingFormatException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, offset, length))
          .toString();
    } catch (CharacterCodingException e) {
      return withSurrogates(bytes, offset, length);
    }
  }

  private static String withSurrogates(byte[] bytes, int offset, int length)
      throws RingFormatException {
    StringBuilder text = new StringBuilder(length);
    int start = offset;
    for (int i = offset; i + 2 < offset + length; i++) {
      boolean surrogate =
          bytes[i] == (byte) 0xED && (bytes[i + 1] & 0xE0) == 0xA0 && (bytes[i + 2] & 0xC0) == 0x80;
      if (surrogate) {
        text.append(strictUtf8(bytes, start, i - start));
        text.append((char) (0xD000 | ((bytes[i + 1] & 0x3F) << 6) | (bytes[i + 2] & 0x3F)));
        i += 2;
        start = i + 1;
      }
    }
    return text.append(strictUtf8(bytes, start, offset + length - start)).toString();
  }

  private static String strictUtf8(byte[] bytes, int offset, int length)
      throws RingFormatException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, offset, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new RingFormatException("It holds a text that is not UTF-8.", e);
    }
  }

  static byte[] toUtf8(String text) {
    boolean plain = text.chars().noneMatch(c -> Character.isSurrogate((char) c));
    if (plain) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    text.codePoints()
        .forEach(
            c -> {
              if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                bytes.write(0xE0 | (c >> 12));
                bytes.write(0x80 | ((c >> 6) & 0x3F));
                bytes.write(0x80 | (c & 0x3F));
              } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
              }
            });
    return bytes.toByteArray();
  }

  static String ascii(byte[] bytes, int offset, int length) throws RingFormatException {
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] < 0) {
        throw new RingFormatException(
            "It holds a text of Python 2 that is not ASCII; Swift can't read it either.");
      }
    }
    return new String(bytes, offset, length, StandardCharsets.US_ASCII);
  }

  /** Protocol 0's text: Latin-1 with {@code \}{@code uXXXX} and {@code \}{@code UXXXXXXXX}. */
  static String rawUnicodeEscape(String line) throws RingFormatException {
    StringBuilder text = new StringBuilder(line.length());
    for (int i = 0; i < line.length(); i++) {
      char kind = line.charAt(i) == '\\' && i + 1 < line.length() ? line.charAt(i + 1) : ' ';
      if (kind == 'u' || kind == 'U') {
        int digits = kind == 'u' ? 4 : 8;
        long codePoint = hexadecimal(line, i + 2, digits);
        if (codePoint > Character.MAX_CODE_POINT) {
          throw badEscape();
        }
        text.appendCodePoint((int) codePoint);
        i += 1 + digits;
      } else {
        text.append(line.charAt(i));
      }
    }
    return text.toString();
  }

  /** Protocol 0's text of Python 2: as its repr. */
  static String quoted(String line) throws RingFormatException {
    char quote = line.isEmpty() ? ' ' : line.charAt(0);
    if (line.length() < 2
        || (quote != '\'' && quote != '"')
        || line.charAt(line.length() - 1) != quote) {
      throw new RingFormatException("It holds a text without its quotes.");
    }
    StringBuilder text = new StringBuilder(line.length());
    for (int i = 1; i < line.length() - 1; i++) {
      char c = line.charAt(i);
      if (c == '\\') {
        i++;
        c = line.charAt(i);
        if (c == 'x') {
          c = (char) hexadecimal(line, i + 1, 2);
          i += 2;
        } else {
          int known = "\\'\"nrt".indexOf(c);
          if (known < 0 || i == line.length() - 1) {
            throw badEscape();
          }
          c = "\\'\"\n\r\t".charAt(known);
        }
      }
      text.append(c);
    }
    if (text.chars().anyMatch(c -> c > 0x7F)) {
      throw new RingFormatException(
          "It holds a text of Python 2 that is not ASCII; Swift can't read it either.");
    }
    return text.toString();
  }

  private static long hexadecimal(String line, int start, int digits) throws RingFormatException {
    long value = 0;
    for (int i = start; i < start + digits; i++) {
      int digit = i < line.length() ? Character.digit(line.charAt(i), 16) : -1;
      if (digit < 0) {
        throw badEscape();
      }
      value = (value << 4) | digit;
    }
    return value;
  }

  private static RingFormatException badEscape() {
    return new RingFormatException("It holds a text with an escape that means nothing.");
  }

  /** A name from a hostile file, short and without control characters. */
  static String printable(String name) {
    String cut = name.length() > 60 ? name.substring(0, 60) + "..." : name;
    return cut.replaceAll("[^ -~]", "?");
  }
}
