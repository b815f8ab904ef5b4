package dev.ringlift.ring;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * The gzip stream of a ring as swift.common.ring.io writes it (2.38.3): a fixed time stamp, so that
 * equal rings are equal bytes; the magic uncompressed in front, so that file(1) sees it; then level
 * 9. A full flush lets a reader start in the middle.
 */
final class RingOutput extends OutputStream {
  private static final int TIME_STAMP = 1300507380;
  private static final byte[] MAGIC = "R1NG".getBytes(StandardCharsets.US_ASCII);

  private final OutputStream out;
  private final Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
  private final CRC32 checksum = new CRC32();
  private final byte[] buffer = new byte[1 << 16];
  private long compressed;
  private long position;
  private @Nullable MessageDigest digest;

  /**
   * @param name the file's name without {@code .gz}, for the gzip header
   */
  RingOutput(OutputStream out, String name, int formatVersion) throws IOException {
    this.out = out;
    byte[] nameBytes = name.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer header = ByteBuffer.allocate(32 + nameBytes.length).order(ByteOrder.LITTLE_ENDIAN);
    header.putShort((short) 0x8b1f).put((byte) 8).put((byte) (nameBytes.length == 0 ? 0 : 8));
    header.putInt(TIME_STAMP).put((byte) 2).put((byte) 0xff);
    if (nameBytes.length > 0) {
      header.put(nameBytes).put((byte) 0);
    }
    emit(header.array(), header.position());
    byte[] magic =
        ByteBuffer.allocate(MAGIC.length + 2).put(MAGIC).putShort((short) formatVersion).array();
    stored(magic);
  }

  /** Where in the file the next byte goes; of use only after {@link #fullFlush}. */
  long compressedPosition() {
    return compressed;
  }

  /** How much has been written before compression. */
  long position() {
    return position;
  }

  /** What is written from now on is digested too; null ends that. */
  void digest(@Nullable MessageDigest newDigest) {
    digest = newDigest;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    count(bytes, offset, length);
    deflater.setInput(bytes, offset, length);
    while (!deflater.needsInput()) {
      emit(buffer, deflater.deflate(buffer));
    }
  }

  /** Text of ASCII characters alone. */
  void ascii(CharSequence text) throws IOException {
    byte[] chunk = new byte[Math.min(text.length(), 1 << 14)];
    int filled = 0;
    for (int i = 0; i < text.length(); i++) {
      chunk[filled++] = (byte) text.charAt(i);
      if (filled == chunk.length) {
        write(chunk, 0, filled);
        filled = 0;
      }
    }
    write(chunk, 0, filled);
  }

  void fullFlush() throws IOException {
    int length;
    do {
      length = deflater.deflate(buffer, 0, buffer.length, Deflater.FULL_FLUSH);
      emit(buffer, length);
    } while (length == buffer.length);
  }

  /**
   * An uncompressed block and the empty one that a full flush adds; byte-aligned before and after.
   */
  private void stored(byte[] bytes) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(bytes.length + 10).order(ByteOrder.LITTLE_ENDIAN);
    block.put((byte) 0).putShort((short) bytes.length).putShort((short) ~bytes.length).put(bytes);
    block.put((byte) 0).putShort((short) 0).putShort((short) ~0);
    count(bytes, 0, bytes.length);
    emit(block.array(), block.capacity());
  }

  /** Ends a file of format 1. */
  void finish() throws IOException {
    deflater.finish();
    while (!deflater.finished()) {
      emit(buffer, deflater.deflate(buffer));
    }
    trailer();
  }

  /**
   * Ends a file of format 2: where its index is, uncompressed and compressed, lies uncompressed at
   * a fixed distance from the end.
   */
  void finish(long indexPosition, long indexCompressedPosition) throws IOException {
    fullFlush();
    stored(ByteBuffer.allocate(Long.BYTES).putLong(indexPosition).array());
    stored(ByteBuffer.allocate(Long.BYTES).putLong(indexCompressedPosition).array());
    emit(new byte[] {1, 0, 0, (byte) 0xff, (byte) 0xff}, 5);
    trailer();
  }

  private void trailer() throws IOException {
    ByteBuffer trailer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    trailer.putInt((int) checksum.getValue()).putInt((int) position);
    emit(trailer.array(), 8);
  }

  private void count(byte[] bytes, int offset, int length) {
    checksum.update(bytes, offset, length);
    if (digest != null) {
      digest.update(bytes, offset, length);
    }
    position += length;
  }

  private void emit(byte[] bytes, int length) throws IOException {
    out.write(bytes, 0, length);
    compressed += length;
  }

  /** Frees the compressor; what was written goes to the stream beneath, which stays open. */
  @Override
  public void close() {
    deflater.end();
  }
}
