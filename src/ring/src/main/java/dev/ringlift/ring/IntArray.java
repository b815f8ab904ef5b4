package dev.ringlift.ring;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Python's {@code array.array} of the three item types that builders hold: {@code B}, {@code H} and
 * {@code I}, unsigned numbers of one, two and four bytes.
 *
 * @param values {@code byte[]}, {@code char[]} or {@code int[]}
 */
record IntArray(Object values) {

  static IntArray of(String typeCode, ItemList list) throws RingFormatException {
    Object values =
        switch (typeCode) {
          case "B" -> list.takeBytes();
          case "H" -> list.takeChars();
          case "I" -> list.takeInts();
          default -> throw unknownType(typeCode);
        };
    if (values == null) {
      throw new RingFormatException(
          "One of its arrays of type '" + typeCode + "' holds a value that does not fit.");
    }
    return new IntArray(values);
  }

  /** From the bytes that protocols 3 to 5 hold; {@code format} is Python's machine format code. */
  static IntArray of(String typeCode, long format, ByteBuffer bytes) throws RingFormatException {
    int itemSize =
        switch (typeCode) {
          case "B" -> 1;
          case "H" -> 2;
          case "I" -> 4;
          default -> throw unknownType(typeCode);
        };
    // 0 is unsigned bytes; 2 and 3 are 16 bits, 6 and 7 are 32 bits, little and big endian.
    boolean fits =
        switch (itemSize) {
          case 1 -> format == 0;
          case 2 -> format == 2 || format == 3;
          default -> format == 6 || format == 7;
        };
    if (!fits || bytes.remaining() % itemSize != 0) {
      throw new RingFormatException("One of its arrays does not have the layout of its type.");
    }
    bytes.order(format % 2 == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int length = bytes.remaining() / itemSize;
    switch (itemSize) {
      case 1 -> {
        byte[] values = new byte[length];
        bytes.get(values);
        return new IntArray(values);
      }
      case 2 -> {
        char[] values = new char[length];
        bytes.asCharBuffer().get(values);
        return new IntArray(values);
      }
      default -> {
        int[] values = new int[length];
        bytes.asIntBuffer().get(values);
        return new IntArray(values);
      }
    }
  }

  private static RingFormatException unknownType(String typeCode) {
    String shown = typeCode.length() == 1 ? "'" + typeCode + "'" : "an unknown name";
    return new RingFormatException(
        "It holds an array of type " + shown + "; those of a builder are 'B', 'H' and 'I'.");
  }

  String typeCode() {
    return switch (values) {
      case byte[] bytes -> "B";
      case char[] chars -> "H";
      default -> "I";
    };
  }

  int length() {
    if (values instanceof char[] chars) {
      return chars.length;
    }
    return values instanceof int[] ints ? ints.length : ((byte[]) values).length;
  }

  /** The value at an index, unsigned. */
  long get(int index) {
    // Called once a partition: an instanceof is compiled to less than a switch.
    if (values instanceof char[] chars) {
      return chars[index];
    }
    return values instanceof int[] ints
        ? ints[index] & 0xFFFF_FFFFL
        : ((byte[]) values)[index] & 0xFF;
  }
}
