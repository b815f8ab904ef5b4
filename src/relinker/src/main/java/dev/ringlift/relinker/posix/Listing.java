package dev.ringlift.relinker.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A whole directory as the kernel lists it, in memory that is used again for the next one. Entries
 * are addressed by their offset:
 *
 * <pre>for (int entry = listing.first(); entry >= 0; entry = listing.next(entry)) …</pre>
 *
 * <p>The whole directory is read before the first entry is looked at, because the caller adds and
 * removes entries as it goes, and what a half-read listing then shows is undefined. {@code .} and
 * {@code ..} are left out. Not for use by several threads.
 */
public final class Listing implements AutoCloseable {
  // struct linux_dirent64 { u64 d_ino; s64 d_off; u16 d_reclen; u8 d_type; char d_name[]; }
  private static final int LENGTH = 16;
  private static final int TYPE = 18;
  private static final int NAME = 19;
  private static final int DT_UNKNOWN = 0;
  private static final int DT_DIR = 4;

  /** Room that is left for a read: the kernel refuses one that cannot hold the longest entry. */
  private static final int SPARE = 2048;

  private static final int KEPT = 1 << 20;

  private final Posix posix;
  private final int initialSize;
  private Arena arena = Arena.ofConfined();
  private MemorySegment memory;
  private int length;

  public Listing(Posix posix, int initialSize) {
    this.posix = posix;
    this.initialSize = Math.max(initialSize, 2 * SPARE);
    this.memory = arena.allocate(this.initialSize, 8);
  }

  /**
   * Reads the directory to its end: 0, or the negated error number, and then the listing is empty.
   */
  public int read(int fd) {
    if (memory.byteSize() > KEPT) {
      // One giant directory must not hold its memory for the rest of the run.
      resize(initialSize);
    }
    length = 0;
    while (true) {
      if (memory.byteSize() - length < SPARE) {
        resize(Math.toIntExact(memory.byteSize() * 2));
      }
      int count = posix.getdents(fd, memory.address() + length, memory.byteSize() - length);
      if (count == -Errno.EINTR) {
        continue;
      }
      if (count <= 0) {
        if (count < 0) {
          length = 0;
        }
        return count;
      }
      length += count;
    }
  }

  /** The listing of a directory that is known to be empty, or not there. */
  public void clear() {
    length = 0;
  }

  /** The first entry, or −1. */
  public int first() {
    return entryFrom(0);
  }

  /** The entry after this one, or −1. */
  public int next(int entry) {
    return entryFrom(entry + recordLength(entry));
  }

  public boolean isEmpty() {
    return first() < 0;
  }

  public long inode(int entry) {
    return memory.get(JAVA_LONG_UNALIGNED, entry);
  }

  /**
   * Whether the kernel says that it is something else than a directory. Not every file system says
   * anything.
   */
  public boolean surelyNoDirectory(int entry) {
    int type = memory.get(JAVA_BYTE, entry + TYPE);
    return type != DT_DIR && type != DT_UNKNOWN;
  }

  /** Where the NUL-terminated name is; valid until the next read. */
  public long nameAddress(int entry) {
    return memory.address() + entry + NAME;
  }

  public int nameLength(int entry) {
    int end = entry + recordLength(entry);
    int at = entry + NAME;
    while (at < end && memory.get(JAVA_BYTE, at) != 0) {
      at++;
    }
    return at - entry - NAME;
  }

  /** One byte of the name; 0 just behind its end. */
  public byte nameByte(int entry, int index) {
    return memory.get(JAVA_BYTE, entry + NAME + index);
  }

  /** A copy of the name. */
  public byte[] name(int entry) {
    byte[] bytes = new byte[nameLength(entry)];
    MemorySegment.copy(memory, JAVA_BYTE, entry + NAME, bytes, 0, bytes.length);
    return bytes;
  }

  @Override
  public void close() {
    arena.close();
  }

  private int recordLength(int entry) {
    return memory.get(JAVA_SHORT_UNALIGNED, entry + LENGTH) & 0xffff;
  }

  private int entryFrom(int offset) {
    int entry = offset;
    while (entry < length && isDots(entry)) {
      entry += recordLength(entry);
    }
    return entry < length ? entry : -1;
  }

  private boolean isDots(int entry) {
    if (memory.get(JAVA_BYTE, entry + NAME) != '.') {
      return false;
    }
    byte second = memory.get(JAVA_BYTE, entry + NAME + 1);
    return second == 0 || (second == '.' && memory.get(JAVA_BYTE, entry + NAME + 2) == 0);
  }

  private void resize(int size) {
    Arena next = Arena.ofConfined();
    MemorySegment larger = next.allocate(size, 8);
    MemorySegment.copy(memory, 0, larger, 0, Math.min(length, size));
    length = Math.min(length, size);
    arena.close();
    arena = next;
    memory = larger;
  }
}
