package dev.ringlift.ring;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Counts what is written to it and keeps nothing. */
final class CountingStream extends OutputStream {
  private long count;

  static long sizeOf(Disk.Content content) {
    CountingStream stream = new CountingStream();
    try {
      content.writeTo(stream);
    } catch (IOException e) {
      throw new UncheckedIOException("counting does not fail", e);
    }
    return stream.count;
  }

  @Override
  public void write(int b) {
    count++;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    count += length;
  }
}
