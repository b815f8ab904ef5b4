package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.layout.HashesPickle;
import dev.ringlift.relinker.layout.Places;
import dev.ringlift.relinker.layout.SuffixHash;
import dev.ringlift.relinker.layout.SuffixHashes;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Listing;
import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The suffix hashes of a partition: {@code hashes.pkl} and {@code hashes.invalid}.
 *
 * <p>An update never loses an invalidation that somebody else makes meanwhile:
 *
 * <ol>
 *   <li>Under the partition's lock, read both files ({@link #snapshot}), and, before anything is
 *       made or removed that the hashes speak of, take {@code hashes.pkl} away ({@link #take}).
 *   <li>Without the lock, look at the directories and compute.
 *   <li>Under the lock again, compare: if {@code hashes.pkl} is not the one read (or not still
 *       away), or {@code hashes.invalid} does not begin with what was read, somebody else has
 *       updated: start over, trusting nothing that was computed.
 *   <li>What {@code hashes.invalid} has got since goes into the new hashes as not known; write
 *       {@code hashes.pkl} (temporary file, rename), then empty {@code hashes.invalid}, then
 *       unlock.
 * </ol>
 *
 * <p>Invariants: whoever changes a suffix dir invalidates it afterwards under the lock, so a change
 * is either seen in step 2 or its invalidation found in step 4. (Object servers invalidate just
 * before they rename a file into place, {@code swift/obj/diskfile.py}: a hash that is computed in
 * between, here or by a replicator, lacks that file until the suffix changes again.) {@code
 * hashes.invalid} is emptied only after the file that replaces it is in place. The new file is not
 * synced by itself: after a crash it is whole, or is not readable as a pickle (which means: rehash
 * everything), or is the old one; and the partition is called done only after the whole file system
 * has been synced. {@code hashes.pkl} is taken away, and not marked in {@code hashes.invalid},
 * because file systems with a journal keep the order of removals through a power cut, but not the
 * order of a removal and of what was written to a file before it.
 *
 * <p>Hashing by listing obeys the limits of the run, and its stop: what is not hashed then stays
 * not known.
 */
final class PartitionHashes {
  static final long LOCK_TIMEOUT = TimeUnit.SECONDS.toNanos(10);

  /**
   * Bytes of either file; a pickle of all 4,096 suffixes of an erasure coding policy has some
   * hundred thousand. A longer pickle is none, and a longer {@code hashes.invalid} means that
   * nothing is known.
   */
  private static final int LARGEST = 4 << 20;

  private static final int ATTEMPTS = 10;
  private static final byte[] NOTHING = {};

  /** Both files as they were under the lock. */
  static final class Snapshot {
    /** Of a partition dir that was made this moment. */
    static final Snapshot NONE = new Snapshot(null, false, NOTHING);

    private final byte @Nullable [] pickle;
    private final boolean taken;
    private final byte[] invalid;

    /**
     * The bytes of hashes.pkl, if there was one; whether it has been taken away since; and the
     * bytes of hashes.invalid.
     */
    Snapshot(byte @Nullable [] pickle, boolean taken, byte[] invalid) {
      this.pickle = pickle;
      this.taken = taken;
      this.invalid = invalid;
    }
  }

  private final Tools tools;
  private final FileLock locks;
  private final SuffixHasher hasher;
  private final Clock clock;
  private final BooleanSupplier mayGoOn;

  /**
   * @param mayGoOn waits for its turn before each suffix is hashed by listing; false when the run
   *     has been stopped
   */
  PartitionHashes(
      Tools tools, FileLock locks, SuffixHasher hasher, Clock clock, BooleanSupplier mayGoOn) {
    this.tools = tools;
    this.locks = locks;
    this.hasher = hasher;
    this.clock = clock;
    this.mayGoOn = mayGoOn;
  }

  /** Reads both files. */
  Snapshot snapshot(int partition) throws PosixException {
    int lock = lock(partition);
    try {
      return readBoth(partition);
    } finally {
      tools.close(lock);
    }
  }

  /**
   * Reads both files, and takes {@code hashes.pkl} away until {@link #update} puts another in its
   * place: in between nobody finds hashes there that may be about to become wrong.
   */
  Snapshot take(int partition) throws PosixException {
    int lock = lock(partition);
    try {
      Snapshot found = readBoth(partition);
      if (found.pickle == null) {
        return found;
      }
      removePickle(partition);
      return new Snapshot(found.pickle, true, found.invalid);
    } finally {
      tools.close(lock);
    }
  }

  /**
   * As {@link #take}, at the price of one call where there are no hashes: for those that are put
   * back ({@link #putBack}), or left away.
   */
  Snapshot takeIfAny(int partition) throws PosixException {
    int answer = tools.posix.stat(partition, tools.hashesPickle);
    if (answer == -Errno.ENOENT) {
      return Snapshot.NONE;
    }
    PosixException.check("look at hashes.pkl", answer);
    int type = tools.posix.statType();
    boolean readable = type == Posix.TYPE_FILE || type == Posix.TYPE_LINK;
    return readable ? take(partition) : Snapshot.NONE;
  }

  /**
   * Puts hashes back that were taken away, less those of these suffixes; where nothing was taken,
   * or somebody has made others since, the suffixes are invalidated.
   */
  void putBack(int partition, Snapshot snapshot, BitSet changed) throws PosixException {
    if (snapshot.taken && snapshot.pickle != null) {
      SuffixHashes old = HashesPickle.read(snapshot.pickle);
      SortedMap<Integer, Optional<SuffixHash>> hashes = new TreeMap<>(old.bySuffix());
      invalidated(snapshot.invalid).stream()
          .forEach(suffix -> hashes.put(suffix, Optional.empty()));
      changed.stream().forEach(suffix -> hashes.put(suffix, Optional.empty()));
      if (old.valid() && replace(partition, snapshot, hashes, true) == null) {
        return;
      }
    }
    if (!changed.isEmpty()) {
      invalidate(partition, changed);
    }
  }

  /** Marks these suffixes as not known, as object servers do after a change. */
  void invalidate(int partition, BitSet suffixes) throws PosixException {
    int lock = lock(partition);
    try {
      append(partition, lines(suffixes));
    } finally {
      tools.close(lock);
    }
  }

  /**
   * Brings the partition's hashes up to date and returns them. {@code known} are suffixes looked at
   * since the snapshot: their hash, empty for one that must be hashed by listing it. Every suffix
   * of which the snapshot knew no hash is hashed too.
   */
  SortedMap<Integer, Optional<SuffixHash>> update(
      int partition, Snapshot start, Map<Integer, Optional<SuffixHash>> known)
      throws PosixException {
    Snapshot snapshot = start;
    boolean trusted = true;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      SortedMap<Integer, Optional<SuffixHash>> hashes = base(partition, snapshot);
      boolean changed = snapshot.pickle == null || snapshot.taken || snapshot.invalid.length > 0;
      for (Map.Entry<Integer, Optional<SuffixHash>> entry : known.entrySet()) {
        hashes.put(entry.getKey(), trusted ? entry.getValue() : Optional.empty());
        changed = true;
      }
      changed |= hashUnknown(partition, hashes);
      Snapshot now = replace(partition, snapshot, hashes, changed);
      if (now == null) {
        return hashes;
      }
      snapshot = now;
      trusted = false;
    }
    throw new PosixException("hashes.pkl was changed by others again and again", Errno.EBUSY);
  }

  /**
   * What the snapshot says: of a valid file its hashes, less the invalidated ones; else every
   * suffix dir there is, not known.
   */
  private SortedMap<Integer, Optional<SuffixHash>> base(int partition, Snapshot snapshot)
      throws PosixException {
    SuffixHashes old =
        snapshot.pickle == null ? SuffixHashes.invalid() : HashesPickle.read(snapshot.pickle);
    SortedMap<Integer, Optional<SuffixHash>> hashes = new TreeMap<>();
    if (old.valid()) {
      hashes.putAll(old.bySuffix());
    } else {
      Listing listing = tools.otherSuffixes;
      PosixException.check("list the partition", rewoundListing(partition, listing));
      for (int at = listing.first(); at >= 0; at = listing.next(at)) {
        byte[] name = listing.name(at);
        if (Places.isSuffix(name)) {
          hashes.put(Places.suffixNumber(name), Optional.empty());
        }
      }
    }
    invalidated(snapshot.invalid).stream().forEach(suffix -> hashes.put(suffix, Optional.empty()));
    return hashes;
  }

  /** A directory's descriptor can be listed once; for another look it is opened again. */
  private int rewoundListing(int partition, Listing listing) {
    int fd = tools.posix.openDirectory(partition, tools.dot);
    if (fd < 0) {
      return fd;
    }
    try {
      return listing.read(fd);
    } finally {
      tools.posix.close(fd);
    }
  }

  private boolean hashUnknown(int partition, SortedMap<Integer, Optional<SuffixHash>> hashes) {
    boolean changed = false;
    for (var entries = hashes.entrySet().iterator(); entries.hasNext(); ) {
      var entry = entries.next();
      if (entry.getValue().isPresent()) {
        continue;
      }
      changed = true;
      if (!mayGoOn.getAsBoolean()) {
        continue;
      }
      byte[] name = Places.suffixName(entry.getKey()).getBytes(StandardCharsets.US_ASCII);
      SuffixHasher.Outcome outcome = hasher.hash(partition, name);
      if (outcome.gone()) {
        entries.remove();
      } else if (outcome.errno() == 0) {
        entry.setValue(Optional.ofNullable(outcome.hash()));
      }
      // A suffix that cannot be read stays not known; whoever asks for its hash next tries again.
    }
    return changed;
  }

  /** Step 3 and 4: null when done, else what is there now. */
  private @Nullable Snapshot replace(
      int partition,
      Snapshot seen,
      SortedMap<Integer, Optional<SuffixHash>> hashes,
      boolean changed)
      throws PosixException {
    if (!changed) {
      return null;
    }
    int lock = lock(partition);
    try {
      Snapshot now = readBoth(partition);
      int length = seen.invalid.length;
      boolean same =
          Arrays.equals(now.pickle, seen.taken ? null : seen.pickle)
              && now.invalid.length >= length
              && Arrays.equals(now.invalid, 0, length, seen.invalid, 0, length);
      if (!same) {
        return now;
      }
      byte[] since = Arrays.copyOfRange(now.invalid, length, now.invalid.length);
      invalidated(since).stream().forEach(suffix -> hashes.put(suffix, Optional.empty()));
      double updated = clock.millis() / 1e3;
      write(partition, HashesPickle.write(new SuffixHashes(true, updated, hashes)));
      if (now.invalid.length > 0) {
        empty(partition);
      }
      return null;
    } finally {
      tools.close(lock);
    }
  }

  private int lock(int partition) throws PosixException {
    return PosixException.check(
        "lock the partition by .lock", locks.acquire(partition, tools.lock, LOCK_TIMEOUT));
  }

  /** Reads both files, under the lock; where there are too many invalidations, forgets all. */
  private Snapshot readBoth(int partition) throws PosixException {
    byte[] pickle = read(partition, tools.hashesPickle, "open hashes.pkl");
    byte[] found = read(partition, tools.hashesInvalid, "open hashes.invalid");
    byte[] invalid = found == null ? NOTHING : found;
    if (invalid.length > LARGEST) {
      // In this order: hashes without their invalidations would be wrong ones.
      removePickle(partition);
      empty(partition);
      return Snapshot.NONE;
    }
    return new Snapshot(pickle, false, invalid);
  }

  private void removePickle(int partition) throws PosixException {
    int answer = tools.posix.unlink(partition, tools.hashesPickle);
    if (answer != -Errno.ENOENT) {
      PosixException.check("remove hashes.pkl", answer);
    }
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

  private void append(int partition, byte[] lines) throws PosixException {
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

  private void empty(int partition) throws PosixException {
    int fd = tools.posix.open(partition, tools.hashesInvalid, Posix.O_WRONLY | Posix.O_TRUNC, 0);
    PosixException.check("empty hashes.invalid", fd);
    tools.posix.close(fd);
  }

  private void write(int partition, byte[] bytes) throws PosixException {
    Posix posix = tools.posix;
    int flags = Posix.O_WRONLY | Posix.O_CREAT | Posix.O_TRUNC;
    int fd =
        PosixException.check(
            "write .hashes.pkl.tmp",
            posix.open(partition, tools.hashesPickleTemporary, flags, 0600));
    try {
      posix.write(fd, bytes);
    } finally {
      posix.close(fd);
    }
    PosixException.check(
        "put hashes.pkl in place",
        posix.rename(partition, tools.hashesPickleTemporary, partition, tools.hashesPickle));
  }

  private static byte[] lines(BitSet suffixes) {
    StringBuilder text = new StringBuilder(suffixes.cardinality() * 4);
    suffixes.stream().forEach(suffix -> text.append(Places.suffixName(suffix)).append('\n'));
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static BitSet invalidated(byte[] lines) {
    BitSet suffixes = new BitSet();
    for (String line : new String(lines, StandardCharsets.ISO_8859_1).split("\n", -1)) {
      byte[] name = line.strip().getBytes(StandardCharsets.ISO_8859_1);
      if (Places.isSuffix(name)) {
        suffixes.set(Places.suffixNumber(name));
      }
    }
    return suffixes;
  }
}
