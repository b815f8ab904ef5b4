package dev.ringlift.relinker.layout;

import java.util.Arrays;

/** Where objects live: partition, suffix and hash dir names. */
public final class Places {
  /** Hexadecimal digits in the name of a hash dir. */
  public static final int HASH_LENGTH = 32;

  /** The value of each byte as a lower-case hexadecimal digit, −1 for what is none. */
  private static final byte[] DIGITS = digits();

  private Places() {}

  /**
   * The partition of the hash dir with this name at this power: the top bits of its first four
   * bytes.
   */
  public static long partition(byte[] hash, int power) {
    long top = 0;
    for (int i = 0; i < 8; i++) {
      top = top << 4 | digit(hash[i]);
    }
    return top >>> (32 - power);
  }

  /** Whether this is a name of a hash dir: 32 lower-case hexadecimal digits. */
  public static boolean isHash(byte[] name) {
    return name.length == HASH_LENGTH && isHexadecimal(name);
  }

  /** Whether this is a name of a suffix dir: three lower-case hexadecimal digits. */
  public static boolean isSuffix(byte[] name) {
    return name.length == 3 && isHexadecimal(name);
  }

  /** The number of a suffix, 0 to 4095. */
  public static int suffixNumber(byte[] suffix) {
    return digit(suffix[0]) << 8 | digit(suffix[1]) << 4 | digit(suffix[2]);
  }

  /** The name of the suffix with this number. */
  public static String suffixName(int number) {
    char[] name = {
      Character.forDigit(number >> 8 & 0xf, 16),
      Character.forDigit(number >> 4 & 0xf, 16),
      Character.forDigit(number & 0xf, 16)
    };
    return new String(name);
  }

  /**
   * The number of the partition dir with this name, or −1 for what is none: only digits, as Swift
   * has it, and at most ten of them. A leading zero makes a name that no object is looked for
   * under, so it is none either.
   */
  public static long partitionNumber(byte[] name) {
    if (name.length == 0 || name.length > 10 || (name[0] == '0' && name.length > 1)) {
      return -1;
    }
    long number = 0;
    for (byte each : name) {
      if (each < '0' || each > '9') {
        return -1;
      }
      number = number * 10 + each - '0';
    }
    return number < 1L << 32 ? number : -1;
  }

  private static boolean isHexadecimal(byte[] name) {
    for (byte each : name) {
      if (digit(each) < 0) {
        return false;
      }
    }
    return true;
  }

  private static int digit(byte each) {
    return DIGITS[each & 0xff];
  }

  private static byte[] digits() {
    byte[] digits = new byte[256];
    Arrays.fill(digits, (byte) -1);
    for (int i = 0; i < 16; i++) {
      digits[Character.forDigit(i, 16)] = (byte) i;
    }
    return digits;
  }
}
