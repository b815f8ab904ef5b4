package dev.ringlift.relinker.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * A place to put a name, or a path of a few names, together, used over and over: on the heap, and
 * copied to native memory once, when its address is asked for. For one thread.
 */
public final class PathBuffer {
  private static final int SIZE = 4096;

  private final MemorySegment memory;
  private final byte[] bytes = new byte[SIZE];
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
    return set(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
  }

  /** Adds a slash and a name. */
  public PathBuffer slash(byte[] name) {
    bytes[length++] = '/';
    return append(name);
  }

  /** Where the path is as NUL-terminated bytes; to be asked for again after a change. */
  public long address() {
    MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, 0, length + 1);
    return memory.address();
  }

  private PathBuffer append(byte[] name) {
    System.arraycopy(name, 0, bytes, length, name.length);
    length += name.length;
    bytes[length] = 0;
    return this;
  }
}
