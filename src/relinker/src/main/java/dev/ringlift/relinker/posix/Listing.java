package dev.ringlift.relinker.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A whole directory as the kernel lists it, in memory that is used again for the next one: native
 * memory, whose addresses serve as names in system calls, and a copy of it that Java reads faster.
 * Entries are addressed by their offset:
 *
 * <pre>for (int entry = listing.first(); entry >= 0; entry = listing.next(entry)) …</pre>
 *
 * <p>The whole directory is read before the first entry is looked at, because the caller adds and
 * removes entries as it goes, and what a half-read listing then shows is undefined. {@code .} and
 * {@code ..} are left out. Not for use by several threads.
 */
public final class Listing implements AutoCloseable {
  // struct linux_dirent64 { u64 d_ino; s64 d_off; u16 d_reclen; u8 d_type; char d_name[]; }
  private static final int POSITION = 8;
  private static final int LENGTH = 16;
  private static final int TYPE = 18;
  private static final int NAME = 19;
  private static final int DT_UNKNOWN = 0;
  private static final int DT_DIR = 4;
  private static final int DT_LNK = 10;

  /** Room that is left for a read: the kernel refuses one that cannot hold the longest entry. */
  private static final int SPARE = 2048;

  private static final int KEPT = 1 << 20;

  // linux/fs/libfs.c (DIR_OFFSET_EOD, from 6.13), fs/ext4/dir.c (EXT4_HTREE_EOF_…), fs/xfs (the
  // largest XFS_DIR2 data pointer; its small directories have no mark of their own).
  private static final long END = 0x7fff_ffffL;
  private static final long LONG_END = Long.MAX_VALUE;

  private final Posix posix;
  private final int initialSize;
  private Arena arena = Arena.ofConfined();
  private MemorySegment memory;
  private byte[] bytes;
  private int length;
  private boolean endMarks;

  public Listing(Posix posix, int initialSize) {
    this.posix = posix;
    this.initialSize = Math.max(initialSize, 2 * SPARE);
    this.memory = arena.allocate(this.initialSize, 8);
    this.bytes = new byte[SPARE];
  }

  /**
   * From now on, takes it from the last entry's position that there are no more: of XFS, ext4 and
   * tmpfs, which have positions that only the end has. Saves the call that answers "nothing more".
   * That a read was short says nothing: a signal cuts one short, too.
   */
  public void trustEndMarks() {
    endMarks = true;
  }

  /**
   * Reads the directory to its end: 0, or the negated error number, and then the listing is empty.
   */
  public int read(int fd) {
    if (memory.byteSize() > KEPT) {
      // One giant directory must not hold its memory for the rest of the run.
      resize(initialSize);
      bytes = new byte[SPARE];
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
      if (count < 0) {
        length = 0;
      }
      if (count <= 0) {
        return count;
      }
      copyToJava(count);
      if (endMarks && length <= SPARE && endsWithMark()) {
        return 0;
      }
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
    return number(entry);
  }

  /**
   * Whether the kernel says that it is something else than a directory. Not every file system says
   * anything.
   */
  public boolean surelyNoDirectory(int entry) {
    int type = bytes[entry + TYPE];
    return type != DT_DIR && type != DT_UNKNOWN;
  }

  /** Whether the kernel says that it is a symbolic link. */
  public boolean surelyLink(int entry) {
    return bytes[entry + TYPE] == DT_LNK;
  }

  /** Where the NUL-terminated name is; valid until the next read. */
  public long nameAddress(int entry) {
    return memory.address() + entry + NAME;
  }

  /** A copy of the name. */
  public byte[] name(int entry) {
    int start = entry + NAME;
    int end = start;
    while (bytes[end] != 0) {
      end++;
    }
    return Arrays.copyOfRange(bytes, start, end);
  }

  @Override
  public void close() {
    arena.close();
  }

  private int recordLength(int entry) {
    return (bytes[entry + LENGTH] & 0xff) | (bytes[entry + LENGTH + 1] & 0xff) << 8;
  }

  private int entryFrom(int offset) {
    int entry = offset;
    while (entry < length && isDots(entry)) {
      entry += recordLength(entry);
    }
    return entry < length ? entry : -1;
  }

  private boolean isDots(int entry) {
    if (bytes[entry + NAME] != '.') {
      return false;
    }
    byte second = bytes[entry + NAME + 1];
    return second == 0 || (second == '.' && bytes[entry + NAME + 2] == 0);
  }

  private void copyToJava(int count) {
    if (bytes.length < length + count) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
    }
    MemorySegment.copy(memory, JAVA_BYTE, length, bytes, length, count);
    length += count;
  }

  private boolean endsWithMark() {
    int last = 0;
    for (int entry = 0; entry < length; entry += recordLength(entry)) {
      last = entry;
    }
    long position = number(last + POSITION);
    return position == END || position == LONG_END;
  }

  private long number(int at) {
    long number = 0;
    for (int i = 7; i >= 0; i--) {
      number = number << 8 | (bytes[at + i] & 0xff);
    }
    return number;
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
