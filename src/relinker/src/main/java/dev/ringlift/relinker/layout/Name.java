package dev.ringlift.relinker.layout;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A file's or directory's name: any bytes but slash and NUL. Compared byte by byte. Must not be
 * changed once made.
 */
public final class Name implements Comparable<Name> {
  private final byte[] bytes;

  public Name(byte[] bytes) {
    this.bytes = bytes;
  }

  public static Name of(String text) {
    return new Name(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The bytes themselves, not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public int compareTo(Name other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Name name && Arrays.equals(bytes, name.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** For people: printable ASCII as it is, every other byte as {@code \xNN}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(bytes.length);
    for (byte each : bytes) {
      if (each >= 0x20 && each < 0x7f && each != '\\') {
        text.append((char) each);
      } else {
        text.append("\\x")
            .append(Character.forDigit(each >> 4 & 0xf, 16))
            .append(Character.forDigit(each & 0xf, 16));
      }
    }
    return text.toString();
  }
}
