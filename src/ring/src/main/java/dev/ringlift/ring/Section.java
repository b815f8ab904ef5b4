package dev.ringlift.ring;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** So many bytes of a ring, of which a digest is taken if there is one to hold against. */
final class Section extends InputStream {
  private final InputStream in;
  private final @Nullable MessageDigest digest;
  private long left;

  Section(InputStream in, long length, @Nullable MessageDigest digest) {
    this.in = in;
    this.left = length;
    this.digest = digest;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left == 0) {
      return -1;
    }
    int count = in.read(target, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw new RingInput.BrokenRing(RingInput.truncated());
    }
    if (digest != null) {
      digest.update(target, offset, count);
    }
    left -= count;
    return count;
  }

  /** Refuses the section unless all of it was read and its digest is as stated. */
  void finish(String name, String expected) throws RingFormatException {
    if (left != 0) {
      throw new RingFormatException(
          "Its section '%s' is longer than it should be.".formatted(name));
    }
    if (digest != null
        && !HexFormat.of().formatHex(digest.digest()).equals(expected.toLowerCase(Locale.ROOT))) {
      throw new RingFormatException("The checksum of its section '%s' is wrong.".formatted(name));
    }
  }
}
