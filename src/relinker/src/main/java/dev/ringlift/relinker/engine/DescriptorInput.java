package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** An open file as a stream, a piece at a time; the descriptor stays open. */
final class DescriptorInput extends InputStream {
  private static final int PIECE = 64 * 1024;

  private final Posix posix;
  private final int fd;
  private byte[] piece = {};
  private int at;
  private @Nullable PosixException failure;

  DescriptorInput(Posix posix, int fd) {
    this.posix = posix;
    this.fd = fd;
  }

  /**
   * @throws PosixException if reading has failed; a parser's own exception does not tell
   */
  void check() throws PosixException {
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    if (at == piece.length) {
      piece = next();
      at = 0;
      if (piece.length == 0) {
        return -1;
      }
    }
    int count = Math.min(length, piece.length - at);
    System.arraycopy(piece, at, to, offset, count);
    at += count;
    return count;
  }

  private byte[] next() throws IOException {
    try {
      return posix.read(fd, PIECE);
    } catch (PosixException e) {
      failure = e;
      throw new IOException(e);
    }
  }
}
