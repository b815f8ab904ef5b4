package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.layout.Places;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The files in a partition that hold its suffix hashes: {@code hashes.pkl}, and {@code
 * hashes.invalid}, a line for each suffix whose hash there is no longer known ({@code
 * swift/obj/diskfile.py}). All but {@link #lock} are to be called under the partition's lock; what
 * to do in which order is said in {@link PartitionHashes}.
 */
final class HashesFiles {
  private static final long LOCK_TIMEOUT = TimeUnit.SECONDS.toNanos(10);

  /**
   * Bytes of either file; a pickle of all 4,096 suffixes of an erasure coding policy has some
   * hundred thousand. A longer pickle is none, and a longer {@code hashes.invalid} means that
   * nothing is known.
   */
  private static final int LARGEST = 4 << 20;

  private static final byte[] NOTHING = {};

  /** Both files as they were under the lock. */
  static final class Snapshot {
    /** Of a partition dir that was made this moment. */
    static final Snapshot NONE = new Snapshot(null, false, NOTHING);

    private final byte @Nullable [] pickle;
    private final boolean taken;
    private final byte[] invalid;

    private Snapshot(byte @Nullable [] pickle, boolean taken, byte[] invalid) {
      this.pickle = pickle;
      this.taken = taken;
      this.invalid = invalid;
    }

    /** The same, after hashes.pkl has been taken away. */
    Snapshot taken() {
      return new Snapshot(pickle, true, invalid);
    }

    /** The bytes of hashes.pkl; null if there was none. */
    byte @Nullable [] pickle() {
      return pickle;
    }

    /** Whether hashes.pkl has been taken away since. */
    boolean isTaken() {
      return taken;
    }

    /** The bytes of hashes.invalid. */
    byte[] invalid() {
      return invalid;
    }
  }

  private final Tools tools;
  private final FileLock locks;

  HashesFiles(Tools tools, FileLock locks) {
    this.tools = tools;
    this.locks = locks;
  }

  /** Waits for the partition's lock; its descriptor, to be closed. */
  int lock(int partition) throws PosixException {
    return PosixException.check(
        "lock the partition by .lock", locks.acquire(partition, tools.lock, LOCK_TIMEOUT));
  }

  /** Reads both files; where there are too many invalidations, forgets all. */
  Snapshot read(int partition) throws PosixException {
    byte[] pickle = read(partition, tools.hashesPickle, "open hashes.pkl");
    byte[] found = read(partition, tools.hashesInvalid, "open hashes.invalid");
    byte[] invalid = found == null ? NOTHING : found;
    if (invalid.length > LARGEST) {
      // In this order: hashes without their invalidations would be wrong ones.
      removePickle(partition);
      emptyInvalid(partition);
      return Snapshot.NONE;
    }
    return new Snapshot(pickle, false, invalid);
  }

  private byte @Nullable [] read(int directory, long name, String what) throws PosixException {
    Posix posix = tools.posix;
    int fd = posix.open(directory, name, Posix.O_RDONLY, 0);
    if (fd == -Errno.ENOENT) {
      return null;
    }
    PosixException.check(what, fd);
    try {
      return posix.read(fd, LARGEST + 1);
    } finally {
      posix.close(fd);
    }
  }

  /** Removes hashes.pkl, if it is there. */
  void removePickle(int partition) throws PosixException {
    int answer = tools.posix.unlink(partition, tools.hashesPickle);
    if (answer != -Errno.ENOENT) {
      PosixException.check("remove hashes.pkl", answer);
    }
  }

  /** Puts another hashes.pkl in place. */
  void write(int partition, byte[] pickle) throws PosixException {
    Posix posix = tools.posix;
    int flags = Posix.O_WRONLY | Posix.O_CREAT | Posix.O_TRUNC;
    int fd =
        PosixException.check(
            "write .hashes.pkl.tmp",
            posix.open(partition, tools.hashesPickleTemporary, flags, 0600));
    try {
      posix.write(fd, pickle);
    } finally {
      posix.close(fd);
    }
    PosixException.check(
        "put hashes.pkl in place",
        posix.rename(partition, tools.hashesPickleTemporary, partition, tools.hashesPickle));
  }

  /** Adds suffixes to hashes.invalid. */
  void invalidate(int partition, BitSet suffixes) throws PosixException {
    byte[] lines = lines(suffixes);
    if (lines.length == 0) {
      return;
    }
    Posix posix = tools.posix;
    int fd =
        posix.open(
            partition, tools.hashesInvalid, Posix.O_WRONLY | Posix.O_CREAT | Posix.O_APPEND, 0666);
    PosixException.check("open hashes.invalid", fd);
    try {
      posix.write(fd, lines);
    } finally {
      posix.close(fd);
    }
  }

  /** Empties hashes.invalid, which is there. */
  void emptyInvalid(int partition) throws PosixException {
    int fd = tools.posix.open(partition, tools.hashesInvalid, Posix.O_WRONLY | Posix.O_TRUNC, 0);
    PosixException.check("empty hashes.invalid", fd);
    tools.posix.close(fd);
  }

  /** The suffixes that these lines of hashes.invalid name; what is no suffix is passed over. */
  static BitSet invalidated(byte[] lines) {
    BitSet suffixes = new BitSet();
    for (String line : new String(lines, StandardCharsets.ISO_8859_1).split("\n", -1)) {
      byte[] name = line.strip().getBytes(StandardCharsets.ISO_8859_1);
      if (Places.isSuffix(name)) {
        suffixes.set(Places.suffixNumber(name));
      }
    }
    return suffixes;
  }

  private static byte[] lines(BitSet suffixes) {
    StringBuilder text = new StringBuilder(suffixes.cardinality() * 4);
    suffixes.stream().forEach(suffix -> text.append(Places.suffixName(suffix)).append('\n'));
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
