package dev.ringlift.relinker.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/**
 * A place to put a name, or a path of a few names, together in native memory, used over and over.
 * For one thread.
 */
public final class PathBuffer {
  private static final int SIZE = 4096;

  private final MemorySegment memory;
  private int length;

  public PathBuffer(Posix posix) {
    memory = posix.allocate(SIZE);
  }

  /** Begins anew with this name. */
  public PathBuffer set(byte[] name) {
    length = 0;
    return append(name);
  }

  /** Begins anew with this number in decimal. */
  public PathBuffer set(long number) {
    return set(Long.toString(number).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  /** Adds a slash and a name. */
  public PathBuffer slash(byte[] name) {
    memory.set(JAVA_BYTE, length++, (byte) '/');
    return append(name);
  }

  /** How long the path is now; {@link #truncate} comes back to it. */
  public int length() {
    return length;
  }

  public PathBuffer truncate(int to) {
    length = to;
    memory.set(JAVA_BYTE, length, (byte) 0);
    return this;
  }

  /** Where the NUL-terminated path is; it changes with the next call. */
  public long address() {
    return memory.address();
  }

  private PathBuffer append(byte[] name) {
    MemorySegment.copy(name, 0, memory, JAVA_BYTE, length, name.length);
    length += name.length;
    memory.set(JAVA_BYTE, length, (byte) 0);
    return this;
  }
}
