package dev.ringlift.ring;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * What a gzipped ring, or tar of rings, inflates to, read piece by piece so that only what is asked
 * for is held. Unlike Swift's reader it insists on a whole file: {@link #finish} checks the end,
 * the checksum and the size, which a truncated ring of fractional replicas would otherwise hide.
 */
final class RingInput extends InputStream {
  private static final int TRAILER = 8;
  private static final int FLAG_NAME = 8;

  private final byte[] file;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32();
  private final String name;
  private long position;

  /** Reads a ring from its beginning. */
  RingInput(byte[] file) throws RingFormatException {
    this(file, "ring");
  }

  /**
   * Reads from the beginning of a gzip file.
   *
   * @param what the file should be, as a message names it
   */
  RingInput(byte[] file, String what) throws RingFormatException {
    this.file = file;
    if (file.length < 2 || file[0] != 0x1f || file[1] != (byte) 0x8b) {
      throw new RingFormatException(
          "It is not a %s: it is not compressed by gzip.".formatted(what));
    }
    if (file.length < 10 + TRAILER) {
      throw truncated();
    }
    int start = 10;
    if (file[2] != 8 || (file[3] & ~FLAG_NAME) != 0) {
      throw new RingFormatException(
          "It is not a %s: its gzip header has fields that no %<s needs.".formatted(what));
    }
    if (file[3] == FLAG_NAME) {
      while (file[start++] != 0) {
        if (start >= file.length - TRAILER) {
          throw truncated();
        }
      }
    }
    this.name = start == 10 ? "" : new String(file, 10, start - 11, StandardCharsets.ISO_8859_1);
    inflater.setInput(file, start, file.length - start - TRAILER);
  }

  /** Reads from a place within the file where its stream was fully flushed. */
  RingInput(byte[] file, long start) throws RingFormatException {
    this.file = file;
    this.name = "";
    if (start < 0 || start > file.length - TRAILER) {
      throw truncated();
    }
    inflater.setInput(file, (int) start, (int) (file.length - start - TRAILER));
  }

  /** The file name in the gzip header; empty where there is none. */
  String name() {
    return name;
  }

  /** How many inflated bytes have been read. */
  long position() {
    return position;
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
    try {
      int count = inflater.inflate(target, offset, length);
      if (count == 0) {
        if (inflater.finished()) {
          return -1;
        }
        throw new BrokenRing(truncated());
      }
      checksum.update(target, offset, count);
      position += count;
      return count;
    } catch (DataFormatException e) {
      throw new BrokenRing(new RingFormatException("Its compressed data is damaged.", e));
    }
  }

  /** Reads so many bytes, or fewer at the end. */
  ByteBuffer upTo(int length) throws IOException {
    byte[] bytes = new byte[length];
    int count = readNBytes(bytes, 0, length);
    return ByteBuffer.wrap(bytes, 0, count).order(ByteOrder.BIG_ENDIAN);
  }

  /** Reads just so many bytes. */
  ByteBuffer exactly(int length) throws IOException, RingFormatException {
    ByteBuffer bytes = upTo(length);
    if (bytes.remaining() < length) {
      throw truncated();
    }
    return bytes;
  }

  /** Checks that the file ends here, whole. */
  void finish() throws IOException, RingFormatException {
    if (read() >= 0) {
      throw new RingFormatException("It goes on after its last row of assignments.");
    }
    if (inflater.getRemaining() != 0) {
      throw new RingFormatException("It has foreign bytes after its compressed data.");
    }
    ByteBuffer trailer =
        ByteBuffer.wrap(file, file.length - TRAILER, TRAILER).order(ByteOrder.LITTLE_ENDIAN);
    if (trailer.getInt() != (int) checksum.getValue() || trailer.getInt() != (int) position) {
      throw new RingFormatException("Its checksum is wrong: it is damaged or cut off.");
    }
  }

  @Override
  public void close() {
    inflater.end();
  }

  static RingFormatException truncated() {
    return new RingFormatException("It is cut off: its data goes on beyond the end of the file.");
  }

  /** Carries a refusal through {@link InputStream}, whose users expect an IOException. */
  static final class BrokenRing extends IOException {
    private static final long serialVersionUID = 1L;

    private final RingFormatException reason;

    BrokenRing(RingFormatException reason) {
      super(reason);
      this.reason = reason;
    }

    RingFormatException reason() {
      return reason;
    }
  }
}
