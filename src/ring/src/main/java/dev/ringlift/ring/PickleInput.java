package dev.ringlift.ring;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle, read from first to last, never past the end. */
final class PickleInput {
  /** No number that a builder holds is longer. */
  private static final int MAXIMUM_NUMBER_LENGTH = 255;

  /** Python's batches have a thousand numbers. */
  private static final int LONGEST_BATCH = 8 * 1024;

  /** So many decimal digits always fit a long. */
  private static final int LONG_DIGITS = 18;

  private final byte[] bytes;
  private final ByteBuffer little;
  private int position;

  PickleInput(byte[] bytes) {
    this.bytes = bytes;
    this.little = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  int remaining() {
    return bytes.length - position;
  }

  int unsignedByte() throws RingFormatException {
    return bytes[skip(1)] & 0xFF;
  }

  int unsignedShort() throws RingFormatException {
    return little.getChar(skip(2));
  }

  int signedInt() throws RingFormatException {
    return little.getInt(skip(4));
  }

  long unsignedInt() throws RingFormatException {
    return little.getInt(skip(4)) & 0xFFFF_FFFFL;
  }

  long littleEndianLong() throws RingFormatException {
    return little.getLong(skip(8));
  }

  long bigEndianLong() throws RingFormatException {
    return Long.reverseBytes(littleEndianLong());
  }

  /** A declared length, once it is clear that as many bytes follow. */
  int length(long declared) throws RingFormatException {
    if (declared < 0 || declared > remaining()) {
      throw cutOff();
    }
    return (int) declared;
  }

  /** Goes on by a length and returns where it was. */
  int skip(int length) throws RingFormatException {
    if (length > remaining()) {
      throw cutOff();
    }
    int start = position;
    position += length;
    return start;
  }

  ByteBuffer slice(PickleReader.Bytes run) {
    return ByteBuffer.wrap(bytes, run.offset(), run.length()).slice();
  }

  String utf8(long declared) throws RingFormatException {
    int length = length(declared);
    return PickleText.utf8(bytes, skip(length), length);
  }

  /** Python 2's texts; Python 3 reads them as ASCII and fails on anything else. */
  String ascii(long declared) throws RingFormatException {
    int length = length(declared);
    return PickleText.ascii(bytes, skip(length), length);
  }

  /** The rest of a line, without its end, as Latin-1. */
  String line() throws RingFormatException {
    int start = position;
    while (unsignedByte() != '\n') {
      // to the end of the line
    }
    return new String(bytes, start, position - 1 - start, StandardCharsets.ISO_8859_1);
  }

  BigInteger littleEndianInteger(int length) throws RingFormatException {
    if (length > MAXIMUM_NUMBER_LENGTH) {
      throw new RingFormatException("It holds a number of " + length + " bytes.");
    }
    if (length == 0) {
      return BigInteger.ZERO;
    }
    byte[] reversed = new byte[length];
    int start = skip(length);
    for (int i = 0; i < length; i++) {
      reversed[length - 1 - i] = bytes[start + i];
    }
    return new BigInteger(reversed);
  }

  /**
   * Adds a batch of numbers to a list, up to and with the instruction that appends them. This is
   * how Python writes the rows of a table, nearly all of a builder; anything else is left where it
   * is, to be read value by value.
   *
   * @return whether there was such a batch
   */
  boolean takeNumbers(ItemList list, Budget budget) throws RingFormatException {
    int end = position;
    int limit = Math.min(bytes.length, position + LONGEST_BATCH);
    while (end < limit && bytes[end] != 'e') {
      int size = numberSize(bytes[end]);
      if (size == 0) {
        return false;
      }
      end += size;
    }
    if (end >= limit) {
      return false;
    }
    while (position < end) {
      int opcode = bytes[position];
      long value =
          switch (opcode) {
            case 'K' -> bytes[position + 1] & 0xFF;
            case 'M' -> little.getChar(position + 1);
            default -> little.getInt(position + 1);
          };
      position += numberSize(opcode);
      list.addLong(value, budget);
    }
    position++;
    return true;
  }

  private static int numberSize(int opcode) {
    return switch (opcode) {
      case 'K' -> 2;
      case 'M' -> 3;
      case 'J' -> 5;
      default -> 0;
    };
  }

  static BigInteger decimal(String line) throws RingFormatException {
    int digits = line.startsWith("-") || line.startsWith("+") ? line.length() - 1 : line.length();
    boolean fits = digits > 0 && digits <= MAXIMUM_NUMBER_LENGTH;
    for (int i = line.length() - digits; fits && i < line.length(); i++) {
      fits = line.charAt(i) >= '0' && line.charAt(i) <= '9';
    }
    if (!fits) {
      throw new RingFormatException("It holds a number that is none.");
    }
    return digits <= LONG_DIGITS ? BigInteger.valueOf(Long.parseLong(line)) : new BigInteger(line);
  }

  static double floatingPoint(String line) throws RingFormatException {
    return switch (line) {
      case "nan" -> Double.NaN;
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> {
        if (line.length() > MAXIMUM_NUMBER_LENGTH
            || !line.matches("[+-]?[0-9]+(\\.[0-9]*)?([eE][+-]?[0-9]+)?")) {
          throw new RingFormatException("It holds a number that is none.");
        }
        yield Double.parseDouble(line);
      }
    };
  }

  private static RingFormatException cutOff() {
    return new RingFormatException("It is cut off: its pickle goes on beyond the end of the file.");
  }
}
